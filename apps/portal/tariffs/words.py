"""Tariffs in plain words, and what the simple editor can hold of them."""

from datetime import datetime
from decimal import Decimal

from apps.tariffs.engine.breakdown import Breakdown
from apps.tariffs.engine.describe import price_sentence
from apps.tariffs.engine.kinds import ComponentKind, LineKind
from apps.tariffs.engine.rating import SessionProfile, preview
from apps.tariffs.engine.tariff import PriceComponent, Tariff, TariffElement

EXAMPLE_WH = 30_000
EXAMPLE_CHARGING_S = 2 * 3600
_LINE_KIND = {
    ComponentKind.ENERGY: LineKind.ENERGY,
    ComponentKind.TIME: LineKind.TIME,
    ComponentKind.PARKING_TIME: LineKind.PARKING_TIME,
    ComponentKind.FLAT: LineKind.FLAT,
}
_EDITABLE = (ComponentKind.ENERGY, ComponentKind.TIME, ComponentKind.FLAT)


def price_sentences(tariff: Tariff) -> list[str]:
    """One sentence for each price of the tariff."""
    return [
        price_sentence(_LINE_KIND[component.kind], component.price, tariff.currency, element.restrictions)
        for element in tariff.elements
        for component in element.price_components
    ]


def _at_least_cents(price: Decimal) -> Decimal:
    """0.6 as 0.60, 0.34567 as it is."""
    price = price.normalize()
    return price if price.as_tuple().exponent < -2 else price.quantize(Decimal("0.01"))


def short_prices(tariff: Tariff) -> str:
    """``0.49 EUR/kWh + 0.35 EUR per session``, for a list."""
    names = {"energy": "/kWh", "time": "/h", "parking_time": "/h parked", "flat": " per session"}
    parts = [
        f"{_at_least_cents(component.price):f} {tariff.currency}{names[component.kind.value]}"
        for element in tariff.elements
        for component in element.price_components
        if component.price
    ]
    return " + ".join(parts) or "free"


def tax_sentence(tariff: Tariff) -> str:
    """What the prices have to do with tax."""
    rates = {c.vat_percent for element in tariff.elements for c in element.price_components}
    named = sorted(rate for rate in rates if rate)
    if not named:
        return "No tax is charged."
    words = " and ".join(f"{rate.normalize():f} %" for rate in named)
    return f"Prices include {words} tax." if tariff.tax_included else f"{words} tax is added to the prices."


def example(tariff: Tariff, *, at: datetime, time_zone: str) -> Breakdown:
    """What 30 kWh in two hours cost from ``at`` on."""
    profile = SessionProfile(at, Decimal(EXAMPLE_WH), EXAMPLE_CHARGING_S)
    return preview(tariff, profile, time_zone=time_zone)


def simple_tariff(*, currency: str, vat_percent: Decimal | None, tax_included: bool, **prices) -> Tariff:
    """A tariff of one element: ``prices`` by the names of ``ComponentKind``, ``None`` where there is none."""
    components = tuple(
        PriceComponent(kind, prices[kind.value], vat_percent=vat_percent)
        for kind in _EDITABLE
        if prices.get(kind.value) is not None
    )
    return Tariff(
        id="new", version=0, currency=currency, elements=(TariffElement(components),), tax_included=tax_included
    )


def simple_prices(tariff: Tariff) -> dict | None:
    """The editor's fields of a tariff; ``None`` where the editor would lose something of it."""
    plain = simple_tariff(
        currency=tariff.currency,
        vat_percent=tariff.elements[0].price_components[0].vat_percent,
        tax_included=tariff.tax_included,
        **{c.kind.value: c.price for c in tariff.elements[0].price_components},
    )
    components = set(tariff.elements[0].price_components)
    holds_all = len(tariff.elements) == 1 and components == set(plain.elements[0].price_components)
    limits = (tariff.elements[0].restrictions, tariff.min_price, tariff.max_price, tariff.idle_fee)
    if not holds_all or any(limit is not None for limit in limits):
        return None
    return {
        **{component.kind.value: component.price.normalize() for component in components},
        "vat_percent": plain.elements[0].price_components[0].vat_percent,
        "tax_included": tariff.tax_included,
    }
