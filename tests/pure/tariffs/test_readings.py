"""From meter readings and states to a usage: late, doubled, falling or missing readings never bill twice."""

from decimal import Decimal

from apps.tariffs.engine.kinds import LineKind, UsageState
from apps.tariffs.engine.rating import price, running_cost
from apps.tariffs.engine.readings import Reading, StateChange, usage_from_readings

from .builders import CHARGING, IDLE, SUSPENDED_EV, WAITING, at, charging_time, energy, parking, tariff

START, END = at("2026-05-05 10:00"), at("2026-05-05 12:00")


def reading(clock, register_wh, **more):
    return Reading(at(f"2026-05-05 {clock}"), Decimal(register_wh), **more)


def state(clock, value):
    return StateChange(at(f"2026-05-05 {clock}"), value)


def segments(usage):
    return [(f"{s.start_at:%H:%M}", f"{s.end_at:%H:%M}", s.energy_wh, s.state) for s in usage.segments]


def test_without_states_the_vehicle_waits_charges_and_idles():
    usage = usage_from_readings([reading("10:10", 1000), reading("11:10", 9000)], started_at=START, ended_at=END)

    assert segments(usage) == [
        ("10:00", "10:10", 0, WAITING),
        ("10:10", "11:10", 8000, CHARGING),
        ("11:10", "12:00", 0, IDLE),
    ]


def test_readings_out_of_order_and_doubled_give_the_same_usage():
    ordered = [reading("10:00", 0), reading("10:30", 3000), reading("11:00", 6000), reading("12:00", 6000)]

    shuffled = usage_from_readings([*ordered[2:], *ordered], started_at=START, ended_at=END)

    assert shuffled == usage_from_readings(ordered, started_at=START, ended_at=END)


def test_energy_of_an_interval_in_which_the_state_changed_goes_to_the_charging_time():
    usage = usage_from_readings(
        [reading("10:00", 0), reading("11:00", 4000)],
        started_at=START,
        ended_at=END,
        states=[state("10:00", CHARGING), state("10:45", SUSPENDED_EV)],
    )

    assert segments(usage) == [
        ("10:00", "10:45", 4000, CHARGING),
        ("10:45", "11:00", 0, SUSPENDED_EV),
        ("11:00", "12:00", 0, SUSPENDED_EV),
    ]
    assert usage.segments[0].imputed


def test_a_register_that_falls_takes_nothing_back_bills_nothing_twice_and_is_noted():
    usage = usage_from_readings(
        [reading("10:00", 1000), reading("10:30", 5000), reading("11:00", 200), reading("11:30", 6000)],
        started_at=START,
        ended_at=END,
    )

    assert sum(s.energy_wh for s in usage.segments) == 5000
    assert [notice.code for notice in price(usage, tariff(energy("1")), time_zone="UTC").warnings] == ["meter_rollback"]


def test_readings_from_outside_the_session_are_left_out_and_noted():
    usage = usage_from_readings(
        [reading("09:00", 0), reading("10:00", 1000), reading("12:00", 3000)], started_at=START, ended_at=END
    )

    assert sum(s.energy_wh for s in usage.segments) == 2000
    assert [notice.code for notice in usage.notices] == ["reading_outside_session"]


def test_a_running_session_reaches_to_what_is_known_with_its_present_state():
    usage = usage_from_readings(
        [reading("10:00", 0), reading("10:30", 3000)],
        started_at=START,
        ended_at=None,
        states=[state("10:00", CHARGING), state("10:40", IDLE)],
        known_until=at("2026-05-05 11:00"),
    )
    plan = tariff(charging_time("6"), parking("3"))

    breakdown = running_cost(usage, plan, now=at("2026-05-05 11:00"), time_zone="UTC")

    assert breakdown.billed(LineKind.TIME) == 2400
    assert breakdown.billed(LineKind.PARKING_TIME) == 1200


def test_a_running_session_without_states_goes_on_charging_after_the_last_reading():
    usage = usage_from_readings(
        [reading("10:00", 0), reading("10:30", 3000)],
        started_at=START,
        ended_at=None,
        known_until=at("2026-05-05 11:00"),
    )

    assert [s.state for s in usage.segments] == [UsageState.CHARGING, UsageState.CHARGING]
    assert [s.mean_power_w for s in usage.segments] == [6000, 6000]


def test_a_session_without_any_reading_has_time_but_no_energy():
    usage = usage_from_readings([], started_at=START, ended_at=END)

    assert segments(usage) == [("10:00", "12:00", 0, WAITING)]
