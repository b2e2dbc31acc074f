"""The prices of a week as a plot shows them."""

from datetime import time
from decimal import Decimal

from apps.tariffs.engine.week import week_prices

from .builders import at, charging_time, element, energy, parking, tariff
from .test_market import following, market


def test_one_price_is_one_stretch_of_a_week():
    (only,) = week_prices(
        tariff(energy("0.50", vat=20), charging_time("6"), parking("3")),
        start_at=at("2026-05-04 00:00"),
        time_zone="UTC",
    )
    assert (only.start_at, only.end_at) == (at("2026-05-04 00:00"), at("2026-05-11 00:00"))
    assert only[2:] == (Decimal("0.60"), Decimal("0.1"), Decimal("0.05"))


def test_the_night_begins_by_the_clock_of_the_place():
    plan = tariff(element(energy("0.30"), start_time=time(22), end_time=time(6)), energy("0.50"))
    prices = week_prices(plan, start_at=at("2026-05-04 00:00"), time_zone="Europe/Berlin", days=1)
    assert [(p.start_at, p.per_kwh) for p in prices] == [
        (at("2026-05-04 00:00"), Decimal("0.30")),
        (at("2026-05-04 04:00"), Decimal("0.50")),
        (at("2026-05-04 20:00"), Decimal("0.30")),
    ]


def test_hours_of_the_market_are_steps():
    prices = week_prices(
        tariff(following()), start_at=at("2026-05-04 00:00"), time_zone="UTC", days=1,
        market=market("2026-05-04 00:00", "0.10", "0.10", "0.20"),
    )  # fmt: skip
    assert [p.per_kwh for p in prices] == [Decimal("0.25"), Decimal("0.40")]


def test_the_week_of_the_autumn_clock_has_an_hour_more():
    plan = tariff(element(energy("0.30"), day_of_week=frozenset({1})), energy("0.50"))
    prices = week_prices(plan, start_at=at("2026-10-24 22:00"), time_zone="Europe/Berlin", days=2)
    assert [p.start_at for p in prices] == [at("2026-10-24 22:00"), at("2026-10-25 23:00")]
