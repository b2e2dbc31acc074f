"""Making good what the field left open: sessions that died in silence, facts that found their session later."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.chargers.models import StationConnection
from apps.core import outbox
from apps.sessions.choices import SessionFlag
from apps.sessions.engine.clock import instant_of
from apps.sessions.engine.lifecycle import close
from apps.sessions.engine.snapshot import COLUMNS
from apps.sessions.events import SESSION_ENDED, session_event
from apps.sessions.models import ChargingSession, ParkedFact
from apps.sessions.services.candidates import load_snapshots
from apps.sessions.services.meter_rows import row_of, write_meter_rows
from apps.sessions.services.parking import READINGS, STOP, reading_from_json
from apps.sessions.services.rows import update_rows

_ALL = ("id", *(name for name in COLUMNS if name != "id"))
# A charger that is back for so long without a word on a session, while a newer one ran at its EVSE, has lost it.
SILENCE = timedelta(hours=1)
BATCH = 200


def reconcile(*, at: datetime) -> None:
    """Hand over parked readings, resolve parked stops whose start came, end what a newer session has overtaken."""
    claim_parked_readings(at=at)
    resolve_joined_stops(at=at)
    end_overtaken_sessions(at=at)


def claim_parked_readings(*, at: datetime) -> int:
    """Store the readings of sessions whose EVSE became known since; return of how many facts."""
    with transaction.atomic():
        waiting = ParkedFact.objects.filter(
            kind=READINGS, resolved_at=None, session__evse_number__isnull=False, content__has_key="readings"
        )
        facts = list(waiting.select_related("session").select_for_update(of=("self",)).order_by("pk")[:BATCH])
        rows = []
        for fact in facts:
            for reading in map(reading_from_json, fact.content["readings"]):
                rows.append(
                    row_of(
                        reading,
                        station_id=fact.station_id,
                        evse_number=fact.session.evse_number,
                        at=instant_of(reading.at, fact.received_at).at,
                        received_at=at,
                        session_id=fact.session_id,
                    )
                )
        write_meter_rows(rows)
        ParkedFact.objects.filter(pk__in=[fact.pk for fact in facts]).update(resolved_at=at)
    return len(facts)


def resolve_joined_stops(*, at: datetime) -> int:
    """Mark parked stops as resolved whose session has found its start; return how many."""
    joined = ParkedFact.objects.filter(kind=STOP, resolved_at=None, session__started_reported_at__isnull=False)
    return ParkedFact.objects.filter(pk__in=joined.values("pk")).update(resolved_at=at)


def end_overtaken_sessions(*, at: datetime) -> int:
    """End open sessions of connected chargers that have been silent for ``SILENCE`` while a newer session began at
    the same EVSE: their end was lost. They are flagged for review. Return how many."""
    newer = ChargingSession.objects.filter(
        station=OuterRef("station"), evse_number=OuterRef("evse_number"), started_at__gt=OuterRef("started_at")
    )
    online = StationConnection.objects.filter(
        station=OuterRef("station"), is_online=True, connected_at__lt=at - SILENCE
    )
    silent = Q(last_value_at=None) | Q(last_value_at__lt=at - SILENCE)
    overtaken = ChargingSession.objects.open().filter(silent, Exists(newer), Exists(online), evse_number__isnull=False)
    keys = list(overtaken.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    with transaction.atomic():
        closed = [
            close(
                session,
                at=session.last_value_at or session.started_at or at,
                decided_at=at,
                flags=(SessionFlag.SUPERSEDED,),
            )
            for session in load_snapshots(Q(pk__in=keys))
            if not session.is_over
        ]
        update_rows(ChargingSession, _ALL, [tuple(getattr(session, name) for name in _ALL) for session in closed])
        outbox.record_many([session_event(SESSION_ENDED, session) for session in closed])
    return len(closed)
