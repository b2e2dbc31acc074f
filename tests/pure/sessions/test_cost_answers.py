"""Which answers name the cost so far: the start, the end, and an update a minute."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.messages.events import ChargingState, TransactionEvent, TransactionEventType
from apps.chargers.messages.metering import MeterReading
from apps.sessions.engine.cost_answers import is_cost_due
from apps.sessions.engine.lifecycle import advance
from apps.sessions.engine.snapshot import Snapshot

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
STARTED, UPDATED, ENDED = TransactionEventType


def event(seq, type_=UPDATED, *, after_s, is_metered=True, **changes):
    at = NOON + timedelta(seconds=after_s)
    readings = (MeterReading(at, energy_wh=1000 + seq),) if is_metered else ()
    return TransactionEvent(type_, "TX", at, seq_no=seq, readings=readings, **changes)


def told(*events):
    """For each of ``events`` of one transaction whether its answer names the cost."""
    session, answers = None, []
    for said in events:
        after = advance(session or Snapshot(station_id=1), said, received_at=said.occurred_at)
        answers.append(is_cost_due(session, after, said))
        session = after
    return answers


@pytest.mark.parametrize(
    ("every_s", "expected"),
    [
        (1, [0, 1, 60, 120]),
        (10, [0, 10, 60, 120]),
        (45, [0, 45, 90, 135]),
        (60, [0, 60, 120]),
    ],
)
def test_periodic_values_are_told_the_cost_first_of_all_and_then_once_a_minute(every_s, expected):
    instants = range(0, 140, every_s)
    events = [event(seq, UPDATED if seq else STARTED, after_s=after_s) for seq, after_s in enumerate(instants)]
    assert [s for s, is_told in zip(instants, told(*events), strict=True) if is_told] == expected


def test_values_a_little_earlier_than_a_minute_after_the_last_are_told_too():
    assert told(*[event(seq, after_s=s) for seq, s in enumerate((60, 121, 179, 240))]) == [True] * 4


def test_start_and_end_are_told_with_or_without_values():
    start, end = (
        event(0, STARTED, after_s=0, is_metered=False),
        event(1, ENDED, after_s=1, is_metered=False, offline=True),
    )
    assert told(start, end) == [True, True]


def test_a_repeat_is_told_what_is_true_now():
    again = event(2, after_s=11)
    assert told(event(0, STARTED, after_s=0), event(1, after_s=10), again, again) == [True, True, False, True]


def test_updates_without_values_and_those_that_waited_offline_are_not_told():
    start = event(0, STARTED, after_s=0)
    state = event(1, after_s=300, is_metered=False, charging_state=ChargingState.CHARGING)
    late = event(2, after_s=600, offline=True)
    assert told(start, state, late) == [True, False, False]


def test_values_that_come_after_the_end_are_not_told():
    assert told(event(0, STARTED, after_s=0), event(2, ENDED, after_s=99), event(1, after_s=60)) == [True, True, False]


def test_a_reading_older_than_the_last_is_not_told():
    newer, older = event(2, after_s=600), event(1, after_s=120)
    assert told(event(0, STARTED, after_s=0), newer, older) == [True, True, False]
