"""What connectors and boots tell of running sessions: OCPP 1.6 says there what 2.x says in the transaction."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from apps.chargers.choices import ConnectorState
from apps.core import outbox
from apps.sessions.choices import OPEN_STATES, SessionFlag
from apps.sessions.engine import charging_states
from apps.sessions.engine.lifecycle import settle
from apps.sessions.engine.snapshot import COLUMNS, Snapshot
from apps.sessions.events import SESSION_UPDATED, session_event
from apps.sessions.models import ChargingSession
from apps.sessions.services.candidates import OCPP16, load_snapshots
from apps.sessions.services.rows import update_rows

_ALL = ("id", *(name for name in COLUMNS if name != "id"))
_STATES = {
    ConnectorState.CHARGING: "Charging",
    ConnectorState.SUSPENDED_EV: "SuspendedEV",
    ConnectorState.SUSPENDED_EVSE: "SuspendedEVSE",
    ConnectorState.FINISHING: "EVConnected",
}


# Some chargers report Charging a moment before they report the start.
EARLY = timedelta(seconds=60)


def note_connector_state(*, station_id: int, evse_number: int, status: str, at: datetime) -> None:
    """Take a connector's status as the charging state of the 1.6 session that ran there ``at`` that instant."""
    state = _STATES.get(status)
    if state is None:
        return
    running = Q(station_id=station_id, evse_number=evse_number, state__in=OPEN_STATES, protocol=OCPP16)
    with transaction.atomic():
        for session in load_snapshots(running & Q(started_at__lte=at + EARLY)):
            known = session.charging_states
            session.charging_states = charging_states.insert(known, None, max(at, session.started_at), state)
            _store_settled(session)


def note_boot(*, station_id: int, at: datetime) -> None:
    """Flag the sessions that ran at the station when it booted; they stay open until it says more."""
    with transaction.atomic():
        for session in load_snapshots(Q(station_id=station_id, state__in=OPEN_STATES, started_at__lte=at)):
            session.flag(SessionFlag.REBOOTED.value)
            _store_settled(session)


def _store_settled(session: Snapshot) -> None:
    settle(session)
    update_rows(ChargingSession, _ALL, [tuple(getattr(session, name) for name in _ALL)])
    outbox.record(session_event(SESSION_UPDATED, session))
