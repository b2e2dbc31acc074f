"""The life of a session under what its charger says, in any order, any number of times. Pure.

For the events of one 2.x transaction the order of arrival does not matter: what they make of a session is the same.
Source: OCPP 2.0.1 part 2 E (transactions), OCPP 1.6 §4.8 and §4.10, its errata 3.1 and 3.18.
"""

from dataclasses import dataclass
from datetime import datetime

from apps.chargers.messages.events import TransactionEvent, TransactionEventType
from apps.chargers.messages.tokens import AuthorizationStatus
from apps.sessions.choices import REVIEW_FLAGS, SessionFlag, SessionState
from apps.sessions.engine import charging_states, details, sequence
from apps.sessions.engine.clock import TOLERANCE, Instant, instant_of
from apps.sessions.engine.meter import contradicts_power, doubt, take_reading, take_start_register, take_stop_register
from apps.sessions.engine.snapshot import Snapshot

STARTED, ENDED = TransactionEventType.STARTED, TransactionEventType.ENDED
# 1.6 has no seqNo: a start comes before everything, a stop after it.
FIRST_PLACE, LAST_PLACE = 0, 2**62
IMPOSSIBLE = "value-impossible"
"""The deviation of a reading of which a value was left out because it cannot be."""
_DERIVED = frozenset(
    {
        SessionFlag.START_MISSING,
        SessionFlag.STOP_MISSING,
        SessionFlag.SEQ_GAP,
        SessionFlag.METER_MISSING,
        SessionFlag.UNAUTHORISED,
    }
)
_FLAG_ORDER = {flag.value: place for place, flag in enumerate(SessionFlag)}


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """What was decided about the token that came with an event."""

    value: str
    type: str
    status: str
    is_accepted: bool
    id_token_id: int | None = None
    driver_id: int | None = None
    free_of_charge: bool = False


def advance(
    before: Snapshot,
    event: TransactionEvent,
    *,
    received_at: datetime,
    verdict: TokenVerdict | None = None,
    rating_w: int | None = None,
) -> Snapshot:
    """``before`` with ``event`` taken in; ``before`` itself, the same object, where the event is a repeat.

    verdict: on the event's token, if it carries one. rating_w: what the station can give, ``None`` if unknown.
    """
    if is_repeat(before, event):
        return before
    session = before.copy()
    instant = instant_of(event.occurred_at, received_at)
    _note_clock(session, event, instant)
    if event.seq_no is not None:
        session.seq_ranges = sequence.add(session.seq_ranges, event.seq_no)
    _take_places(session, event)
    _take_token(session, event, verdict)
    if event.type is STARTED:
        _start(session, event, instant, received_at, rating_w)
    elif not session.has_started and (session.started_at is None or instant.at < session.started_at):
        session.started_at = instant.at
        session.started_received_at = session.started_received_at or received_at
    if event.type is ENDED:
        _end(session, event, instant, received_at, rating_w)
    if event.charging_state is not None:
        session.charging_states = charging_states.insert(
            session.charging_states, event.seq_no, instant.at, event.charging_state.value
        )
    if event.details is not None:
        session.details = details.take(session.details, event.seq_no, event.details)
    for reading in event.readings:
        at = instant_of(reading.at, received_at).at
        take_reading(session, reading, at, rating_w=rating_w, is_over=session.is_over)
    settle(session)
    return session


def is_repeat(session: Snapshot, event: TransactionEvent) -> bool:
    """Whether the event was taken in before. A start or an end not yet known is news under any number."""
    if event.type is STARTED and not session.has_started:
        return False
    if event.type is ENDED and not session.has_stopped:
        return False
    if event.seq_no is None:
        return event.type is not TransactionEventType.UPDATED
    return sequence.contains(session.seq_ranges, event.seq_no)


def close(
    session: Snapshot, *, at: datetime, decided_at: datetime, flags: tuple[SessionFlag, ...] = (), reason: str = ""
) -> Snapshot:
    """``session`` ended by us at ``at``, because its charger will not do so; ``decided_at`` is when we did."""
    closed = session.copy()
    closed.ended_at = max(at, closed.started_at or at)
    closed.ended_received_at = decided_at
    closed.stopped_reason = reason
    for flag in flags:
        closed.flag(flag.value)
    settle(closed)
    return closed


def settle(session: Snapshot) -> None:
    """Bring every column that follows from others up to date: state, charging state, derived flags."""
    session.charging_states = charging_states.compact(session.charging_states, session.seq_ranges)
    session.charging_state = charging_states.last_state(session.charging_states)
    session.charging_ended_at = charging_states.stopped_asking_at(session.charging_states)
    if session.ended_at is not None and session.started_at is not None:
        session.ended_at = max(session.ended_at, session.started_at)
    kept = {flag for flag in session.flags if flag not in _DERIVED}
    session.flags = sorted(kept | {flag.value for flag in _derived_flags(session)}, key=_FLAG_ORDER.__getitem__)
    if session.is_over:
        session.state = SessionState.REVIEW if REVIEW_FLAGS & set(session.flags) else SessionState.ENDED
        session.power_w = session.current_l1_a = session.current_l2_a = session.current_l3_a = None
    else:
        is_active = session.charging_state in ("", "Charging")
        session.state = SessionState.ACTIVE if is_active else SessionState.IDLE
    session.state = session.state.value


def _derived_flags(session: Snapshot) -> set[SessionFlag]:
    flags = set()
    if not session.has_started:
        flags.add(SessionFlag.START_MISSING)
    if session.is_over and not session.has_stopped:
        flags.add(SessionFlag.STOP_MISSING)
    if sequence.has_gap(session.seq_ranges, is_whole=session.has_stopped):
        flags.add(SessionFlag.SEQ_GAP)
    if session.is_over and session.meter_last_wh is None:
        flags.add(SessionFlag.METER_MISSING)
    if session.is_over and session.meter_last_wh is not None and contradicts_power(session):
        flags.add(SessionFlag.METER_IMPLAUSIBLE)
    if session.token_status and not session.is_billable and session.token_type != "NoAuthorization":
        flags.add(SessionFlag.UNAUTHORISED)
    return flags


def _note_clock(session: Snapshot, event: TransactionEvent, instant: Instant) -> None:
    """1.6 does not say that an event waited offline; one that is late by minutes did."""
    is_late = event.seq_no is None and instant.lag > TOLERANCE
    if instant.is_ours:
        session.flag(SessionFlag.CLOCK_IMPLAUSIBLE.value)
    elif event.offline or is_late:
        session.flag(SessionFlag.OFFLINE.value)
    elif abs(instant.lag) > TOLERANCE:
        session.flag(SessionFlag.CLOCK_SKEWED.value)


def _take_places(session: Snapshot, event: TransactionEvent) -> None:
    """EVSE, connector, remote start and reservation come with one event and hold for all."""
    if session.evse_number is None and event.evse_id:
        session.evse_number = event.evse_id
    if session.connector_number is None and event.connector_id:
        session.connector_number = event.connector_id
    if session.remote_start_id is None:
        session.remote_start_id = event.remote_start_id
    if session.reservation_id is None:
        session.reservation_id = event.reservation_id


def _take_token(session: Snapshot, event: TransactionEvent, verdict: TokenVerdict | None) -> None:
    """A session is his who presented the first accepted token, else the first one of all; the token of the end
    only counts where there is no other."""
    if verdict is None:
        return
    place = _place(event)
    if session.token_seq is not None and _rank(place, verdict.status) >= _rank(session.token_seq, session.token_status):
        return
    session.token_seq = place
    session.token_value, session.token_type, session.token_status = verdict.value, verdict.type, verdict.status
    session.id_token_id, session.driver_id = verdict.id_token_id, verdict.driver_id
    session.is_billable = verdict.is_accepted and verdict.id_token_id is not None
    session.free_of_charge = verdict.free_of_charge


def _place(event: TransactionEvent) -> int:
    if event.type is ENDED:
        return LAST_PLACE
    return FIRST_PLACE if event.seq_no is None else event.seq_no


def _rank(place: int, status: str) -> tuple[bool, bool, int]:
    return (place == LAST_PLACE, status != AuthorizationStatus.ACCEPTED, place)


def _start(
    session: Snapshot, event: TransactionEvent, instant: Instant, received_at: datetime, rating_w: int | None
) -> None:
    session.started_at = instant.at
    session.started_reported_at = event.occurred_at
    session.started_received_at = received_at
    take_start_register(session, event.meter_start_wh, instant.at, rating_w=rating_w)


def _end(
    session: Snapshot, event: TransactionEvent, instant: Instant, received_at: datetime, rating_w: int | None
) -> None:
    session.ended_at = instant.at
    session.ended_reported_at = event.occurred_at
    session.ended_received_at = received_at
    session.stopped_reason = event.stopped_reason or "Local"
    readings = sorted(event.readings, key=lambda reading: reading.at)
    for reading in readings:
        at = instant_of(reading.at, received_at).at
        take_reading(session, reading, at, rating_w=rating_w, is_over=True)
    take_stop_register(session, event.meter_stop_wh, instant.at, rating_w=rating_w)
    if any(IMPOSSIBLE in reading.deviations and reading.energy_wh is None for reading in readings):
        doubt(session)
