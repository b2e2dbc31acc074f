"""The state of a connector as people should see it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from apps.chargers.choices import ConnectorState
from apps.chargers.models import Connector, Evse
from apps.sessions.models import Reservation

_TOLD_BY_TRANSACTION = {"Charging", "SuspendedEV", "SuspendedEVSE"}


def shown_state(evse: Evse, connector: Connector, *, is_reserved: bool = False) -> ConnectorState:
    """What the connector reported; where 2.x says no more than Occupied, what the transaction of its EVSE tells.

    ``is_reserved``: the EVSE is kept for somebody, though it may have reported no more than that it is free.
    """
    if is_reserved and connector.status in (ConnectorState.AVAILABLE, ConnectorState.UNKNOWN):
        return ConnectorState.RESERVED
    if connector.status == ConnectorState.OCCUPIED and evse.charging_state in _TOLD_BY_TRANSACTION:
        return ConnectorState(evse.charging_state)
    return ConnectorState(connector.status)


def kept_until(reservation: Reservation, zone: str) -> str:
    """``reserved until 14:30``, in the time of the place."""
    return f"reserved until {reservation.expires_at.astimezone(ZoneInfo(zone)):%H:%M}"


def kept_places(reservations: list[Reservation], at: datetime) -> dict[int, Reservation]:
    """Those of one station that hold ``at``, by EVSE; 0 is any place."""
    return {row.evse_number: row for row in reservations if row.expires_at > at}
