"""Counting energy from registers that lie."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.chargers.messages.metering import MeterReading
from apps.sessions.engine.meter import MeterState, take_reading, take_start_register, take_stop_register

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def count(*registers, every=timedelta(minutes=10), rating_w=22_000):
    state = MeterState()
    for place, register in enumerate(registers):
        at = NOON + place * every
        take_reading(state, MeterReading(at, energy_wh=register), at, rating_w=rating_w)
    return state.energy_wh, state.flags


@pytest.mark.parametrize(
    ("registers", "energy_wh", "flags"),
    [
        ((1000, 3000, 5000), 4000, []),
        ((0, 2000, 3000), 3000, []),
        ((9000, 10_000, 40, 900), 1900, ["meter_reset"]),
        ((9000, 10_000, 9_990, 10_500), 1500, ["meter_backwards"]),
        ((1000, 2000, 900_000, 2500), 1500, ["meter_implausible"]),
        ((1000, None, 1500), 500, []),
        ((1000, -1, 1500), 500, ["meter_backwards"]),
        ((50_000, 51_000, 20_000, 20_500), 1500, ["meter_reset"]),
        ((1_000_000, 1000, 1005, 1_010_000), 10_000, ["meter_backwards"]),  # kWh labelled Wh in between
    ],
)
def test_registers_are_counted_doubted_and_never_taken_back(registers, energy_wh, flags):
    assert count(*registers) == (energy_wh, flags)


TEN_MINUTES = timedelta(minutes=10)


def play(told, *, rating_w):
    """``told``: (kind, place, register), taken in in this order."""
    state = MeterState()
    for kind, place, register in told:
        at = NOON + place * TEN_MINUTES
        if kind == "start":
            take_start_register(state, register, at, rating_w=rating_w)
        elif kind == "stop":
            take_stop_register(state, register, at, rating_w=rating_w)
        else:
            take_reading(state, MeterReading(at, energy_wh=register), at, rating_w=rating_w)
    return state


def session_16(start, samples, stop):
    sampled = [("sample", place + 1, register) for place, register in enumerate(samples)]
    return [("start", 0, start), *sampled, ("stop", len(samples) + 1, stop)]


DIPS = [
    ((30_000, (30_100, 0, 30_300), 30_400), 400, {"meter_backwards"}),
    ((30_000, (30_100, 30_200, 0), 30_400), 400, {"meter_backwards"}),
    ((30_000, (0, 30_200), 30_400), 400, {"meter_backwards"}),
    ((30_000, (30_100, 0, 0, 0), 30_400), 400, {"meter_backwards"}),
    ((5_000_000, (5_000_100, 0, 5_000_300), 5_000_400), 400, {"meter_backwards"}),
    ((5_000_000, (5_000_100, 0, 90), 5_000_400), 400, {"meter_backwards"}),
    ((30_000, (30_100, 30, 30, 30), 30_400), 400, {"meter_backwards"}),
    ((30_000, (30_100, 900_000, 30_300), 30_400), 400, {"meter_implausible"}),
    ((9000, (10_000, 40, 900), 1000), 2000, {"meter_reset"}),
    ((9000, (10_000, 40), 40), 1040, {"meter_reset", "meter_backwards"}),
    ((9000, (9_500, 10_000), 20), 1000, {"meter_backwards"}),
    ((0, (100_000, 100_100), 100_200), 200, {"meter_implausible"}),
    ((1000, (), 1_000_000_000), 999_999_000, {"meter_implausible"}),
    ((0, (100, 200), 400), 400, set()),
]


@pytest.mark.parametrize("rating_w", [22_000, 50_000])
@pytest.mark.parametrize(("words", "energy_wh", "flags"), DIPS)
def test_a_dip_that_comes_back_is_ignored_and_doubted_while_a_meter_that_stays_low_began_anew(
    words, energy_wh, flags, rating_w
):
    state = play(session_16(*words), rating_w=rating_w)
    assert (state.energy_wh, set(state.flags)) == (energy_wh, flags)
    assert state.energy_carried_wh + state.meter_last_wh - state.meter_start_wh == energy_wh


@given(st.sampled_from([words for words, _, _ in DIPS]), st.randoms(), st.sampled_from([None, 22_000]))
def test_bad_registers_cost_the_same_in_any_order_of_arrival_and_told_twice(words, random, rating_w):
    told = session_16(*words)
    shuffled = [*random.sample(told, len(told)), *random.sample(told, len(told))]
    one, other = play(told, rating_w=rating_w), play(shuffled, rating_w=rating_w)
    assert (one.energy_wh, set(one.flags), one.meter_points) == (other.energy_wh, set(other.flags), other.meter_points)


@given(
    st.lists(st.one_of(st.integers(0, 3000), st.integers(0, 100_000)), min_size=2, max_size=9),
    st.randoms(),
    st.sampled_from([None, 22_000]),
)
def test_whatever_the_registers_are_the_energy_is_the_same_in_any_order_of_arrival(registers, random, rating_w):
    told = [("sample", place, register) for place, register in enumerate(registers)]
    shuffled = random.sample(told, len(told))
    assert play(shuffled, rating_w=rating_w).energy_wh == play(told, rating_w=rating_w).energy_wh


@pytest.mark.parametrize("rating_w", [None, 22_000])
def test_more_than_a_megawatt_hour_is_doubted_however_long_it_took(rating_w):
    state = play([("sample", 0, 0), ("sample", 6 * 24 * 7, 1_000_001)], rating_w=rating_w)
    assert (state.energy_wh, state.flags) == (1_000_001, ["meter_implausible"])


def test_a_coarse_register_and_close_timestamps_are_no_reason_for_doubt():
    assert count(0, 100, 200, every=timedelta(seconds=1)) == (200, [])


def test_of_two_readings_of_one_instant_the_higher_counts_whichever_comes_first():
    assert count(1000, 1200, 1100, every=timedelta(0)) == count(1000, 1100, 1200, every=timedelta(0)) == (200, [])


def test_an_older_reading_moves_only_the_beginning():
    state = MeterState()
    for minutes, register in ((10, 2000), (5, 1500), (20, 3000)):
        at = NOON + timedelta(minutes=minutes)
        take_reading(state, MeterReading(at, energy_wh=register, power_w=register), at, rating_w=None)
    assert (state.meter_start_wh, state.energy_wh, state.power_w) == (1500, 1500, 3000)


def test_momentary_values_of_an_ended_session_are_not_shown():
    state = MeterState()
    take_reading(state, MeterReading(NOON, power_w=7000, soc_percent=80.0), NOON, rating_w=None, is_over=True)
    assert (state.power_w, state.peak_power_w, state.soc_percent) == (None, 7000, 80.0)
