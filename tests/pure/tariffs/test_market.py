"""Prices that follow a market by the hour."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.tariffs.engine.errors import InvalidTariff
from apps.tariffs.engine.kinds import LineKind
from apps.tariffs.engine.market import Market, MarketPrice
from apps.tariffs.engine.rating import next_boundary, price
from apps.tariffs.engine.tariff import HourlyRule
from apps.tariffs.engine.tariff_json import from_json, to_json
from apps.tariffs.engine.tariff_ocpp21 import to_ocpp21

from .builders import CHARGING, at, charging_time, element, energy, session, tariff

HOUR = timedelta(hours=1)
RULE = HourlyRule("DE-LU", factor=Decimal("1.5"), surcharge=Decimal("0.10"))


def following(rule=RULE, otherwise="0.40"):
    return replace(energy(otherwise), hourly=rule)


def market(start, *prices):
    first = at(start)
    return Market.of(
        ("DE-LU", MarketPrice(first + n * HOUR, first + (n + 1) * HOUR, Decimal(p))) for n, p in enumerate(prices)
    )


def energy_lines(breakdown):
    return [(line.billed, line.unit_price) for line in breakdown.lines if line.kind is LineKind.ENERGY]


def test_each_hour_has_its_price():
    usage = session("2026-05-05 10:30", (120, 20_000, CHARGING))
    prices = market("2026-05-05 10:00", "0.10", "0.20", "-0.20")
    breakdown = price(usage, tariff(following()), time_zone="Europe/Berlin", market=prices)
    assert energy_lines(breakdown) == [
        (5_000, Decimal("0.250")), (10_000, Decimal("0.400")), (5_000, Decimal(0)),
    ]  # fmt: skip
    assert breakdown.net == Decimal("5.25")
    assert breakdown.lines[0].why == (
        "Energy costs 1.5 times the hourly price of DE-LU plus 0.1 EUR, else 0.4 EUR per kWh. "
        "In this hour the market price is 0.1, which makes 0.25."
    )
    assert breakdown.warnings == ()


def test_an_hour_that_is_not_known_has_the_price_for_that_case_and_a_warning():
    usage = session("2026-05-05 10:30", (60, 10_000, CHARGING))
    breakdown = price(usage, tariff(following()), time_zone="UTC", market=market("2026-05-05 10:00", "0.10"))
    assert energy_lines(breakdown) == [(5_000, Decimal("0.250")), (5_000, Decimal("0.40"))]
    assert [warning.code for warning in breakdown.warnings] == ["market_unknown"]


def test_the_bounds_of_the_rule_hold():
    rule = replace(RULE, minimum=Decimal("0.20"), maximum=Decimal("0.50"))
    assert [rule.price_of(Decimal(p)) for p in ("-1", "0.1", "1")] == [
        Decimal("0.20"), Decimal("0.250"), Decimal("0.50"),
    ]  # fmt: skip


def test_other_restrictions_hold_beside_it():
    usage = session("2026-05-05 10:00", (120, 20_000, CHARGING))
    plan = tariff(element(following(), max_duration_s=3600), energy("0.60"), charging_time("1.00"))
    breakdown = price(usage, plan, time_zone="UTC", market=market("2026-05-05 09:00", "9", "0.10", "9"))
    assert energy_lines(breakdown) == [(10_000, Decimal("0.250")), (10_000, Decimal("0.60"))]


def test_the_two_hours_of_the_autumn_clock_are_two():
    usage = session("2026-10-25 00:00", (120, 20_000, CHARGING))  # 02:00 to 03:00 twice in Berlin
    breakdown = price(
        usage, tariff(following()), time_zone="Europe/Berlin", market=market("2026-10-25 00:00", "0.10", "0.30")
    )
    assert energy_lines(breakdown) == [(10_000, Decimal("0.250")), (10_000, Decimal("0.550"))]


def test_the_next_hour_is_foreseen():
    usage = session("2026-05-05 10:30", (15, 1_000, CHARGING), ended=False)
    boundary = next_boundary(
        usage, tariff(following()), now=at("2026-05-05 10:45"), time_zone="UTC",
        market=market("2026-05-05 10:00", "0.10", "0.10", "0.20"),
    )  # fmt: skip
    assert boundary == at("2026-05-05 12:00")


def test_the_rule_survives_json_and_is_for_energy_alone():
    plan = tariff(following())
    assert from_json(to_json(plan)) == plan
    wrong = to_json(tariff(replace(charging_time("1"), hourly=RULE)))
    with pytest.raises(InvalidTariff, match="given for energy alone"):
        from_json(wrong)


def test_a_charger_is_told_the_price_for_hours_that_are_not_known():
    written = to_ocpp21(tariff(following()))
    assert written.tariff["energy"]["prices"] == [{"priceKwh": 0.4}]
    assert "hourly" in {loss.code for loss in written.losses}
