"""Keeping what belongs to nothing known yet: acknowledged, visible, claimable."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from apps.chargers.messages.metering import MeterReading
from apps.sessions.engine.fingerprints import readings_fingerprint, stop_fingerprint, values_fingerprint
from apps.sessions.engine.snapshot import Snapshot
from apps.sessions.models import ParkedFact
from apps.sessions.services.candidates import TRANSACTION_ID_LENGTH, load_snapshots

if TYPE_CHECKING:
    from apps.sessions.services.changes import Change

STOP = "transaction_ended"
READINGS = "meter_values"


def find_parked_sessions(fingerprints: Sequence[str]) -> dict[str, Snapshot]:
    """The sessions that were made of these parked stops, by fingerprint; no query without fingerprints."""
    if not fingerprints:
        return {}
    parked = ParkedFact.objects.filter(fingerprint__in=fingerprints, session__isnull=False)
    keys = dict(parked.values_list("fingerprint", "session_id"))
    if not keys:
        return {}
    sessions = {session.id: session for session in load_snapshots(Q(pk__in=keys.values()))}
    return {fingerprint: sessions[pk] for fingerprint, pk in keys.items()}


def park_stops(changes: Sequence["Change"]) -> None:
    """Keep stops that fitted no session, beside the sessions made of them."""
    _park(
        ParkedFact(
            station_id=change.after.station_id,
            kind=STOP,
            reported_transaction_id=(change.fact.event.transaction_id or "")[:TRANSACTION_ID_LENGTH],
            fingerprint=stop_fingerprint(change.after.station_id, change.fact.event),
            occurred_at=change.after.ended_at,
            received_at=change.fact.received_at,
            content={
                "stopped_reason": change.fact.event.stopped_reason,
                "meter_stop_wh": change.fact.event.meter_stop_wh,
                "occurred_at": change.fact.event.occurred_at.isoformat(),
            },
            session_id=change.after.id,
        )
        for change in changes
    )


def park_readings(changes: Sequence["Change"]) -> None:
    """Keep readings of sessions whose EVSE is not known yet; ``reconciliation`` hands them over once it is."""
    _park(
        ParkedFact(
            station_id=change.after.station_id,
            kind=READINGS,
            reported_transaction_id=change.after.transaction_id,
            fingerprint=readings_fingerprint(
                change.after.id, change.fact.event.seq_no, change.fact.event.occurred_at.isoformat()
            ),
            occurred_at=change.fact.event.occurred_at,
            received_at=change.fact.received_at,
            content={"readings": [reading_to_json(reading) for reading in change.fact.event.readings]},
            session_id=change.after.id,
        )
        for change in changes
    )


def park_unknown_values(unknown: Iterable[tuple[int, str, datetime]]) -> None:
    """Note ``(station, transaction id, received at)`` of meter values that name a transaction of nobody's. The values
    themselves are stored at their EVSE."""
    _park(
        ParkedFact(
            station_id=station_id,
            kind=READINGS,
            reported_transaction_id=transaction_id[:TRANSACTION_ID_LENGTH],
            fingerprint=values_fingerprint(station_id, transaction_id),
            occurred_at=received_at,
            received_at=received_at,
            content={},
        )
        for station_id, transaction_id, received_at in unknown
    )


def reading_to_json(reading: MeterReading) -> dict:
    """Every field of the reading; ``reading_from_json`` gives the same."""
    return {**asdict(reading), "at": reading.at.isoformat()}


def reading_from_json(data: dict) -> MeterReading:
    """The reading that ``reading_to_json`` wrote."""
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    return MeterReading(**{**values, "at": datetime.fromisoformat(data["at"])})


def _park(facts: Iterable[ParkedFact]) -> None:
    rows = list(facts)
    if rows:
        ParkedFact.objects.bulk_create(rows, ignore_conflicts=True)
