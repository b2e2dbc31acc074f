"""What the display of a charger shows of prices: sentences and unit prices, gross. Pure.

Source: OCA white paper "OCPP & California Pricing Requirements" (SetUserPrice, RunningCost, FinalCost, DefaultPrice).
"""

import json
from collections.abc import Iterable
from decimal import Decimal

from apps.tariffs.engine.amounts import with_tax
from apps.tariffs.engine.breakdown import Breakdown
from apps.tariffs.engine.describe import price_sentence
from apps.tariffs.engine.exact import ZERO, half_up
from apps.tariffs.engine.kinds import ComponentKind, LineKind
from apps.tariffs.engine.tariff import Restrictions, Tariff

MAX_VALUE_LENGTH = 500
"""Of a configuration key in 1.6 (ChangeConfiguration.value)."""
_MAX_TEXT_LENGTH = 400
_MAX_PAIRED_LENGTH = 200
_SHOWN_PLACES = 3
_NAMES = {LineKind.ENERGY: "kWhPrice", LineKind.TIME: "hourPrice", LineKind.FLAT: "flatFee"}
_LINES = {
    ComponentKind.ENERGY: LineKind.ENERGY,
    ComponentKind.TIME: LineKind.TIME,
    ComponentKind.PARKING_TIME: LineKind.PARKING_TIME,
    ComponentKind.FLAT: LineKind.FLAT,
}
FREE = "Charging is free of charge."


def price_text(tariff: Tariff, max_length: int = _MAX_TEXT_LENGTH) -> str:
    """One sentence for each price, as the driver pays it, with tax; shortened where it is long."""
    sentences = [
        price_sentence(
            _LINES[component.kind], _gross(tariff, component.price, component.vat_percent), tariff.currency,
            element.restrictions,
        )
        for element in tariff.elements
        if element.restrictions is None or element.restrictions.reservation is None
        for component in element.price_components
        if component.price
    ]  # fmt: skip
    return _fitting(sentences, max_length) or FREE[:max_length]


def final_text(cost: Decimal, currency: str, energy_wh: int) -> str:
    """What was charged and what it costs."""
    return f"{half_up(Decimal(energy_wh) / 1000, 2)} kWh: {half_up(cost, 2)} {currency}"


def unit_prices(tariff: Tariff, breakdown: Breakdown) -> dict[str, float]:
    """The prices of the latest stretch: ``{kWhPrice, hourPrice, flatFee}``, each where there is one."""
    found = {
        _NAMES[line.kind]: float(_gross(tariff, line.unit_price, line.vat_percent))
        for line in breakdown.lines
        if line.kind in _NAMES and line.unit_price is not None
    }
    return found


def default_price(tariff: Tariff) -> str:
    """The value of the configuration key DefaultPrice: JSON with a text and the unit prices that always hold."""
    always = [e for e in tariff.elements if e.restrictions is None or e.restrictions == Restrictions()]
    prices: dict[str, float] = {}
    for element in always:
        for component in element.price_components:
            name = _NAMES.get(_LINES[component.kind])
            if name is not None:
                prices.setdefault(name, float(_gross(tariff, component.price, component.vat_percent)))
    value = {"priceText": price_text(tariff)} | ({"chargingPrice": prices} if prices else {})
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE_LENGTH else json.dumps({"priceText": value["priceText"][:200]})


def default_price_text(tariff: Tariff) -> str:
    """The value of a key DefaultPriceText: JSON with a text for each, connected and not."""
    text = price_text(tariff, _MAX_PAIRED_LENGTH)
    return json.dumps({"priceText": text, "priceTextOffline": text}, ensure_ascii=False)


def _gross(tariff: Tariff, price: Decimal, vat_percent: Decimal | None) -> Decimal:
    gross = with_tax(price, vat_percent, tax_included=tariff.tax_included).gross
    return half_up(gross, _SHOWN_PLACES).normalize() + ZERO


def _fitting(sentences: Iterable[str], max_length: int) -> str:
    """As many whole sentences as there is room for."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if len(longer) > max_length:
            return text or longer[:max_length]
        text = longer
    return text
