"""What each event of a batch does to the sessions, decided before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from apps.chargers.facts import Fact
from apps.chargers.messages.events import TransactionEvent, TransactionEventType
from apps.drivers.services.authorisation import Authorisation
from apps.sessions.choices import SessionFlag
from apps.sessions.engine.assignment import session_of_late_start, session_of_lost_stop, superseded_by
from apps.sessions.engine.lifecycle import TokenVerdict, advance, close
from apps.sessions.engine.snapshot import Snapshot
from apps.sessions.services.candidates import OCPP16, Candidates, fingerprint_of, transaction_id_of

STARTED, ENDED = TransactionEventType.STARTED, TransactionEventType.ENDED


@dataclass(slots=True)
class Change:
    """One event and what comes of it.

    ``before`` is ``None`` for a new session and the same object as ``after`` for a repeat. ``closed`` are other
    sessions that end by it. ``is_orphan``: a stop that fits nothing, to be parked beside the session made of it.
    """

    fact: Fact[TransactionEvent]
    authorisation: Authorisation | None
    before: Snapshot | None
    after: Snapshot
    closed: list[Snapshot] = field(default_factory=list)
    is_orphan: bool = False

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_changed(self) -> bool:
        return self.before is not None and self.after is not self.before


def plan_change(
    fact: Fact[TransactionEvent],
    authorisation: Authorisation | None,
    candidates: Candidates,
    parked: dict[str, Snapshot],
) -> Change:
    """Find the session that the event means, or make one. ``parked``: sessions of stops that were parked before."""
    before = _find(fact, candidates)
    is_orphan = False
    if before is None and _is_16(fact) and fact.event.type is ENDED:
        before = parked.get(fingerprint_of(fact) or "")
        is_orphan = before is None
    after = advance(
        before or _new(fact),
        fact.event,
        received_at=fact.received_at,
        verdict=_verdict(fact.event, authorisation),
        rating_w=fact.station.max_power_w,
    )
    if _is_16(fact) and fact.event.type is STARTED and after is not before:
        after.start_fingerprint = fingerprint_of(fact)
    has_found_its_place = before is None or before.evse_number is None
    superseded = superseded_by(after, candidates.open) if has_found_its_place and after is not before else []
    closed = [_supersede(other, after, fact.received_at) for other in superseded]
    return Change(fact, authorisation, before, after, closed, is_orphan)


def unmatched_stops(facts: Sequence[Fact[TransactionEvent]], found: dict[int, Candidates]) -> list[str]:
    """Fingerprints of the stops that fit no session at hand: they may have been parked before."""
    stops = (fact for fact in facts if _is_16(fact) and fact.event.type is ENDED)
    return [fingerprint_of(fact) or "" for fact in stops if _find(fact, found[fact.station.station_id]) is None]


def _find(fact: Fact[TransactionEvent], candidates: Candidates) -> Snapshot | None:
    event = fact.event
    named = candidates.by_transaction_id.get(transaction_id_of(event) or "")
    if not _is_16(fact):
        return named
    known = candidates.by_fingerprint.get(fingerprint_of(fact) or "")
    if event.type is STARTED:
        return known or session_of_late_start(event, candidates.unplaced)
    return named or known or session_of_lost_stop(event, candidates.open)


def _new(fact: Fact[TransactionEvent]) -> Snapshot:
    station = fact.station
    is_16 = _is_16(fact)
    return Snapshot(
        site_id=station.site_id,
        station_id=station.station_id,
        transaction_id="" if is_16 else transaction_id_of(fact.event) or "",
        protocol=station.protocol,
        currency=station.currency,
        start_fingerprint=fingerprint_of(fact),
    )


def _supersede(other: Snapshot, by: Snapshot, decided_at: datetime) -> Snapshot:
    last_at = other.last_value_at or other.started_at
    return close(other, at=min(last_at, by.started_at), decided_at=decided_at, flags=(SessionFlag.SUPERSEDED,))


def _verdict(event: TransactionEvent, authorisation: Authorisation | None) -> TokenVerdict | None:
    if authorisation is None or event.id_token is None:
        return None
    return TokenVerdict(
        value=event.id_token.value[:255],
        type=str(event.id_token.type)[:20],
        status=authorisation.info.status.value,
        is_accepted=authorisation.is_accepted,
        id_token_id=authorisation.id_token_pk,
        driver_id=authorisation.driver_pk,
        free_of_charge=authorisation.free_of_charge,
    )


def _is_16(fact: Fact[TransactionEvent]) -> bool:
    return fact.station.protocol == OCPP16
