"""The composite of profiles: stacking, the lowest over purposes, time. Exact examples, and laws that always hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from apps.energy.engine.comparing import Difference, find_differences
from apps.energy.engine.composite import EvseState, StationState, Stretch, composite, limit_at
from apps.energy.engine.schedules import Installed, has_ended

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY_S = 86_400


def profile(
    number, *periods, purpose="TxDefaultProfile", level=0, kind="Absolute", unit="A", start=NOON, duration=None, **more
):
    pairs = tuple(ChargingSchedulePeriod(at, Decimal(str(limit))) for at, limit in periods or ((0, 16),))
    schedule = ChargingSchedule(unit, pairs, start_at=start, duration_s=duration)
    return ChargingProfile(number, level, purpose, kind, (schedule,), **more)


def state(*installed, evses=(1,), **evse_fields):
    placed = tuple(one if isinstance(one, Installed) else Installed(one, 1, NOON) for one in installed)
    return StationState(placed, {number: EvseState(number, **evse_fields) for number in evses})


def at_whole_station(one):
    return Installed(one, 0, NOON)


def computed(*installed, evse=1, duration_s=DAY_S, unit="A", at=NOON, **evse_fields):
    found = composite(state(*installed, **evse_fields), evse=evse, at=at, duration_s=duration_s, unit=unit)
    return [(stretch.start_s, stretch.limit if stretch.limit is None else str(stretch.limit)) for stretch in found]


def test_without_profiles_the_hardware_is_the_limit():
    assert computed() == [(0, None)]
    assert computed(max_power_w=11_040) == [(0, "16.0")]
    assert computed(max_power_w=11_040, unit="W") == [(0, "11040.0")]


def test_periods_follow_each_other_and_end_with_the_duration():
    assert computed(profile(1, (0, 16), (3600, 10), duration=7200)) == [(0, "16.0"), (3600, "10.0"), (7200, None)]


def test_the_highest_stack_level_leads_while_it_says_something():
    low, high = profile(1, (0, 32)), profile(2, (0, 10), level=1, duration=3600)
    assert computed(low, high) == [(0, "10.0"), (3600, "32.0")]


def test_a_higher_stack_level_may_allow_more():
    assert computed(profile(1, (0, 10)), profile(2, (0, 20), level=1)) == [(0, "20.0")]


def test_over_purposes_the_lowest_counts():
    most = at_whole_station(profile(1, (0, 20), (600, 8), purpose="ChargingStationMaxProfile"))
    external = at_whole_station(profile(2, (0, 12), purpose="ChargingStationExternalConstraints"))
    assert computed(most, external, profile(3, (0, 16))) == [(0, "12.0"), (600, "8.0")]


def test_a_sessions_profile_displaces_the_default_even_where_it_allows_more():
    tx = profile(2, (0, 25), purpose="TxProfile", transaction_id="T")
    assert computed(profile(1, (0, 10)), tx, transaction_id="T", session_started_at=NOON) == [(0, "25.0")]
    assert computed(profile(1, (0, 10)), tx) == [(0, "10.0")]
    assert computed(profile(1, (0, 10)), tx, transaction_id="OTHER", session_started_at=NOON) == [(0, "10.0")]


def test_priority_charging_displaces_the_sessions_profile_once_it_is_used():
    tx = profile(1, (0, 8), purpose="TxProfile", transaction_id="T")
    priority = profile(2, (0, 32), purpose="PriorityCharging")
    running = {"transaction_id": "T", "session_started_at": NOON}
    assert computed(tx, priority, **running) == [(0, "8.0")]
    assert computed(tx, priority, uses_priority=True, **running) == [(0, "32.0")]


def test_a_daily_profile_begins_again_each_day_whatever_the_calendar_does():
    nightly = profile(
        1, (0, 6), kind="Recurring", recurrency="Daily", start=datetime(2026, 3, 1, 22, tzinfo=UTC), duration=8 * 3600
    )
    assert computed(nightly, duration_s=2 * DAY_S) == [
        (0, None), (36_000, "6.0"), (64_800, None), (122_400, "6.0"), (151_200, None),
    ]  # fmt: skip


def test_a_weekly_profile_without_an_end_lasts_until_it_begins_again():
    weekly = profile(1, (0, 6), (3600, 7), kind="Recurring", recurrency="Weekly", start=NOON - timedelta(days=7))
    assert computed(weekly, duration_s=3601) == [(0, "6.0"), (3600, "7.0")]


def test_a_recurring_profile_says_nothing_before_its_first_day():
    later = profile(1, (0, 6), kind="Recurring", recurrency="Daily", start=NOON + 2 * timedelta(days=1))
    assert computed(later) == [(0, None)]


def test_a_relative_profile_begins_with_the_session_or_as_if_one_began_now():
    relative = profile(1, (0, 16), (3600, 8), kind="Relative", start=None)
    assert computed(relative) == [(0, "16.0"), (3600, "8.0")]
    running = {"transaction_id": "T", "session_started_at": NOON - timedelta(minutes=50)}
    assert computed(relative, **running) == [(0, "16.0"), (600, "8.0")]


def test_validity_is_half_open():
    valid = profile(1, (0, 6), valid_from=NOON + HOUR, valid_to=NOON + 2 * HOUR)
    assert computed(valid) == [(0, None), (3600, "6.0"), (7200, None)]


def test_watts_and_amperes_meet_in_the_unit_asked_for():
    watts = replace(profile(1, (0, 6900), unit="W"), purpose="ChargingStationMaxProfile")
    assert computed(at_whole_station(watts), profile(2, (0, 16))) == [(0, "10.0")]
    assert computed(at_whole_station(watts), profile(2, (0, 16)), unit="W") == [(0, "6900.0")]


def test_a_period_of_one_phase_counts_one_phase():
    period = ChargingSchedulePeriod(0, Decimal(16), 1)
    single = ChargingProfile(1, 0, "TxDefaultProfile", "Absolute", (ChargingSchedule("A", (period,), start_at=NOON),))
    assert computed(single, unit="W") == [(0, "3680.0")]


def test_the_station_is_the_sum_of_its_evses_within_its_own_limits():
    default = at_whole_station(profile(1, (0, 10)))
    two = {"evses": (1, 2), "max_power_w": 22_080}
    assert computed(default, evse=0, **two) == [(0, "20.0")]
    most = at_whole_station(profile(2, (0, 15), purpose="ChargingStationMaxProfile"))
    assert computed(default, most, evse=0, **two) == [(0, "15.0")]


def test_an_evses_own_default_leads_over_the_stations_of_the_same_level():
    assert computed(at_whole_station(profile(1, (0, 10))), profile(2, (0, 20))) == [(0, "20.0")]


def test_local_generation_comes_on_top_of_the_stations_limit():
    most = at_whole_station(profile(1, (0, 10), purpose="ChargingStationMaxProfile"))
    sun = at_whole_station(profile(2, (0, 4.5), purpose="LocalGeneration"))
    assert computed(most, sun) == [(0, "14.5")]


@pytest.mark.parametrize(
    ("one", "is_over"),
    [
        (profile(1, duration=3600), True),
        (profile(1, duration=7201), False),
        (profile(1), False),
        (profile(1, valid_to=NOON), True),
        (profile(1, kind="Relative", start=None, duration=60), False),
        (profile(1, kind="Recurring", recurrency="Daily", duration=60), False),
    ],
)
def test_a_profile_is_over_when_it_can_never_speak_again(one, is_over):
    assert has_ended(Installed(one, 1, NOON), NOON + 2 * HOUR) is is_over


# --- laws ---------------------------------------------------------------------------------------------------------

limits = st.decimals(0, 63, places=1)
purposes = st.sampled_from(
    ["ChargingStationMaxProfile", "ChargingStationExternalConstraints", "TxDefaultProfile", "TxProfile"]
)


@st.composite
def profiles(draw):
    kind = draw(st.sampled_from(["Absolute", "Recurring", "Relative"]))
    starts = sorted({0, *draw(st.lists(st.integers(1, 40_000), max_size=3))})
    periods = tuple(ChargingSchedulePeriod(at, draw(limits)) for at in starts)
    start = None if kind == "Relative" else NOON + timedelta(seconds=draw(st.integers(-200_000, 50_000)))
    schedule = ChargingSchedule("A", periods, start_at=start, duration_s=draw(st.none() | st.integers(1, DAY_S)))
    purpose = draw(purposes)
    one = ChargingProfile(
        draw(st.integers(1, 99)), draw(st.integers(0, 3)), purpose, kind, (schedule,),
        recurrency="Daily" if kind == "Recurring" else None, transaction_id="T" if purpose == "TxProfile" else None,
    )  # fmt: skip
    whole = purpose == "ChargingStationMaxProfile" or (purpose != "TxProfile" and draw(st.booleans()))
    return Installed(one, 0 if whole else 1, NOON)


states = st.lists(profiles(), max_size=5).map(
    lambda installed: state(*installed, max_power_w=22_080, transaction_id="T", session_started_at=NOON - HOUR)
)


@given(states, st.integers(0, DAY_S - 1))
def test_the_schedule_says_at_every_second_what_the_limit_is_then(one, second):
    stretches = composite(one, evse=1, at=NOON, duration_s=DAY_S, unit="A")
    said = [stretch.limit for stretch in stretches if stretch.start_s <= second][-1]
    assert said == limit_at(one, evse=1, at=NOON + timedelta(seconds=second), unit="A")


@given(states)
def test_it_starts_at_0_ascends_and_never_says_the_same_twice(one):
    stretches = composite(one, evse=1, at=NOON, duration_s=DAY_S, unit="A")
    assert stretches[0].start_s == 0
    assert all(a.start_s < b.start_s < DAY_S for a, b in pairwise(stretches))
    assert all(a.limit != b.limit for a, b in pairwise(stretches))


@given(states, limits)
def test_one_more_limit_of_the_station_never_allows_more(one, limit):
    more = Installed(profile(100, (0, limit), purpose="ChargingStationMaxProfile", level=9, start=NOON), 0, NOON)
    without = [p for p in one.installed if p.profile.purpose != "ChargingStationMaxProfile"]
    before = limit_at(replace(one, installed=tuple(without)), evse=1, at=NOON, unit="A")
    after = limit_at(replace(one, installed=(*without, more)), evse=1, at=NOON, unit="A")
    assert after == min(before, limit)


@given(states, st.integers(1, DAY_S - 1))
def test_asking_in_two_parts_says_the_same_as_asking_once(one, cut_s):
    later = NOON + timedelta(seconds=cut_s)
    tail = composite(one, evse=1, at=later, duration_s=DAY_S - cut_s, unit="A")
    at_once = composite(one, evse=1, at=NOON, duration_s=DAY_S, unit="A")
    assert find_differences(at_once, [Stretch(0, at_once[0].limit)], duration_s=1, unit="A") == []
    for stretch in tail:
        moment_s = cut_s + stretch.start_s
        assert [s.limit for s in at_once if s.start_s <= moment_s][-1] == stretch.limit


# --- comparing ----------------------------------------------------------------------------------------------------


def stretches(*pairs):
    return [Stretch(at, None if limit is None else Decimal(str(limit))) for at, limit in pairs]


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ([(0, 16)], [(0, 16)], []),
        ([(0, 16)], [(0, 16.1)], []),
        ([(0, 16), (600, 10)], [(0, 16), (603, 10)], []),
        ([(0, None)], [(0, 32)], []),
        ([(0, 16)], [(0, 32)], [Difference(0, 3600, Decimal(16), Decimal(32))]),
        ([(0, 16)], [], [Difference(0, 3600, Decimal(16), None)]),
        ([(0, 16), (600, 10)], [(0, 16)], [Difference(600, 3600, Decimal(10), Decimal(16))]),
        ([(0, 16)], [(0, 16), (60, 6), (120, 16)], [Difference(60, 120, Decimal(16), Decimal(6))]),
    ],
)
def test_differences_beyond_rounding_and_clocks_are_found(ours, theirs, found):
    assert find_differences(stretches(*ours), stretches(*theirs), duration_s=3600, unit="A") == found


def test_a_charger_that_allows_more_is_told_from_one_that_allows_less():
    assert Difference(0, 60, Decimal(16), Decimal(32)).allows_more
    assert Difference(0, 60, Decimal(16), None).allows_more
    assert not Difference(0, 60, Decimal(16), Decimal(6)).allows_more
