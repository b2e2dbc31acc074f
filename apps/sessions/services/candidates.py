"""Loading, locked and in one statement, every session that the events of a batch can be about."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from apps.chargers.facts import Fact
from apps.chargers.messages.events import TransactionEvent, TransactionEventType
from apps.core.db.reading import columns_of, read
from apps.core.db.rowsets import is_any_of, rows_from
from apps.sessions.engine.fingerprints import start_fingerprint, stop_fingerprint
from apps.sessions.engine.snapshot import COLUMNS, Snapshot
from apps.sessions.models import ChargingSession

TRANSACTION_ID_LENGTH = 36
OCPP16 = "ocpp1.6"
OCPP21 = "ocpp2.1"
_TABLE = ChargingSession._meta.db_table
_COLUMNS = tuple((ChargingSession, name) for name in COLUMNS)
_SELECTED = columns_of(ChargingSession, COLUMNS, alias="s")


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
    """``{station: candidates}``; the rows stay locked, in the order of their keys, until the transaction ends.

    One part per way of naming a session, each with an index of its own: as alternatives of one condition, PostgreSQL
    looks up every name at every station.
    """
    at_stations, stations = is_any_of({fact.station.station_id for fact in facts})
    parts = [
        f"SELECT id FROM {_TABLE} WHERE station_id {at_stations} AND state IN ('active', 'idle')",
        f"SELECT id FROM {_TABLE} WHERE station_id {at_stations} AND evse_number IS NULL",
    ]
    parameters = [stations, stations]
    named = {(fact.station.station_id, name) for fact in facts if (name := transaction_id_of(fact.event))}
    if named:
        source, names = rows_from("v", {"station": "bigint", "name": "text"}, sorted(named))
        parts.append(
            f"SELECT n.id FROM {source} JOIN {_TABLE} n ON n.station_id = v.station AND n.transaction_id = v.name"
        )
        parameters += names
    prints = {fingerprint for fact in facts if (fingerprint := fingerprint_of(fact))}
    if prints:
        has_print, fingerprints = is_any_of(prints, "text")
        parts.append(f"SELECT id FROM {_TABLE} WHERE start_fingerprint {has_print}")
        parameters.append(fingerprints)
    found: dict[int, Candidates] = defaultdict(Candidates)
    for session in _load(f"id IN ({' UNION ALL '.join(parts)})", parameters):
        found[session.station_id].add(session)
    return found


def load_snapshots(wanted: Q) -> list[Snapshot]:
    """The sessions that match, locked in the order of their keys."""
    keys = list(ChargingSession.objects.filter(wanted).values_list("pk", flat=True))
    is_wanted, parameter = is_any_of(keys)
    return _load(f"id {is_wanted}", [parameter]) if keys else []


def _load(condition: str, parameters: list) -> list[Snapshot]:
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    sql = f"SELECT {_SELECTED} FROM {_TABLE} AS s WHERE {condition} ORDER BY id{lock}"
    return [Snapshot(**dict(zip(COLUMNS, values, strict=True))) for values in read(sql, parameters, _COLUMNS)]
