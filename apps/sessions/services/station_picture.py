"""Telling the station's picture what runs at its EVSEs: in 2.x a connector says no more than Occupied."""

from datetime import datetime

from apps.chargers.services.status import ChargingStateChange, record_charging_states
from apps.sessions.choices import OPEN_STATES
from apps.sessions.models import ChargingSession
from apps.sessions.services.candidates import OCPP16


def show_charging_state(*, session_id: int, at: datetime) -> None:
    """Give the EVSE of a 2.x session the charging state of whatever session is open there now. Repeatable."""
    sessions = ChargingSession.objects.exclude(protocol=OCPP16)
    place = sessions.filter(pk=session_id).exclude(evse_number=None).values_list("station_id", "evse_number").first()
    if place is None:
        return
    station_id, evse_number = place
    running = sessions.filter(station_id=station_id, evse_number=evse_number, state__in=OPEN_STATES)
    state = running.order_by("-started_at").values_list("charging_state", flat=True).first() or ""
    record_charging_states([ChargingStateChange(station_id, evse_number, state)], at)
