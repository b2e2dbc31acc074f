"""Small things that pages show: a crumb of the path, a button with its reason when it is off."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Crumb:
    """One step of the path above a title."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class ActionButton:
    """Something that can be done here.

    ``reason``: why it is not possible now, in one sentence; the button is then shown switched off with it.
    ``style``: a Tabler button style (``primary``, ``danger``, ``""`` for plain).
    ``in_dialog``: open the page behind ``url`` in a dialog (without JavaScript: as a page).
    ``in_menu``: keep it in the "More" menu.
    """

    label: str
    url: str = ""
    icon: str = ""
    reason: str = ""
    style: str = ""
    in_dialog: bool = False
    in_menu: bool = False


def split_buttons(buttons) -> dict:
    """Buttons for the head of a page, those of the menu apart."""
    return {
        "buttons": [button for button in buttons if not button.in_menu],
        "menu_buttons": [button for button in buttons if button.in_menu],
    }
