"""Which session an OCPP 1.6 message means where its transactionId does not say. Pure."""

from collections.abc import Iterable, Sequence

from apps.chargers.messages.events import TransactionEvent
from apps.sessions.engine.snapshot import Snapshot


def session_of_lost_stop(event: TransactionEvent, open_sessions: Iterable[Snapshot]) -> Snapshot | None:
    """The one open session that a StopTransaction with an id of nobody's can mean (OCPP 1.6 errata 3.18).

    Without an id (-1, 0, null) the only open session that fits will do. With an unknown id the token must say so too.
    """
    token = event.id_token.key if event.id_token else None
    if event.transaction_id is not None and token is None:
        return None
    fitting = [
        session
        for session in open_sessions
        if (token is None or session.token_value.strip().casefold() == token)
        and (event.evse_id is None or session.evse_number == event.evse_id)
        and not _contradicts(session.meter_start_wh, event.meter_stop_wh)
    ]
    return fitting[0] if len(fitting) == 1 else None


def session_of_late_start(event: TransactionEvent, unplaced: Sequence[Snapshot]) -> Snapshot | None:
    """The session made from a stop alone whose start this is: same token, later, no lower register."""
    token = event.id_token.key if event.id_token else ""
    fitting = [
        session
        for session in unplaced
        if session.is_over
        and not session.has_started
        and session.has_stopped
        and session.ended_reported_at >= event.occurred_at
        and session.token_value.strip().casefold() in ("", token)
        and not _contradicts(event.meter_start_wh, session.meter_last_wh)
    ]
    return min(fitting, key=lambda session: session.ended_reported_at, default=None)


def superseded_by(session: Snapshot, open_sessions: Iterable[Snapshot]) -> list[Snapshot]:
    """Open sessions at the same EVSE that cannot go on since ``session`` began after them."""
    if session.evse_number is None or session.is_over:
        return []
    return [
        other
        for other in open_sessions
        if other.id != session.id
        and other.evse_number == session.evse_number
        and other.transaction_id != session.transaction_id
        and other.started_at <= session.started_at
    ]


def _contradicts(start_wh: int | None, stop_wh: int | None) -> bool:
    return start_wh is not None and stop_wh is not None and 0 <= stop_wh < start_wh
