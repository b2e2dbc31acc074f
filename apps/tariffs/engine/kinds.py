"""The words of rating: what a tariff prices, what a bill line counts, what a vehicle was doing."""

from enum import StrEnum


class ComponentKind(StrEnum):
    """Dimension that a price component prices (OCPI 2.2.1 TariffDimensionType)."""

    ENERGY = "energy"  # per kWh
    TIME = "time"  # per hour of charging; per hour of reservation under a reservation restriction
    PARKING_TIME = "parking_time"  # per hour in which the vehicle does not ask for energy
    FLAT = "flat"  # once per session


class LineKind(StrEnum):
    """What one breakdown line counts."""

    ENERGY = "energy"
    TIME = "time"
    PARKING_TIME = "parking_time"
    WITHHELD_TIME = "withheld_time"  # the vehicle asks, the station gives nothing: free unless the tariff says else
    FLAT = "flat"
    RESERVATION_TIME = "reservation_time"
    RESERVATION_FLAT = "reservation_flat"
    IDLE = "idle"
    LIMIT = "limit"  # what a minimum or maximum price adds or takes

    @property
    def unit(self) -> str:
        """Unit of the line's quantities: ``Wh``, ``s`` or ``1`` (a fee)."""
        return _UNITS[self]


_UNITS = {
    LineKind.ENERGY: "Wh",
    LineKind.TIME: "s",
    LineKind.PARKING_TIME: "s",
    LineKind.WITHHELD_TIME: "s",
    LineKind.FLAT: "1",
    LineKind.RESERVATION_TIME: "s",
    LineKind.RESERVATION_FLAT: "1",
    LineKind.IDLE: "s",
    LineKind.LIMIT: "1",
}


class UsageState(StrEnum):
    """What a connector was doing during a segment."""

    RESERVED = "reserved"
    WAITING = "waiting"  # plugged in and allowed, energy has not begun to flow
    CHARGING = "charging"
    SUSPENDED_EV = "suspended_ev"
    SUSPENDED_EVSE = "suspended_evse"
    IDLE = "idle"  # finished, still plugged in (OCPP 1.6 Finishing, 2.x EVConnected or Idle after charging)


class ReservationKind(StrEnum):
    """Restriction of an element to reservations (OCPI 2.2.1 ReservationRestrictionType)."""

    RESERVATION = "reservation"
    RESERVATION_EXPIRES = "reservation_expires"


class TimeRule(StrEnum):
    """How time is billed while the vehicle asks and the station withholds power."""

    FREE = "free"
    AS_CHARGING = "as_charging"
