"""What a station tells of reservations."""

from dataclasses import dataclass

from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class ReservationUpdated(ChargerEvent):
    """ReservationStatusUpdate (2.x). ``status`` is Expired, Removed or, from 2.1 on, NoTransaction."""

    reservation_id: int
    status: str
