"""Our tariff written as OCPP 2.1's TariffType, with a list of what that form cannot say. Pure.

There prices exclude tax, time is priced per minute, energy is bounded in Wh and power in W, and each dimension has
one set of tax rates. As with us the first price of a dimension whose conditions hold is the one that counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .amounts import with_tax
from .breakdown import Notice
from .exact import ZERO, divide, half_up
from .kinds import ComponentKind, ReservationKind, TimeRule
from .tariff import IdleFee, PriceComponent, PriceLimit, Restrictions, Tariff

PRICE_PLACES = 6
MAX_ID_LENGTH = 60
TAX_NAME = "VAT"
MINUTES_PER_HOUR = Decimal(60)

_DAYS = ("", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DIMENSIONS = {
    ComponentKind.ENERGY: ("energy", "priceKwh"),
    ComponentKind.TIME: ("chargingTime", "priceMinute"),
    ComponentKind.PARKING_TIME: ("idleTime", "priceMinute"),
    ComponentKind.FLAT: ("fixedFee", "priceFixed"),
}
_RESERVATION = {
    ComponentKind.TIME: ("reservationTime", "priceMinute"),
    ComponentKind.FLAT: ("reservationFixed", "priceFixed"),
}
_FIXED = frozenset({"fixedFee", "reservationFixed"})
_MEASURED = ("min_kwh", "max_kwh", "min_current_a", "max_current_a", "min_power_kw", "max_power_kw",
             "min_duration_s", "max_duration_s")  # fmt: skip
_SENTENCES = {
    "step_size": "The charger bills exact quantities, not full steps.",
    "tax_rates": "One dimension has several tax rates; the charger gets the first.",
    "rounded_price": "A price without tax was rounded to six decimals.",
    "reservation_expires": "A price for expired reservations is left out.",
    "reservation_kind": "Only time and a fixed fee can be charged for a reservation; another price is left out.",
    "fixed_conditions": "A fixed fee that depends on energy, power, current or duration is left out.",
    "seconds": "Times of day are given to the minute.",
    "valid_until": "The charger is not told when the tariff ends.",
    "hourly": "The charger is not told the prices of the hours, only the one for hours that are not known.",
    "withheld_time": "The charger may count time in which it holds power back in its own way.",
    "idle_cap": "The idle fee has no cap at the charger.",
    "idle_retroactive": "The charger does not bill the grace of the idle fee afterwards.",
    "idle_quiet_hours": "The charger knows no quiet hours of the idle fee.",
    "idle_beside_parking": "The idle fee is left out, since parking time has a price of its own.",
}


@dataclass(frozen=True, slots=True)
class Written:
    """``tariff`` is a valid TariffType; ``losses`` are what it does not say."""

    tariff: dict[str, Any]
    losses: tuple[Notice, ...]


@dataclass(slots=True)
class _Draft:
    prices: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rates: dict[str, Decimal | None] = field(default_factory=dict)
    losses: dict[str, None] = field(default_factory=dict)

    def lose(self, code: str) -> None:
        self.losses[code] = None


def tariff_id_of(tariff: Tariff) -> str:
    """What stations call this version of it; another version is another tariff to them."""
    return f"{tariff.id}-{tariff.version}"[:MAX_ID_LENGTH]


def free_of_charge(tariff: Tariff) -> dict[str, Any]:
    """For a driver who pays nothing where others pay ``tariff``: without any price."""
    return {"tariffId": f"{tariff_id_of(tariff)}-free"[:MAX_ID_LENGTH], "currency": tariff.currency}


def to_ocpp21(tariff: Tariff) -> Written:
    """``tariff`` for a station; prices in numbers as JSON has them."""
    draft = _Draft()
    for element in tariff.elements:
        for component in element.price_components:
            _add_component(draft, tariff, component, element.restrictions or Restrictions())
    if tariff.idle_fee is not None:
        _add_idle_fee(draft, tariff, tariff.idle_fee)
    if tariff.valid_until is not None:
        draft.lose("valid_until")
    if tariff.withheld_time is TimeRule.AS_CHARGING or "idleTime" in draft.prices:
        draft.lose("withheld_time")
    written: dict[str, Any] = {"tariffId": tariff_id_of(tariff), "currency": tariff.currency}
    if tariff.valid_from is not None:
        written["validFrom"] = tariff.valid_from.isoformat().replace("+00:00", "Z")
    for dimension, prices in draft.prices.items():
        rate = draft.rates[dimension]
        written[dimension] = {"prices": prices} | ({"taxRates": [_tax_rate(rate)]} if rate else {})
    for name, limit in (("minCost", tariff.min_price), ("maxCost", tariff.max_price)):
        if limit is not None and (bounds := _limit(limit)):
            written[name] = bounds
    return Written(written, tuple(Notice(code, _SENTENCES[code]) for code in draft.losses))


def _add_component(draft: _Draft, tariff: Tariff, component: PriceComponent, when: Restrictions) -> None:
    if when.reservation is ReservationKind.RESERVATION_EXPIRES:
        draft.lose("reservation_expires")
        return
    table = _DIMENSIONS if when.reservation is None else _RESERVATION
    if component.kind not in table:
        draft.lose("reservation_kind")
        return
    dimension, price_name = table[component.kind]
    if dimension in _FIXED and any(getattr(when, name) is not None for name in _MEASURED):
        draft.lose("fixed_conditions")
        return
    if component.hourly is not None:
        draft.lose("hourly")
    if component.step_size > 1 and dimension not in _FIXED:
        draft.lose("step_size")
    per_minute = price_name == "priceMinute"
    price = _price(draft, tariff, component.price, component.vat_percent, per_minute=per_minute)
    _add(draft, dimension, {price_name: price}, dict(_conditions(draft, when)), component.vat_percent)


def _add_idle_fee(draft: _Draft, tariff: Tariff, fee: IdleFee) -> None:
    if "idleTime" in draft.prices:
        draft.lose("idle_beside_parking")
        return
    lost = {
        "step_size": fee.step_size_s > 1,
        "idle_cap": fee.cap is not None,
        "idle_retroactive": fee.retroactive and fee.grace_s > 0,
        "idle_quiet_hours": fee.quiet_start is not None,
    }
    for code in (code for code, is_lost in lost.items() if is_lost):
        draft.lose(code)
    price = _price(draft, tariff, fee.price_per_h, fee.vat_percent, per_minute=True)
    conditions = {"minIdleTime": fee.grace_s} if fee.grace_s else {}
    _add(draft, "idleTime", {"priceMinute": price}, conditions, fee.vat_percent)


def _add(draft: _Draft, dimension: str, price: dict[str, Any], conditions: dict[str, Any], vat: Decimal | None) -> None:
    if draft.rates.setdefault(dimension, vat) != vat:
        draft.lose("tax_rates")
    draft.prices.setdefault(dimension, []).append(price | ({"conditions": conditions} if conditions else {}))


def _price(draft: _Draft, tariff: Tariff, price: Decimal, vat: Decimal | None, *, per_minute: bool) -> float:
    """Without tax, in six decimals."""
    net = with_tax(price, vat, tax_included=tariff.tax_included).net
    exact = divide(net, MINUTES_PER_HOUR) if per_minute else net
    rounded = half_up(exact, PRICE_PLACES)
    if rounded != exact:
        draft.lose("rounded_price")
    return float(rounded)


def _conditions(draft: _Draft, when: Restrictions) -> Iterator[tuple[str, Any]]:
    for name, at in (("startTimeOfDay", when.start_time), ("endTimeOfDay", when.end_time)):
        if at is not None:
            if at.second or at.microsecond:
                draft.lose("seconds")
            yield name, at.strftime("%H:%M")
    if when.day_of_week:
        yield "dayOfWeek", [_DAYS[day] for day in sorted(when.day_of_week)]
    for name, day in (("validFromDate", when.start_date), ("validToDate", when.end_date)):
        if day is not None:
            yield name, day.isoformat()
    yield from _numbers((("minEnergy", when.min_kwh), ("maxEnergy", when.max_kwh)), Decimal(1000))
    yield from _numbers((("minCurrent", when.min_current_a), ("maxCurrent", when.max_current_a)), Decimal(1))
    yield from _numbers((("minPower", when.min_power_kw), ("maxPower", when.max_power_kw)), Decimal(1000))
    for name, seconds in (("minTime", when.min_duration_s), ("maxTime", when.max_duration_s)):
        if seconds is not None:
            yield name, seconds


def _numbers(bounds: Sequence[tuple[str, Decimal | None]], factor: Decimal) -> Iterator[tuple[str, float]]:
    return ((name, float(bound * factor)) for name, bound in bounds if bound is not None)


def _tax_rate(percent: Decimal) -> dict[str, Any]:
    return {"type": TAX_NAME, "tax": float(max(percent, ZERO))}


def _limit(limit: PriceLimit) -> dict[str, float]:
    bounds = {"exclTax": limit.excl_tax, "inclTax": limit.incl_tax}
    return {name: float(bound) for name, bound in bounds.items() if bound is not None}
