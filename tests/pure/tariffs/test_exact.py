"""Exact numbers and named rounding."""

from datetime import timedelta
from decimal import Decimal, getcontext, localcontext

import pytest

from apps.tariffs.engine.errors import InvalidUsage
from apps.tariffs.engine.exact import divide, half_up, plain, seconds_between
from apps.tariffs.engine.rating import price

from .builders import CHARGING, at, charging_time, energy, session, tariff


@pytest.mark.parametrize(
    ("amount", "places", "rounded"),
    [
        ("5.625", 2, "5.63"),
        ("5.6249", 2, "5.62"),
        ("-0.005", 2, "-0.01"),
        ("1234.5", 0, "1235"),
        ("0.0005", 3, "0.001"),
    ],
)
def test_display_rounds_half_away_from_zero(amount, places, rounded):
    assert str(half_up(Decimal(amount), places)) == rounded


@pytest.mark.parametrize(("number", "text"), [("0.440", "0.44"), ("1E+3", "1000"), ("0E-18", "0"), ("100", "100")])
def test_plain_numbers_have_no_exponent_and_no_trailing_zeros(number, text):
    assert plain(Decimal(number)) == text


def test_an_endless_quotient_is_carried_to_twelve_decimals():
    assert str(divide(Decimal(1), Decimal(3))) == "0.333333333333"


def test_seconds_are_exact_to_the_microsecond():
    start = at("2026-05-05 10:00")
    assert seconds_between(start, start + timedelta(days=1, microseconds=1)) == Decimal("86400.000001")


def test_a_price_does_not_depend_on_the_decimal_context_of_the_caller():
    usage = session("2026-05-05 10:00", (61, 12345, CHARGING))
    plan = tariff(energy("0.4567", vat="5.5"), charging_time("1.23", vat=19))
    with localcontext() as context:
        context.prec = 3
        coarse = price(usage, plan, time_zone="UTC")

    assert getcontext().prec == 28
    assert coarse == price(usage, plan, time_zone="UTC")
    assert coarse.net == Decimal("5.6379615") + Decimal("1.2505")


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([(-5, 0, CHARGING)], "ended_at"),
        ([(10, -1, CHARGING)], "segments[0].energy_wh"),
        ([(10, 1, CHARGING), (-5, 0, CHARGING)], "segments[1]"),
    ],
)
def test_usage_that_contradicts_itself_is_refused(parts, field):
    with pytest.raises(InvalidUsage) as refused:
        session("2026-05-05 10:00", *parts)
    assert refused.value.field == field
