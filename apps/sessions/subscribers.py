"""What sessions do when facts are announced."""

from datetime import datetime

from django.utils import timezone

from apps.chargers.events import CONNECTOR_STATUS_CHANGED, STATION_BOOTED
from apps.core.models import OutboxEvent
from apps.core.outbox import subscribe
from apps.sessions.engine.clock import instant_of
from apps.sessions.events import SESSION_ENDED, SESSION_STARTED, SESSION_UPDATED
from apps.sessions.services.charging_states import note_boot, note_connector_state
from apps.sessions.services.pricing import price_session
from apps.sessions.services.station_picture import show_charging_state


@subscribe(SESSION_ENDED)
def price_ended_session(event: OutboxEvent) -> None:
    price_session(session_id=event.subject_id, at=timezone.now())


@subscribe(SESSION_STARTED)
@subscribe(SESSION_UPDATED)
@subscribe(SESSION_ENDED)
def show_at_station(event: OutboxEvent) -> None:
    show_charging_state(session_id=event.subject_id, at=timezone.now())


@subscribe(CONNECTOR_STATUS_CHANGED)
def follow_connector(event: OutboxEvent) -> None:
    note_connector_state(
        station_id=event.payload["station_id"],
        evse_number=event.payload["evse"],
        status=event.payload["after"],
        at=instant_of(_instant(event, "occurred_at"), _instant(event, "at")).at,
    )


@subscribe(STATION_BOOTED)
def flag_running_sessions(event: OutboxEvent) -> None:
    note_boot(station_id=event.subject_id, at=_instant(event, "at"))


def _instant(event: OutboxEvent, name: str) -> datetime:
    return datetime.fromisoformat(event.payload[name])
