"""What people decide about sessions: closing one whose charger vanished, pricing one again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from apps.core import live, outbox
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.sessions.engine.lifecycle import close
from apps.sessions.engine.snapshot import COLUMNS
from apps.sessions.events import SESSION_ENDED, session_event
from apps.sessions.models import ChargingSession
from apps.sessions.services.candidates import load_snapshots
from apps.sessions.services.pricing import price_session
from apps.sessions.services.rows import update_rows

CLOSED_BY_HAND = "ByHand"
_COLUMNS = ("id", *(name for name in COLUMNS if name != "id"))


class SessionHasEnded(DomainError):
    code = "session_has_ended"
    message = "The session has ended already."


class SessionIsOpen(DomainError):
    code = "session_is_open"
    message = "The session still runs; its price is made when it ends."


def close_session(*, session: ChargingSession, reason: str, actor, at: datetime) -> ChargingSession:
    """End an open session at its last reading, because its charger will not report the end; ``at`` is when we decide.

    A real end that the charger reports later still counts. ``reason`` is kept in the audit log.
    Raises ``SessionHasEnded``.
    """
    with transaction.atomic():
        snapshot = next(iter(load_snapshots(Q(pk=session.pk))), None)
        if snapshot is None or snapshot.is_over:
            raise SessionHasEnded
        last_at = snapshot.last_value_at or snapshot.started_at or at
        closed = close(snapshot, at=min(last_at, at), decided_at=at, reason=CLOSED_BY_HAND)
        update_rows(ChargingSession, _COLUMNS, [tuple(getattr(closed, name) for name in _COLUMNS)])
        organisation = session.site.organisation
        record_audit(
            actor=actor,
            action="session.closed",
            subject=session,
            organisation=organisation,
            changes={"ended_at": [None, closed.ended_at], "reason": [None, reason]},
        )
        outbox.record_many([session_event(SESSION_ENDED, closed)])
        _nudge(session)
    session.refresh_from_db()
    return session


def reprice_session(*, session: ChargingSession, actor, at: datetime) -> ChargingSession:
    """Work the price of an ended session out anew and keep in the audit log what changed. Raises ``SessionIsOpen``."""
    with transaction.atomic():
        if session.ended_at is None:
            raise SessionIsOpen
        before = session.cost_gross
        price_session(session_id=session.pk, at=at)
        session.refresh_from_db()
        record_audit(
            actor=actor,
            action="session.repriced",
            subject=session,
            organisation=session.site.organisation,
            changes={"cost_gross": [before, session.cost_gross]},
        )
        _nudge(session)
    return session


def _nudge(session: ChargingSession) -> None:
    topics = [f"session:{session.pk}", f"station:{session.station_id}", f"site:{session.site_id}"]
    live.nudge_on_commit(organisation_id=session.site.organisation_id, topics=topics)
