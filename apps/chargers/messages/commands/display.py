"""What we ask about messages on the display (block O of 2.x; 1.6 has none)."""

from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command
from apps.chargers.messages.display import DisplayContent
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class SetDisplayMessage(Command):
    """Show a message; one with the same id is replaced. ``starts_at`` and ``ends_at`` are ISO 8601 in UTC.

    ``extra`` are ``{content, format, language?}`` of further languages (2.1 alone). Fields as in ``DisplayContent``.
    """

    name: ClassVar[str] = "SetDisplayMessage"
    announces_end: ClassVar[bool] = True
    message_id: int
    content: str
    priority: str = "NormalCycle"
    format: str = "UTF8"
    language: str | None = None
    state: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    transaction_id: str | None = None
    extra: tuple[dict[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class GetDisplayMessages(Command):
    """Read back what is installed; without a filter, everything."""

    name: ClassVar[str] = "GetDisplayMessages"
    request_id: int
    message_ids: tuple[int, ...] | None = None
    priority: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class ClearDisplayMessage(Command):
    name: ClassVar[str] = "ClearDisplayMessage"
    message_id: int


@dataclass(frozen=True, slots=True)
class DisplayMessageAnswered(Learnt):
    """What a station said to SetDisplayMessage: Accepted, or why not."""

    content: DisplayContent
    is_installed: bool
    status: str


@dataclass(frozen=True, slots=True)
class DisplayMessageCleared(Learnt):
    """What a station said to ClearDisplayMessage; either way (Accepted, Unknown) it shows the message no more."""

    number: int
    is_cleared: bool
    status: str


@dataclass(frozen=True, slots=True)
class DisplayReadAnswered(Learnt):
    """What a station said to GetDisplayMessages. Not told: no message fits the filter.

    ``is_filtered`` is whether only some were asked for.
    """

    request_id: int
    is_told: bool
    is_filtered: bool
    numbers: tuple[int, ...] = ()
    priority: str = ""
    state: str = ""


COMMANDS: tuple[type[Command], ...] = (SetDisplayMessage, GetDisplayMessages, ClearDisplayMessage)
