"""Loading, locked and in one statement, every session that the events of a batch can be about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from apps.chargers.facts import Fact
from apps.chargers.messages.events import TransactionEvent, TransactionEventType
from apps.sessions.choices import OPEN_STATES
from apps.sessions.engine.fingerprints import start_fingerprint, stop_fingerprint
from apps.sessions.engine.snapshot import COLUMNS, Snapshot
from apps.sessions.models import ChargingSession

TRANSACTION_ID_LENGTH = 36
OCPP16 = "ocpp1.6"


@dataclass(slots=True)
class Candidates:
    """The sessions of one station, by what an event can name them."""

    by_transaction_id: dict[str, Snapshot] = field(default_factory=dict)
    by_fingerprint: dict[str, Snapshot] = field(default_factory=dict)
    unplaced: list[Snapshot] = field(default_factory=list)
    open: list[Snapshot] = field(default_factory=list)

    def add(self, session: Snapshot) -> None:
        self.by_transaction_id[session.transaction_id] = session
        if session.start_fingerprint:
            self.by_fingerprint[session.start_fingerprint] = session
        if session.evse_number is None:
            self.unplaced.append(session)
        if not session.is_over:
            self.open.append(session)


def transaction_id_of(event: TransactionEvent) -> str | None:
    """The charger's id, as long as we keep it."""
    return event.transaction_id[:TRANSACTION_ID_LENGTH] if event.transaction_id else None


def fingerprint_of(fact: Fact[TransactionEvent]) -> str | None:
    """How a repeat of this event is known; ``None`` in 2.x, where seqNo tells."""
    if fact.station.protocol != OCPP16:
        return None
    if fact.event.type is TransactionEventType.STARTED:
        return start_fingerprint(fact.station.station_id, fact.event)
    return stop_fingerprint(fact.station.station_id, fact.event)


def load_candidates(facts: Sequence[Fact[TransactionEvent]]) -> dict[int, Candidates]:
    """``{station: candidates}``; the rows stay locked, in the order of their keys, until the transaction ends."""
    stations = {fact.station.station_id for fact in facts}
    named = {name for fact in facts if (name := transaction_id_of(fact.event))}
    prints = {fingerprint for fact in facts if (fingerprint := fingerprint_of(fact))}
    found: dict[int, Candidates] = defaultdict(Candidates)
    at_stations = Q(station_id__in=stations)
    wanted = at_stations & (Q(state__in=OPEN_STATES) | Q(evse_number=None))
    if named:
        wanted |= at_stations & Q(transaction_id__in=named)
    if prints:
        wanted |= Q(start_fingerprint__in=prints)
    for session in load_snapshots(wanted):
        found[session.station_id].add(session)
    return found


def load_snapshots(wanted: Q) -> Iterable[Snapshot]:
    """The sessions that match, locked in the order of their keys."""
    rows = ChargingSession.objects.filter(wanted).order_by("id")
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    for values in rows.values_list(*COLUMNS):
        yield Snapshot(**dict(zip(COLUMNS, values, strict=True)))
