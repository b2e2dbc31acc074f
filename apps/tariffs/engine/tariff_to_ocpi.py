"""Our tariff written as an OCPI Tariff of 2.2.1 or 2.3.0, with a list of what that form cannot say. Pure.

The opposite of ``tariff_ocpi``: what is lossless here is read back by it with the same prices.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .amounts import with_tax
from .breakdown import Notice
from .exact import half_up, plain
from .kinds import ComponentKind, TimeRule
from .tariff import IdleFee, PriceComponent, PriceLimit, Restrictions, Tariff, TariffElement

PRICE_PLACES = 6
_DAYS = ("", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_NAMES = {
    "min_kwh": "min_kwh", "max_kwh": "max_kwh", "min_current_a": "min_current", "max_current_a": "max_current",
    "min_power_kw": "min_power", "max_power_kw": "max_power", "min_duration_s": "min_duration",
    "max_duration_s": "max_duration",
}  # fmt: skip
_SENTENCES = {
    "idle_fee": "OCPI has no fee for blocking with grace, cap or quiet hours; it is left out.",
    "hourly": "OCPI knows no price that follows a market; the price for hours that are not known is told.",
    "withheld_time": "OCPI leaves open how time is billed while the station holds power back.",
    "rounded_price": "A price without tax was rounded to six decimals.",
    "seconds": "OCPI times of day are given to the minute.",
    "preauthorisation": "OCPI does not say what a payment must cover before the start.",
}


@dataclass(frozen=True, slots=True)
class OcpiTariff:
    """``tariff`` is what OCPI calls one, without the party that owns it; ``losses`` are what it does not say."""

    tariff: dict[str, Any]
    losses: tuple[Notice, ...]


@dataclass(slots=True)
class _Draft:
    tariff: Tariff
    version: str
    losses: dict[str, None] = field(default_factory=dict)

    def lose(self, code: str) -> None:
        self.losses[code] = None

    @property
    def is_gross(self) -> bool:
        """Whether prices are written with tax: 2.3.0 can say so, 2.2.1 knows them without tax alone."""
        return self.tariff.tax_included and self.version == "2.3.0"


def to_ocpi(tariff: Tariff, *, version: str, updated_at: datetime) -> OcpiTariff:
    """``tariff`` for partners; numbers are exact decimals."""
    draft = _Draft(tariff, version)
    written: dict[str, Any] = {
        "id": tariff.id,
        "currency": tariff.currency,
        "elements": [_element(draft, element) for element in (*tariff.elements, *_idle_element(draft))],
        "last_updated": _instant(updated_at),
    }
    if version == "2.3.0":
        written["tax_included"] = "YES" if tariff.tax_included else "NO"
    for name, limit in (("min_price", tariff.min_price), ("max_price", tariff.max_price)):
        if limit is not None:
            written[name] = _limit(limit, version)
    for name, at in (("start_date_time", tariff.valid_from), ("end_date_time", tariff.valid_until)):
        if at is not None:
            written[name] = _instant(at)
    if tariff.withheld_time is TimeRule.AS_CHARGING:
        draft.lose("withheld_time")
    if tariff.preauthorisation is not None:
        draft.lose("preauthorisation")
    return OcpiTariff(written, tuple(Notice(code, _SENTENCES[code]) for code in draft.losses))


def _idle_element(draft: _Draft) -> tuple[TariffElement, ...]:
    fee = draft.tariff.idle_fee
    if fee is None:
        return ()
    kinds = {component.kind for element in draft.tariff.elements for component in element.price_components}
    if ComponentKind.PARKING_TIME in kinds or not _is_plain(fee):
        draft.lose("idle_fee")
        return ()
    parking = PriceComponent(ComponentKind.PARKING_TIME, fee.price_per_h, fee.step_size_s, fee.vat_percent)
    return (TariffElement((parking,)),)


def _is_plain(fee: IdleFee) -> bool:
    return not fee.grace_s and fee.cap is None and fee.quiet_start is None


def _element(draft: _Draft, element: TariffElement) -> dict[str, Any]:
    written: dict[str, Any] = {"price_components": [_component(draft, part) for part in element.price_components]}
    if element.restrictions is not None:
        written["restrictions"] = _restrictions(draft, element.restrictions)
    return written


def _component(draft: _Draft, component: PriceComponent) -> dict[str, Any]:
    price = component.price
    if component.hourly is not None:
        draft.lose("hourly")
    if draft.tariff.tax_included and not draft.is_gross:
        net = with_tax(price, component.vat_percent, tax_included=True).net
        price = half_up(net, PRICE_PLACES)
        if price != net:
            draft.lose("rounded_price")
    written = {"type": component.kind.value.upper(), "price": Decimal(plain(price)), "step_size": component.step_size}
    return written if component.vat_percent is None else written | {"vat": Decimal(plain(component.vat_percent))}


def _restrictions(draft: _Draft, when: Restrictions) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, at in (("start_time", when.start_time), ("end_time", when.end_time)):
        if at is not None:
            if at.second or at.microsecond:
                draft.lose("seconds")
            written[name] = f"{at:%H:%M}"
    for name, day in (("start_date", when.start_date), ("end_date", when.end_date)):
        if day is not None:
            written[name] = day.isoformat()
    written |= {theirs: value for ours, theirs in _NAMES.items() if (value := getattr(when, ours)) is not None}
    if when.day_of_week:
        written["day_of_week"] = [_DAYS[day] for day in sorted(when.day_of_week)]
    if when.reservation is not None:
        written["reservation"] = when.reservation.value.upper()
    return written


def _limit(limit: PriceLimit, version: str) -> dict[str, Any]:
    names = ("before_taxes", "after_taxes") if version == "2.3.0" else ("excl_vat", "incl_vat")
    pairs = zip(names, (limit.excl_tax, limit.incl_tax), strict=True)
    return {name: value for name, value in pairs if value is not None}


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
