"""A session while it runs: its cost so far and the next moment at which its price changes."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from apps.tariffs.engine.kinds import LineKind
from apps.tariffs.engine.rating import next_boundary, price, running_cost
from apps.tariffs.engine.tariff import IdleFee

from .builders import CHARGING, IDLE, at, charging_time, element, energy, fee, parking, session, tariff

BERLIN = "Europe/Berlin"


def cost_at(usage, plan, now):
    return running_cost(usage, plan, now=at(now), time_zone=BERLIN)


def boundary(usage, plan, now):
    return next_boundary(usage, plan, now=at(now), time_zone=BERLIN)


def test_time_goes_on_after_the_last_reading_but_energy_does_not():
    usage = session("2026-05-05 10:00", (30, 5000, CHARGING), ended=False)

    breakdown = cost_at(usage, tariff(energy("0.40"), charging_time("2")), "2026-05-05 11:00")

    assert breakdown.total(LineKind.ENERGY).net == 2
    assert breakdown.total(LineKind.TIME).net == 2
    assert breakdown.ended_at == at("2026-05-05 11:00")


def test_the_cost_at_an_earlier_moment_takes_the_energy_up_to_it():
    usage = session("2026-05-05 10:00", (60, 8000, CHARGING))

    assert cost_at(usage, tariff(energy("0.50")), "2026-05-05 10:15").net == 1


def test_a_session_that_has_just_begun_costs_nothing_yet():
    usage = session("2026-05-05 10:00", ended=False)

    assert cost_at(usage, tariff(energy("0.50"), fee("1")), "2026-05-05 10:00").gross == 0


def test_the_running_cost_after_the_end_is_the_price():
    usage = session("2026-05-05 10:00", (60, 8000, CHARGING), (30, 0, IDLE))
    plan = tariff(energy("0.50", step=1000), parking("6", step=300), fee("1", vat=19))

    assert cost_at(usage, plan, "2026-05-06 10:00") == price(usage, plan, time_zone=BERLIN)


def test_a_power_band_survives_the_time_after_the_last_reading():
    plan = tariff(element(charging_time("1"), min_power_kw=Decimal(10)), charging_time("9"))
    usage = session("2026-05-05 10:00", (60, 11000, CHARGING), ended=False)

    assert cost_at(usage, plan, "2026-05-05 12:00").net == 2


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-05 10:00", "2026-05-05 16:00"),
        ("2026-05-05 16:00", "2026-05-05 19:00"),
        ("2026-05-05 19:00", "2026-05-06 16:00"),
    ],
)
def test_the_next_boundary_is_where_the_clock_of_the_site_changes_the_price(now, expected):
    plan = tariff(element(energy("0.60"), start_time=time(18), end_time=time(21)), energy("0.30"))

    assert boundary(session("2026-05-05 10:00", (0, 0, CHARGING), ended=False), plan, now) == at(expected)


def test_a_midnight_that_changes_nothing_is_no_boundary():
    plan = tariff(element(energy("0.10"), day_of_week=frozenset({6, 7})), energy("0.50"))

    # Tuesday: the next change is Saturday 00:00 in Berlin.
    found = boundary(session("2026-05-05 10:00", (0, 0, CHARGING), ended=False), plan, "2026-05-05 10:00")

    assert found == at("2026-05-08 22:00")


def test_durations_count_from_the_start_of_the_session():
    plan = tariff(element(charging_time("0"), max_duration_s=10800), charging_time("5"))
    usage = session("2026-05-05 10:00", (0, 0, CHARGING), ended=False)

    assert boundary(usage, plan, "2026-05-05 10:30") == at("2026-05-05 13:00")
    assert boundary(usage, plan, "2026-05-05 13:00") is None


def test_a_date_far_away_is_found():
    plan = tariff(element(energy("0.60"), start_date=date(2027, 1, 1)), energy("0.30"))
    usage = session("2026-05-05 10:00", (0, 0, CHARGING), ended=False)

    assert boundary(usage, plan, "2026-05-05 10:30") == at("2026-12-31 23:00")


def test_the_end_of_grace_and_the_quiet_hours_are_boundaries_while_idle():
    idle = IdleFee(price_per_h=Decimal(6), grace_s=900, quiet_start=time(22), quiet_end=time(7))
    plan = tariff(energy("0.30"), idle_fee=idle)
    usage = session("2026-05-05 10:00", (60, 8000, CHARGING), (5, 0, IDLE), ended=False)

    assert boundary(usage, plan, "2026-05-05 11:05") == at("2026-05-05 11:15")
    assert boundary(usage, plan, "2026-05-05 11:15") == at("2026-05-05 20:00")


def test_a_flat_tariff_and_an_ended_session_have_no_boundary():
    running = session("2026-05-05 10:00", (60, 8000, CHARGING), ended=False)
    ended = session("2026-05-05 10:00", (60, 8000, CHARGING))
    by_time = tariff(element(energy("0.60"), start_time=time(18)), energy("0.30"))

    assert boundary(running, tariff(energy("0.30")), "2026-05-05 11:00") is None
    assert boundary(ended, by_time, "2026-05-05 11:00") is None


def test_the_boundary_is_the_moment_at_which_the_price_really_changes():
    plan = tariff(element(charging_time("6"), start_time=time(18)), charging_time("3"))
    usage = session("2026-05-05 15:30", (1, 0, CHARGING), ended=False)
    change = boundary(usage, plan, "2026-05-05 15:31")

    def net(now):
        return running_cost(usage, plan, now=now, time_zone=BERLIN).net

    minute = timedelta(minutes=1)
    assert net(change) - net(change - minute) == Decimal("0.05")
    assert net(change + minute) - net(change) == Decimal("0.1")
