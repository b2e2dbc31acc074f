"""What people decide about sessions: closing one whose charger vanished, rating one again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from apps.core import live, outbox
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.sessions.choices import RatingReason
from apps.sessions.engine.lifecycle import close
from apps.sessions.engine.snapshot import COLUMNS
from apps.sessions.events import SESSION_ENDED, session_event
from apps.sessions.models import ChargingSession
from apps.sessions.services.candidates import load_snapshots
from apps.sessions.services.rating import rate_sessions
from apps.sessions.services.rows import update_rows
from apps.tariffs.models import TariffVersion

CLOSED_BY_HAND = "ByHand"
_COLUMNS = ("id", *(name for name in COLUMNS if name != "id"))


class SessionHasEnded(DomainError):
    code = "session_has_ended"
    message = "The session has ended already."


class WrongTariff(DomainError):
    code = "wrong_tariff"
    message = "The tariff is another organisation's, or in another currency than the session."


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


def rate_again(
    *, session: ChargingSession, actor, at: datetime, tariff_version: TariffVersion | None = None
) -> ChargingSession:
    """Work the price of an ended session out anew; by ``tariff_version`` where it is given, else by the one it has.

    A billed session keeps its bill until that is corrected. Raises ``SessionIsOpen``, ``WrongTariff``, and what
    pricing refuses.
    """
    with transaction.atomic():
        locked = ChargingSession.objects.select_for_update().get(pk=session.pk)
        if locked.ended_at is None:
            raise SessionIsOpen
        if tariff_version is not None and tariff_version.pk != locked.tariff_version_id:
            _take_tariff(locked, tariff_version, actor)
        rating = rate_sessions(session_ids=[session.pk], reason=RatingReason.BY_HAND, actor=actor, at=at)
        if refused := rating.refused.get(session.pk):
            raise refused
    session.refresh_from_db()
    return session


def _take_tariff(session: ChargingSession, version: TariffVersion, actor) -> None:
    """The session is no longer free of charge, if it was: a person says what it costs."""
    site = session.site
    if version.tariff.organisation_id != site.organisation_id or version.tariff.currency != session.currency:
        raise WrongTariff(field="tariff_version")
    before = session.tariff_version
    session.tariff_version, session.free_of_charge = version, False
    session.save(update_fields=["tariff_version", "free_of_charge"])
    record_audit(
        actor=actor,
        action="session.tariff_chosen",
        subject=session,
        organisation=site.organisation,
        changes={"tariff_version": [before, version]},
    )


def _nudge(session: ChargingSession) -> None:
    topics = [f"session:{session.pk}", f"station:{session.station_id}", f"site:{session.site_id}"]
    live.nudge_on_commit(organisation_id=session.site.organisation_id, topics=topics)
