"""Checking profiles, making them fit a charger, and planning for cars."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from apps.chargers.messages.events import ChargingNeeds
from apps.energy.engine.announced import exceeds
from apps.energy.engine.capabilities import Capabilities, overrule, read_capabilities
from apps.energy.engine.checking import find_notes, find_problems, find_start_problems
from apps.energy.engine.composite import EvseState, StationState, composite
from apps.energy.engine.fitting import DoesNotFit, fit_profile
from apps.energy.engine.planning import plan_for_needs
from apps.energy.engine.schedules import Installed

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def profile(
    *periods, unit="A", purpose="TxDefaultProfile", kind="Absolute", start=NOON, duration=None, level=0, **more
):
    found = tuple(ChargingSchedulePeriod(at, Decimal(str(limit))) for at, limit in periods or ((0, 16),))
    schedule = ChargingSchedule(unit, found, start_at=start, duration_s=duration)
    return ChargingProfile(1, level, purpose, kind, (schedule,), **more)


def period(**fields):
    schedule = ChargingSchedule("A", (ChargingSchedulePeriod(0, Decimal(16), **fields),), start_at=NOON)
    return replace(profile(), schedules=(schedule,))


FINE = profile()


@pytest.mark.parametrize(
    ("one", "evse", "running", "field"),
    [
        (FINE, 0, None, None),
        (FINE, 1, "T", None),
        (profile((60, 16)), 1, None, "periods"),
        (profile((0, 16), (60, 10), (60, 8)), 1, None, "periods"),
        (profile((0, 16), (60, 10), duration=60), 1, None, "periods"),
        (profile(duration=0), 1, None, "duration_s"),
        (profile((0, 16.25)), 1, None, "limit"),
        (profile((0, -1)), 1, None, "limit"),
        (profile((0, "NaN")), 1, None, "limit"),
        (profile(level=-1), 1, None, "stack_level"),
        (profile(purpose="ChargingStationExternalConstraints"), 0, None, "purpose"),
        (profile(purpose="ChargingStationMaxProfile"), 0, None, None),
        (profile(purpose="ChargingStationMaxProfile"), 1, None, "evse"),
        (profile(purpose="TxProfile", transaction_id="T"), 1, "T", None),
        (profile(purpose="TxProfile", transaction_id="T"), 1, None, "purpose"),
        (profile(purpose="TxProfile", transaction_id="T"), 1, "OTHER", "transaction_id"),
        (profile(purpose="TxProfile", transaction_id="T"), 0, None, "evse"),
        (profile(transaction_id="T"), 1, "T", "transaction_id"),
        (profile(kind="Relative"), 1, None, "start_at"),
        (profile(kind="Relative", start=None), 1, None, None),
        (profile(kind="Relative", start=None, purpose="ChargingStationMaxProfile"), 0, None, "kind"),
        (profile(start=None), 1, None, "start_at"),
        (profile(kind="Recurring"), 1, None, "recurrency"),
        (profile(recurrency="Daily"), 1, None, "recurrency"),
        (profile(kind="Recurring", recurrency="Daily", duration=86_400), 1, None, None),
        (profile(kind="Recurring", recurrency="Daily", duration=86_401), 1, None, "duration_s"),
        (profile(valid_from=NOON, valid_to=NOON), 1, None, "valid_to"),
        (period(number_phases=4), 1, None, "number_phases"),
        (period(number_phases=3, phase_to_use=1), 1, None, "phase_to_use"),
        (period(number_phases=1, phase_to_use=3), 1, None, None),
    ],
)
def test_what_no_charger_should_be_asked_is_found_with_its_field(one, evse, running, field):
    problems = find_problems(one, evse=evse, transaction_id=running)
    assert [found for found, _ in problems[:1]] == ([] if field is None else [field])
    assert all(sentence.endswith(".") for _, sentence in problems)


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (profile(purpose="TxProfile"), None),
        (profile(purpose="TxProfile", transaction_id="T"), "transaction_id"),
        (profile(), "purpose"),
    ],
)
def test_a_start_takes_a_sessions_profile_without_its_number(one, field):
    assert [found for found, _ in find_start_problems(one)] == ([] if field is None else [field])


def test_limits_that_pause_are_worth_a_word():
    assert find_notes(profile((0, 16))) == []
    assert len(find_notes(profile((0, 0)))) == 1
    assert len(find_notes(profile((0, 5), (60, 0)))) == 2
    assert find_notes(profile((0, 3), unit="W")) == []


# --- capabilities -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, Capabilities()),
        ({"configurationkey.chargeprofilemaxstacklevel": "0", "configurationkey.chargingschedulemaxperiods": "3",
          "configurationkey.chargingscheduleallowedchargingrateunit": "Power",
          "configurationkey.maxchargingprofilesinstalled": "5"},
         Capabilities(0, 3, frozenset({"W"}), 5)),
        ({"smartchargingctrlr.profilestacklevel": "4", "smartchargingctrlr.periodsperschedule": "24",
          "smartchargingctrlr.rateunit": "A,W", "smartchargingctrlr.entries": "10"},
         Capabilities(4, 24, frozenset({"A", "W"}), 10)),
        ({"configurationkey.chargingscheduleallowedchargingrateunit": "Current, Power",
          "configurationkey.chargingschedulemaxperiods": "many"}, Capabilities()),
        ({"smartchargingctrlr.rateunit": "A"}, Capabilities(units=frozenset({"A"}))),
    ],
)  # fmt: skip
def test_what_a_charger_can_take_is_read_from_its_variables(variables, expected):
    assert read_capabilities(variables) == expected


def test_people_may_know_better():
    known = overrule(Capabilities(10, 24), max_stack_level=0, max_periods=None, unit="W")
    assert known == Capabilities(0, 24, frozenset({"W"}))


# --- fitting ------------------------------------------------------------------------------------------------------


def test_what_fits_is_left_alone():
    fitted = fit_profile(FINE, Capabilities(0, 1, frozenset({"A"})))
    assert (fitted.profile, fitted.changes) == (FINE, ())


def test_a_stack_level_that_is_too_high_is_refused():
    with pytest.raises(DoesNotFit) as refused:
        fit_profile(profile(level=2), Capabilities(max_stack_level=1))
    assert refused.value.field == "stack_level"


def test_amperes_become_watts_by_phases_and_volts():
    fitted = fit_profile(profile((0, 16)), Capabilities(units=frozenset({"W"})))
    assert fitted.profile.schedule.unit == "W"
    assert fitted.profile.schedule.periods[0].limit == Decimal(11_040)
    assert len(fitted.changes) == 1


def test_watts_become_amperes_rounded_down():
    fitted = fit_profile(profile((0, 11_000), unit="W"), Capabilities(units=frozenset({"A"})))
    assert fitted.profile.schedule.periods[0].limit == Decimal("15.9")
    assert len(fitted.changes) == 2


def test_a_dc_charger_takes_no_converted_limits():
    with pytest.raises(DoesNotFit) as refused:
        fit_profile(FINE, Capabilities(units=frozenset({"W"}), is_dc=True))
    assert refused.value.field == "unit"


def test_periods_that_cost_least_are_merged():
    four = profile((0, 16), (60, 15), (3600, 6), (7200, 32))
    fitted = fit_profile(four, Capabilities(max_periods=3))
    assert [(p.start_s, p.limit) for p in fitted.profile.schedule.periods] == [(0, 15), (3600, 6), (7200, 32)]
    assert fitted.changes == ("The charger takes 3 periods: 4 were merged into 3.",)


limits = st.decimals(0, 80, places=1)
shapes = st.lists(
    st.tuples(st.integers(0, 80_000), limits, st.sampled_from([None, 1, 3])),
    min_size=1,
    max_size=12,
    unique_by=lambda x: x[0],
)
capabilities = st.builds(
    Capabilities,
    max_periods=st.none() | st.integers(1, 6),
    units=st.sampled_from([frozenset({"A"}), frozenset({"W"}), frozenset({"A", "W"})]),
    phases=st.sampled_from([1, 3]),
)


@given(shapes, st.sampled_from(["A", "W"]), capabilities)
def test_whatever_is_changed_never_allows_more_and_fits(shape, unit, can):
    shape = sorted(shape)
    periods = tuple(ChargingSchedulePeriod(at - shape[0][0], limit, phases) for at, limit, phases in shape)
    before = ChargingProfile(1, 0, "TxDefaultProfile", "Absolute", (ChargingSchedule(unit, periods, start_at=NOON),))
    after = fit_profile(before, can).profile
    assert after.schedule.unit in can.units
    assert can.max_periods is None or len(after.schedule.periods) <= can.max_periods
    assert find_problems(after, evse=1, transaction_id=None) == []
    evses = {1: EvseState(1, phases=can.phases)}
    for second in {period.start_s for period in periods}:
        moment = NOON + timedelta(seconds=second)
        was, is_now = (
            composite(StationState((Installed(p, 1, NOON),), evses), evse=1, at=moment, duration_s=1, unit="W")[0].limit
            for p in (before, after)
        )
        assert is_now <= was


# --- plans --------------------------------------------------------------------------------------------------------

EVSE = EvseState(1, max_power_w=22_080, transaction_id="T")
AC = ChargingNeeds("AC_three_phase", NOON + timedelta(hours=4), 20_000, 6, 16, 400)


def plan(needs, *, evse=EVSE, allowed_w=None):
    return plan_for_needs(needs, evse=evse, allowed_w=allowed_w, profile_id=5, stack_level=0, at=NOON)


@pytest.mark.parametrize(
    ("needs", "allowed_w", "unit", "limit", "phases", "duration_s", "reaches"),
    [
        (AC, None, "A", "16", 3, 14_400, True),
        (AC, Decimal(6_900), "A", "10", 3, 14_400, True),
        (AC, Decimal(0), "A", "0", 3, 14_400, False),
        (replace(AC, departure_at=None), None, "A", "16", 3, 86_400, None),
        (replace(AC, departure_at=NOON - timedelta(hours=1)), None, "A", "16", 3, 300, False),
        (replace(AC, energy_wh=60_000), None, "A", "16", 3, 14_400, False),
        (replace(AC, energy_transfer="AC_single_phase", max_current_a=32), None, "A", "32", 1, 14_400, True),
        (ChargingNeeds("DC", None, 30_000, None, 200, 500, 90_000), None, "W", "22080", None, 86_400, None),
        (ChargingNeeds("DC", None, None, None, 20, 500), None, "W", "10000", None, 86_400, None),
    ],
)
def test_a_car_gets_what_it_can_take_and_the_place_may_give(needs, allowed_w, unit, limit, phases, duration_s, reaches):
    made = plan(needs, allowed_w=allowed_w)
    schedule = made.profile.schedule
    assert (schedule.unit, schedule.periods[0].limit, schedule.periods[0].number_phases) == (
        unit,
        Decimal(limit),
        phases,
    )
    assert (schedule.start_at, schedule.duration_s, made.reaches_needs) == (NOON, duration_s, reaches)
    assert find_problems(made.profile, evse=1, transaction_id="T") == []


@pytest.mark.parametrize(("limit", "fine"), [(16, True), (16.2, True), (17, False)])
def test_a_car_that_announces_more_than_it_may_is_found_out(limit, fine):
    state = StationState((Installed(profile((0, 32), (600, 16)), 1, NOON),), {1: EvseState(1)})
    announced = ChargingSchedule(
        "A", (ChargingSchedulePeriod(0, Decimal(30)), ChargingSchedulePeriod(600, Decimal(str(limit)))), duration_s=3600
    )
    assert (exceeds(announced, NOON, state, evse=1) == "") is fine
