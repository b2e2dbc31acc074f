"""What membership plans take off."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.tariffs.engine.plans import Benefit, Plan, plan_lines
from apps.tariffs.engine.rating import price
from apps.tariffs.engine.tariff import PriceLimit

from .builders import CHARGING, charging_time, energy, fee, session, tariff
from .test_properties import ANY, ZONES, unhurried, usages

HALF_EURO = tariff(energy("0.50", vat=20), fee("1.00", vat=20))


def charged(kwh, plan=HALF_EURO):
    return price(session("2026-05-05 10:00", (60, kwh * 1000, CHARGING)), plan, time_zone="UTC")


def taken(lines):
    return [(line.key, line.benefit.value, line.energy_wh, line.net, line.gross) for line in lines]


def test_free_energy_goes_to_the_sessions_that_ended_first():
    plan = Plan("Resident", "EUR", free_wh=Decimal(15_000))
    lines = plan_lines([(1, charged(10)), (2, charged(20)), (3, charged(5))], plan)
    assert taken(lines) == [
        (1, "free_energy", 10_000, Decimal(-5), Decimal(-6)),
        (2, "free_energy", 5_000, Decimal("-2.5"), Decimal(-3)),
    ]
    assert lines[1].why == "5 kWh of the 15 kWh that “Resident” gives free each month."


def test_the_discount_is_on_what_is_not_free():
    plan = Plan("Member", "EUR", discount_percent=Decimal(10), free_wh=Decimal(10_000))
    lines = plan_lines([(1, charged(30))], plan)
    assert taken(lines) == [
        (1, "free_energy", 10_000, Decimal(-5), Decimal(-6)),
        (1, "discount", 20_000, Decimal(-1), Decimal("-1.2")),
    ]
    assert lines[1].why == "“Member” takes 10 % off the price of 20 kWh."


def test_free_energy_of_an_earlier_bill_of_the_month_is_used_up():
    plan = Plan("Resident", "EUR", free_wh=Decimal(15_000))
    assert taken(plan_lines([(1, charged(10))], plan, used_wh=Decimal(12_000))) == [
        (1, "free_energy", 3_000, Decimal("-1.5"), Decimal("-1.8"))
    ]
    assert plan_lines([(1, charged(10))], plan, used_wh=Decimal(20_000)) == []


def test_time_and_fees_stay_as_they_are():
    plan = Plan("Member", "EUR", discount_percent=Decimal(50))
    assert plan_lines([(1, charged(10, tariff(charging_time("6.00"), fee("1.00"))))], plan) == []


def test_another_currency_gets_nothing():
    assert plan_lines([(1, charged(10))], Plan("Member", "CHF", discount_percent=Decimal(50))) == []


def test_nobody_is_paid_for_a_session_that_a_maximum_price_cut():
    cut = replace(HALF_EURO, max_price=PriceLimit(excl_tax=Decimal(3)))
    (line,) = plan_lines([(1, charged(10, cut))], Plan("Free", "EUR", free_wh=Decimal(99_000)))
    assert (line.net, line.gross) == (-3, Decimal("-3.6"))
    assert line.why.endswith("Not more than the session costs.")


def test_energy_free_already_uses_nothing_up():
    free = charged(10, tariff(charging_time("6.00")))
    lines = plan_lines([(1, free), (2, charged(10))], Plan("Resident", "EUR", free_wh=Decimal(10_000)))
    assert [line.key for line in lines] == [2]


@unhurried
@given(st.lists(usages(), max_size=3), ANY, ZONES, st.integers(0, 100), st.integers(0, 60_000))
def test_a_plan_never_gives_more_than_was_charged(sessions, tariff_, zone, percent, free_wh):
    prices = [(key, price(usage, tariff_, time_zone=zone)) for key, usage in enumerate(sessions)]
    lines = plan_lines(prices, Plan("P", "EUR", Decimal(percent), Decimal(free_wh)))
    tolerance = Decimal("1E-9")
    for key, breakdown in prices:
        of_session = [line for line in lines if line.key == key]
        assert breakdown.net + sum(line.net for line in of_session) >= -tolerance
        assert breakdown.tax + sum(line.tax for line in of_session) >= -tolerance
        assert all(line.net <= 0 and line.tax <= 0 for line in of_session)
        assert all(line.net + line.tax == line.gross for line in of_session)
    assert sum(line.energy_wh for line in lines if line.benefit is Benefit.FREE_ENERGY) <= free_wh
