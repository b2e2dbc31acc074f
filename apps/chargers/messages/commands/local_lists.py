"""What we ask about the local authorisation list, and what the answers teach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command
from apps.chargers.messages.results import Learnt

FULL, DIFFERENTIAL = "Full", "Differential"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One identifier of a list. ``status`` is empty for one that is to be removed.

    ``expires_at`` is text as it goes over the wire; ``type`` is empty in 1.6, which has none.
    """

    id_token: str
    type: str = ""
    status: str = ""
    expires_at: str = ""
    group_id: str = ""
    charging_priority: int = 0
    evse_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GetLocalListVersion(Command):
    name: ClassVar[str] = "GetLocalListVersion"
    announces_end: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class SendLocalList(Command):
    """``version`` above 0; ``update_type`` is ``Full`` or ``Differential``; ``entries`` are ``ListEntry`` fields.

    A full update without entries clears the list.
    """

    name: ClassVar[str] = "SendLocalList"
    announces_end: ClassVar[bool] = True
    version: int
    update_type: str = FULL
    entries: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class LocalListVersionTold(Learnt):
    """0: there is no list; −1 (1.6): the station has no lists at all."""

    version: int


@dataclass(frozen=True, slots=True)
class LocalListAnswered(Learnt):
    """What was sent and the station's word: Accepted, Failed, VersionMismatch, NotSupported (1.6)."""

    status: str
    version: int
    update_type: str
    entries: tuple[ListEntry, ...] = ()


COMMANDS: tuple[type[Command], ...] = (GetLocalListVersion, SendLocalList)
