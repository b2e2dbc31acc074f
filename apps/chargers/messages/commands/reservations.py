"""What we ask about reservations."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from apps.chargers.messages.commands.base import Command
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class ReserveNow(Command):
    """Keep a place for a token. ``evse_id`` 0 is any place of the station (1.6: connector 0).

    ``expires_at`` is ISO 8601 in UTC; ``group_id_token`` (1.6: parentIdTag) lets other tokens of that group use it;
    ``connector_type`` narrows "any place" in 2.x. Source: OCPP 1.6 §5.13, 2.0.1 H01.
    """

    name: ClassVar[str] = "ReserveNow"
    announces_end: ClassVar[bool] = True
    reservation_id: int
    expires_at: str
    id_token: str
    id_token_type: str = "ISO14443"
    evse_id: int = 0
    group_id_token: str | None = None
    connector_type: str | None = None


@dataclass(frozen=True, slots=True)
class CancelReservation(Command):
    name: ClassVar[str] = "CancelReservation"
    announces_end: ClassVar[bool] = True
    reservation_id: int


@dataclass(frozen=True, slots=True)
class ReservationAnswered(Learnt):
    """What a station said to ReserveNow; ``is_held`` is whether it keeps the place. The rest is what was asked;
    ``expires_at`` is ``None`` where it cannot be read."""

    reservation_id: int
    is_held: bool
    status: str
    evse_id: int
    id_token: str
    id_token_type: str
    group_id_token: str
    connector_type: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class CancellationAnswered(Learnt):
    """What a station said to CancelReservation. Not cancelled: it has no such reservation."""

    reservation_id: int
    is_cancelled: bool
    status: str


COMMANDS: tuple[type[Command], ...] = (ReserveNow, CancelReservation)
