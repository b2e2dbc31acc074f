"""What the lint of tariffs says, and about what it keeps silent."""

from datetime import date, time
from decimal import Decimal

import pytest

from apps.tariffs.engine.kinds import TimeRule
from apps.tariffs.engine.lint import lint
from apps.tariffs.engine.tariff import IdleFee

from .builders import charging_time, element, energy, fee, parking, tariff
from .test_market import following

ON = date(2026, 3, 2)


def warnings(plan, *, time_zone="Europe/Berlin", on=ON):
    return [(notice.code, notice.message) for notice in lint(plan, time_zone=time_zone, on=on)]


def codes(plan, **more):
    return [code for code, _ in warnings(plan, **more)]


def test_an_ordinary_tariff_is_silent():
    assert warnings(tariff(energy("0.50", vat=19), charging_time("1.20"), fee("0.35"), parking("2"))) == []
    night = tariff(element(energy("0.30"), start_time=time(22), end_time=time(6)), energy("0.50"))
    assert warnings(night) == []


def test_an_hour_without_a_price_is_a_gap():
    day = element(energy("0.50"), start_time=time(6), end_time=time(22), day_of_week=frozenset(range(1, 6)))
    night = element(energy("0.30"), start_time=time(22), end_time=time(6))
    assert warnings(tariff(day, night)) == [("gap", "No price for energy on Saturday at 06:00: it is free then.")]


def test_a_gap_within_the_session_is_named_too():
    plan = tariff(element(energy("0.50"), min_kwh=Decimal(10)), charging_time("1"))
    assert ("gap", "No price for energy on Monday at 00:00: it is free then.") in warnings(plan)
    plan = tariff(element(charging_time("1"), max_duration_s=3600), energy("0.50"))
    assert warnings(plan) == [
        ("gap", "No price for charging time on Monday at 00:00, 60 min after the start: it is free then.")
    ]


def test_what_never_applies_is_named():
    plan = tariff(element(energy("0.50")), element(energy("0.30"), start_time=time(22), end_time=time(6)))
    assert warnings(plan) == [("unreachable", "The price for energy in price group 2 never applies.")]


def test_two_conditions_that_meet_are_an_overlap_and_the_first_counts():
    plan = tariff(
        element(energy("0.30"), start_time=time(20), end_time=time(6)),
        element(energy("0.20"), day_of_week=frozenset({6, 7})),
        element(energy("0.50")),
    )
    assert warnings(plan) == [
        ("overlap", "Price groups 1 and 2 both price energy on Saturday at 00:00; group 1 counts.")
    ]


def test_the_order_in_which_people_must_be_shown_prices():
    assert codes(tariff(fee("1"), energy("0.50"))) == ["afir_order"]
    assert codes(tariff(charging_time("6"))) == ["afir_no_kwh"]


def test_a_price_below_zero_is_named():
    assert codes(tariff(energy("-0.10"))) == ["negative_price"]


def test_an_unknown_zone_is_named():
    night = tariff(element(energy("0.30"), start_time=time(22), end_time=time(6)), energy("0.50"))
    assert codes(night, time_zone="Mars/Olympus") == ["time_zone"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(2, 30), {"02:30 does not exist on 2026-03-29", "02:30 comes twice on 2026-10-25"}),
        (time(3), set()),
        (time(1, 59), set()),
    ],
)
def test_prices_that_change_in_an_hour_that_the_clock_skips_or_repeats(at, words):
    plan = tariff(element(energy("0.30"), start_time=at), energy("0.50"))
    found = [message for code, message in warnings(plan) if code == "dst"]
    assert {message.split(",")[0] for message in found} == words


def test_blocking_that_is_charged_twice_is_named():
    plan = tariff(energy("0.50"), parking("2"), idle_fee=IdleFee(Decimal(6), grace_s=600))
    assert codes(plan) == ["idle_and_parking", "ocpi_idle_fee"]


def test_what_partners_are_not_told_is_named():
    plan = tariff(
        following(), withheld_time=TimeRule.AS_CHARGING, preauthorisation=Decimal(50),
        idle_fee=IdleFee(Decimal(6), grace_s=600),
    )  # fmt: skip
    assert set(codes(plan)) == {"ocpi_hourly", "ocpi_withheld_time", "ocpi_preauthorisation", "ocpi_idle_fee"}
