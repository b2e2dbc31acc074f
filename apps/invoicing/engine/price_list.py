"""The price list that a guest reads before paying: gross, in the order that AFIR article 5(4) asks for. Pure."""

from decimal import Decimal
from typing import NamedTuple

from apps.tariffs.engine.amounts import with_tax
from apps.tariffs.engine.describe import conditions_of
from apps.tariffs.engine.exact import half_up, plain
from apps.tariffs.engine.kinds import ComponentKind
from apps.tariffs.engine.tariff import IdleFee, PriceComponent, Restrictions, Tariff

_PLACES = 4
_ORDER = (ComponentKind.ENERGY, ComponentKind.TIME, ComponentKind.FLAT, ComponentKind.PARKING_TIME)
_NAMES = {
    ComponentKind.ENERGY: ("Energy", "kWh"),
    ComponentKind.TIME: ("Charging time", "min"),
    ComponentKind.FLAT: ("Session fee", "session"),
    ComponentKind.PARKING_TIME: ("Plugged in without charging", "min"),
}


class PriceLine(NamedTuple):
    """``price`` gross for one ``unit`` (kWh, min, session), at most four decimals; ``when`` in words, empty: always."""

    name: str
    price: Decimal
    unit: str
    when: str = ""

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "price": plain(self.price), "unit": self.unit, "when": self.when}


def price_list(tariff: Tariff) -> list[PriceLine]:
    """Per kWh, per minute, per session, then everything else; prices of nothing and of reservations are left out."""
    offered = [
        (element.restrictions, component)
        for element in tariff.elements
        if element.restrictions is None or element.restrictions.reservation is None
        for component in element.price_components
        if component.price
    ]
    lines = [
        _line(tariff, component, restrictions)
        for kind in _ORDER
        for restrictions, component in offered
        if component.kind is kind
    ]
    if tariff.idle_fee is not None and tariff.idle_fee.price_per_h:
        lines.append(_idle(tariff, tariff.idle_fee))
    return [*lines, *_limits(tariff)]


def _line(tariff: Tariff, component: PriceComponent, restrictions: Restrictions | None) -> PriceLine:
    name, unit = _NAMES[component.kind]
    when = ", ".join(conditions_of(restrictions)) if restrictions else ""
    return PriceLine(name, _per(tariff, component.price, component.vat_percent, unit), unit, when)


def _idle(tariff: Tariff, fee: IdleFee) -> PriceLine:
    parts = [f"from {fee.grace_s // 60} min after charging has ended" if fee.grace_s else "once charging has ended"]
    if fee.quiet_start is not None and fee.quiet_end is not None:
        parts.append(f"not from {fee.quiet_start:%H:%M} until {fee.quiet_end:%H:%M}")
    if fee.cap is not None:
        cap = half_up(_gross(tariff, fee.cap, fee.vat_percent), 2)
        parts.append(f"at most {plain(cap)} {tariff.currency}")
    return PriceLine("Blocking fee", _per(tariff, fee.price_per_h, fee.vat_percent, "min"), "min", ", ".join(parts))


def _limits(tariff: Tariff) -> list[PriceLine]:
    found = []
    for name, limit in (("At least", tariff.min_price), ("At most", tariff.max_price)):
        if limit is None:
            continue
        amount = limit.excl_tax if limit.incl_tax is None else limit.incl_tax
        if amount:
            net = "" if limit.incl_tax is not None else "before tax"
            found.append(PriceLine(name, half_up(amount, _PLACES), "session", net))
    return found


def _per(tariff: Tariff, price: Decimal, vat_percent: Decimal | None, unit: str) -> Decimal:
    gross = _gross(tariff, price, vat_percent)
    return half_up(gross / 60 if unit == "min" else gross, _PLACES)


def _gross(tariff: Tariff, price: Decimal, vat_percent: Decimal | None) -> Decimal:
    return with_tax(price, vat_percent, tax_included=tariff.tax_included).gross
