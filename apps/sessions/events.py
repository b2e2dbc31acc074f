"""What sessions announce: names of outbox events and what their payloads hold."""

from apps.core.outbox import Event
from apps.sessions.engine.snapshot import Snapshot

SESSION_STARTED = "session.started"
SESSION_UPDATED = "session.updated"
SESSION_ENDED = "session.ended"
SESSION_RATED = "session.rated"


def session_event(name: str, session: Snapshot) -> Event:
    """``session.started`` once; ``session.updated`` when state, token or EVSE changed, not for each meter value;
    ``session.ended`` at the end and again whenever facts of an ended session change."""
    return Event(
        name,
        session.id or 0,
        {
            "site_id": session.site_id,
            "station_id": session.station_id,
            "evse_number": session.evse_number,
            "transaction_id": session.transaction_id,
            "state": session.state,
            "reservation_id": session.reservation_id,
        },
    )


def rated_event(*, cdr_id: int, session_id: int, version: int, site_id: int, account_id: int | None) -> Event:
    """``session.rated``, for each new version of a charge detail record; ``version`` 1 is the first."""
    payload = {"cdr_id": cdr_id, "version": version, "site_id": site_id, "account_id": account_id}
    return Event(SESSION_RATED, session_id, payload)
