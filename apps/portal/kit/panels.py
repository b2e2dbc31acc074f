"""Panels: the boxes that a detail page is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.policy import Action
from apps.portal.kit.paths import read_path


@dataclass(frozen=True)
class Attribute:
    """A label with a value. ``value`` is a path such as ``"site.name"`` or a function of the object."""

    label: str
    value: str | Callable[[Any], Any]

    def read(self, obj) -> Any:
        """What to show; ``None`` and ``""`` are shown as a dash."""
        return self.value(obj) if callable(self.value) else read_path(obj, self.value)


@dataclass(frozen=True)
class Panel:
    """A box with a title, drawn by ``template`` or from ``attributes``.

    ``key``: unique on its page; ``?panel=<key>`` answers with this box alone.
    ``load``: ``load(request, obj)`` gives the template's further context; runs only when the box is drawn.
    ``live``: ``live(obj)`` names the topic (``"station:12"``) whose nudges redraw the box.
    ``action``: hide the box from people whose role lacks it.
    ``side``: in the narrow column on wide screens.
    ``lazy``: fetched when it scrolls into view, for boxes whose rows cost time.
    ``flush``: the content (a table) touches the edges of the box.
    """

    key: str
    title: str
    template: str = ""
    attributes: Sequence[Attribute] = ()
    load: Callable[[Any, Any], dict] | None = None
    live: Callable[[Any], str] | None = None
    action: Action | None = None
    icon: str = ""
    side: bool = False
    lazy: bool = False
    flush: bool = False


@dataclass(frozen=True)
class Tab:
    """A sheet of panels; ``?tab=<key>`` opens it. Only the open sheet is read from the database."""

    key: str
    title: str
    panels: Sequence[Panel]
    icon: str = ""
    action: Action | None = None
