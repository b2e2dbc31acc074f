"""Taking in what chargers say of transactions, many at once, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from apps.chargers.facts import Fact
from apps.chargers.messages.events import TransactionEvent, TransactionEventType
from apps.chargers.messages.replies import TransactionReply
from apps.chargers.models import Evse
from apps.core import live, outbox
from apps.core.db.rowsets import fetch, is_any_of
from apps.drivers.services.authorisation import Authorisation, authorise_tokens, request_of
from apps.sessions.engine.clock import instant_of
from apps.sessions.engine.cost_answers import is_cost_due
from apps.sessions.engine.meter import METER_COLUMNS
from apps.sessions.engine.snapshot import COLUMNS, Snapshot
from apps.sessions.events import SESSION_ENDED, SESSION_STARTED, SESSION_UPDATED, session_event
from apps.sessions.models import ChargingSession
from apps.sessions.services.candidates import OCPP16, OCPP21, load_candidates
from apps.sessions.services.changes import Change, plan_change, unmatched_stops
from apps.sessions.services.meter_rows import row_of, write_meter_rows
from apps.sessions.services.numbers import take_transaction_numbers
from apps.sessions.services.parking import find_parked_sessions, park_readings, park_stops
from apps.sessions.services.pricing import choose_tariffs, costs_so_far
from apps.sessions.services.remote_starts import confirm_promises, join_remote_starts
from apps.sessions.services.rows import insert_rows, update_rows

_NEW_COLUMNS = tuple(name for name in COLUMNS if name != "id")
_ALL_COLUMNS = ("id", *_NEW_COLUMNS)
_new_values, _all_values = attrgetter(*_NEW_COLUMNS), attrgetter(*_ALL_COLUMNS)
_PROGRESS_COLUMNS = (
    "id",
    *METER_COLUMNS,
    "seq_ranges",
    "state",
    "charging_state",
    "charging_states",
    "charging_ended_at",
)
"""What moves with each update of a transaction; the rest changes at its start, its end and once in a while."""
_progress_values = attrgetter(*_PROGRESS_COLUMNS)
_other_values = attrgetter(*(name for name in COLUMNS if name not in _PROGRESS_COLUMNS))
_EVSES = Evse._meta.db_table
_ATTEMPTS = 3


class UnableToStoreTransaction(RuntimeError):
    """The row of a transaction could neither be inserted nor found. The charger is to try again."""


def record_transaction_events(facts: Sequence[Fact[TransactionEvent]]) -> list[TransactionReply]:
    """Store transaction events and answer them, in order; at most one fact per station.

    Idempotent: a repeat gets the same answer, with the cost as it stands now, and changes nothing. Never refuses what
    happened: an unknown token, an unknown transaction, an absurd clock or meter is stored and flagged. Where another
    process inserted the same transaction in this moment, its row is read and the event taken in again.
    Raises ``UnableToStoreTransaction`` where that does not help either.
    """
    replies: list[TransactionReply | None] = [None] * len(facts)
    places = list(range(len(facts)))
    for _ in range(_ATTEMPTS):
        changes = _record([facts[place] for place in places])
        stored = zip(places, changes, _costs(changes), strict=True)
        for place, change, cost in stored:
            if change is not None:
                replies[place] = _reply(change, cost)
        places = [place for place in places if replies[place] is None]
        if not places:
            return [reply for reply in replies if reply is not None]
    raise UnableToStoreTransaction(f"{len(places)} transactions could not be stored.")


def _record(facts: Sequence[Fact[TransactionEvent]]) -> list[Change | None]:
    """Take the facts in; ``None`` in the place of one that met a row which was inserted meanwhile."""
    authorisations = _authorise(facts)
    found = load_candidates(facts)
    parked = find_parked_sessions(unmatched_stops(facts, found))
    changes = [
        plan_change(fact, authorisation, found[fact.station.station_id], parked)
        for fact, authorisation in zip(facts, authorisations, strict=True)
    ]
    _complete(changes)
    inserted = _insert([change for change in changes if change.is_new])
    stored = [change for change in changes if not change.is_new or change.fact.station.station_id in inserted]
    _update(stored)
    _write_readings(stored)
    park_stops([change for change in stored if change.is_orphan])
    confirm_promises([change for change in stored if change.is_new or change.is_changed])
    _announce(stored)
    kept = {id(change) for change in stored}
    return [change if id(change) in kept else None for change in changes]


def _authorise(facts: Sequence[Fact[TransactionEvent]]) -> list[Authorisation | None]:
    asking = [fact for fact in facts if fact.event.id_token is not None]
    verdicts = iter(authorise_tokens([_request(fact) for fact in asking]))
    return [next(verdicts) if fact.event.id_token is not None else None for fact in facts]


def _request(fact: Fact[TransactionEvent]):
    """A start is judged at its own instant, so that a card that expired since does not void what it began."""
    event = fact.event
    is_start = event.type is TransactionEventType.STARTED
    at = instant_of(event.occurred_at, fact.received_at).at if is_start else fact.received_at
    return request_of(
        fact, event.id_token, at=at, evse_number=event.evse_id if is_start else None, is_start=is_start,
        transaction_id=event.transaction_id,
    )  # fmt: skip


def _complete(changes: Sequence[Change]) -> None:
    """Numbers for new 1.6 transactions, keys of EVSEs, tariffs in force at the start."""
    unnumbered = [change.after for change in changes if change.is_new and change.fact.station.protocol == OCPP16]
    for session, number in zip(unnumbered, take_transaction_numbers(len(unnumbered)), strict=True):
        session.transaction_id = str(number)
    touched = [change for change in changes if change.is_new or change.is_changed]
    unlinked = [c.after for c in touched if c.after.evse_id is None and c.after.evse_number is not None]
    if unlinked:
        at_stations, parameter = is_any_of({session.station_id for session in unlinked})
        rows = fetch(f"SELECT station_id, number, id FROM {_EVSES} WHERE station_id {at_stations}", [parameter])
        keys = {(station_id, number): pk for station_id, number, pk in rows}
        for session in unlinked:
            session.evse_id = keys.get((session.station_id, session.evse_number))
    join_remote_starts(touched)
    choose_tariffs([change for change in touched if _needs_tariff(change)])


def _needs_tariff(change: Change) -> bool:
    """At the start, and again when the token or the EVSE that the price may depend on becomes known."""
    before, after = change.before, change.after
    return change.is_new or (
        before is not None and (before.token_seq, before.evse_id) != (after.token_seq, after.evse_id)
    )


def _insert(changes: Sequence[Change]) -> set[int]:
    """Insert the new sessions; the stations whose session now exists."""
    rows = [_new_values(change.after) for change in changes]
    keys = dict(insert_rows(ChargingSession, _NEW_COLUMNS, rows, returning=("station_id", "id")))
    for change in changes:
        change.after.id = keys.get(change.after.station_id)
    return set(keys)


def _update(changes: Sequence[Change]) -> None:
    whole = [session for change in changes for session in change.closed]
    progress = []
    for change in changes:
        if change.is_changed:
            chosen = progress if _other_values(change.before) == _other_values(change.after) else whole
            chosen.append(change.after)
    update_rows(ChargingSession, _PROGRESS_COLUMNS, [_progress_values(session) for session in progress])
    update_rows(ChargingSession, _ALL_COLUMNS, [_all_values(session) for session in whole])


def _write_readings(changes: Sequence[Change]) -> None:
    """Readings go to their EVSE; those of a session whose EVSE nobody has told yet are parked."""
    waiting = []
    rows = []
    for change in changes:
        event, session, received_at = change.fact.event, change.after, change.fact.received_at
        if not event.readings:
            continue
        evse_number = event.evse_id or session.evse_number
        if evse_number is None:
            waiting.append(change)
            continue
        for reading in event.readings:
            at = instant_of(reading.at, received_at).at
            rows.append(
                row_of(
                    reading,
                    station_id=session.station_id,
                    evse_number=evse_number,
                    at=at,
                    received_at=received_at,
                    session_id=session.id,
                )
            )
    write_meter_rows(rows)
    park_readings(waiting)


def _announce(changes: Sequence[Change]) -> None:
    events = []
    topics: dict[int, list[str]] = defaultdict(list)
    for change in changes:
        for session in (*change.closed, change.after):
            name = SESSION_ENDED if session is not change.after else _event_name(change)
            if name is not None:
                events.append(session_event(name, session))
            if session is not change.before:
                chosen = topics[change.fact.station.organisation_id]
                chosen += (f"session:{session.id}", f"station:{session.station_id}", f"site:{session.site_id}")
    outbox.record_many(events)
    for organisation_id, chosen in topics.items():
        live.nudge_on_commit(organisation_id=organisation_id, topics=dict.fromkeys(chosen))


def _event_name(change: Change) -> str | None:
    after, before = change.after, change.before
    if before is None:
        return SESSION_ENDED if after.is_over else SESSION_STARTED
    if before is after:
        return None
    if after.is_over:
        return SESSION_ENDED
    return SESSION_UPDATED if _visible(after) != _visible(before) else None


def _visible(session: Snapshot) -> tuple:
    return (
        session.state, session.charging_state, session.token_seq, session.evse_number, session.flags,
        session.reservation_id,
    )  # fmt: skip


def _costs(changes: Sequence[Change | None]) -> list:
    """Gross cost so far of each whose answer is to name it, where the protocol can carry it to the driver (2.x)."""
    return costs_so_far([change if change is not None and _names_cost(change) else None for change in changes])


def _names_cost(change: Change) -> bool:
    return change.fact.station.protocol != OCPP16 and is_cost_due(change.before, change.after, change.fact.event)


def _reply(change: Change, cost) -> TransactionReply:
    is_start = change.fact.event.type is TransactionEventType.STARTED
    is_16 = change.fact.station.protocol == OCPP16
    return TransactionReply(
        transaction_id=int(change.after.transaction_id) if is_16 and is_start else None,
        info=change.authorisation.info if change.authorisation else None,
        total_cost=cost,
        max_energy_wh=_max_energy_wh(change),
    )


def _max_energy_wh(change: Change) -> int | None:
    """Of a whole 2.1 transaction, what the driver's limit leaves (its station ends it there by itself).

    Told when it is known whose session it is: at the start, or later where the cable came before the card. A repeat
    is told the same: what the session had meanwhile is in the driver's usage by then.
    """
    verdict, event, after = change.authorisation, change.fact.event, change.after
    if change.fact.station.protocol != OCPP21 or verdict is None or not verdict.is_accepted or after.is_over:
        return None
    if verdict.energy_left_wh is None:
        return None
    if event.type is not TransactionEventType.STARTED and (event.seq_no is None or after.token_seq != event.seq_no):
        return None
    was_his = change.before is not None and change.before.driver_id == verdict.driver_pk
    return verdict.energy_left_wh + (change.before.energy_wh if was_his and change.before else 0)
