"""Counting energy from registers that lie."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.messages.metering import MeterReading
from apps.sessions.engine.meter import MeterState, take_reading

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
