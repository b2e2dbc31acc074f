"""Tariffs of OCPI 2.1.1, 2.2.1 and 2.3.0 read into our model.

What differs: 2.1.1 knows no tax and no limits; in 2.2.1 prices exclude tax and limits have ``excl_vat`` and
``incl_vat``; in 2.3.0 ``tax_included`` decides and limits have ``before_taxes`` and ``after_taxes``. Texts, links and
energy mix are not part of a price and are left aside. Reading is lenient where pricing can still be right (a negative
tax rate is taken as zero and noted), since a tariff of a roaming partner cannot be sent back for correction.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .fields import Fields
from .kinds import ComponentKind, ReservationKind
from .tariff import PriceComponent, PriceLimit, Restrictions, Tariff, TariffElement

VERSIONS = ("2.1.1", "2.2.1", "2.3.0")

_KINDS = {kind.value.upper(): kind for kind in ComponentKind}
_RESERVATIONS = {kind.value.upper(): kind for kind in ReservationKind}
_DAYS = {
    name: number
    for number, name in enumerate(("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"), 1)
}
_TAX_INCLUDED = {"YES": True, "NO": False, "N/A": False}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def from_ocpi(data: Mapping[str, Any], *, version: str) -> Tariff:
    """Our tariff from an OCPI Tariff object of that version; decode its JSON with ``parse_float=Decimal``.

    The version number is the second of ``last_updated``, which OCPI lets grow with every change. Raises
    InvalidTariff, which names the path of what is wrong.
    """
    source = Fields.of(data)
    if version not in VERSIONS:
        raise source.fail("version", "one of " + ", ".join(VERSIONS))
    last_updated = source.optional("last_updated", Fields.instant) or _EPOCH
    with_limits = version != "2.1.1"
    return Tariff(
        id=source.text("id"),
        version=int(last_updated.timestamp()),
        currency=source.text("currency"),
        elements=tuple(_element(item, version) for item in source.items("elements")),
        min_price=_limit(source, "min_price") if with_limits else None,
        max_price=_limit(source, "max_price") if with_limits else None,
        tax_included=bool(source.optional("tax_included", _tax_included)) if version == "2.3.0" else False,
        valid_from=source.optional("start_date_time", Fields.instant),
        valid_until=source.optional("end_date_time", Fields.instant),
    )


def _tax_included(source: Fields, name: str) -> bool:
    return source.choice(name, _TAX_INCLUDED)


def _element(source: Fields, version: str) -> TariffElement:
    return TariffElement(
        tuple(_component(item, version) for item in source.items("price_components")),
        _restrictions(source.child("restrictions")) if source.data.get("restrictions") is not None else None,
    )


def _component(source: Fields, version: str) -> PriceComponent:
    step_size = source.optional("step_size", Fields.whole)
    return PriceComponent(
        kind=source.choice("type", _KINDS),
        price=source.amount("price"),
        step_size=1 if step_size is None else step_size,
        vat_percent=source.optional("vat", Fields.decimal) if version != "2.1.1" else None,
    )


def _restrictions(source: Fields) -> Restrictions:
    return Restrictions(
        start_time=source.optional("start_time", Fields.clock_time),
        end_time=source.optional("end_time", Fields.clock_time),
        start_date=source.optional("start_date", Fields.day),
        end_date=source.optional("end_date", Fields.day),
        min_kwh=source.optional("min_kwh", Fields.amount),
        max_kwh=source.optional("max_kwh", Fields.amount),
        min_current_a=source.optional("min_current", Fields.amount),
        max_current_a=source.optional("max_current", Fields.amount),
        min_power_kw=source.optional("min_power", Fields.amount),
        max_power_kw=source.optional("max_power", Fields.amount),
        min_duration_s=source.optional("min_duration", Fields.whole),
        max_duration_s=source.optional("max_duration", Fields.whole),
        day_of_week=_days(source),
        reservation=source.optional("reservation", lambda s, name: s.choice(name, _RESERVATIONS)),
    )


def _days(source: Fields) -> frozenset[int]:
    days = source.data.get("day_of_week") or ()
    if not isinstance(days, list | tuple) or any(day not in _DAYS for day in days):
        raise source.fail("day_of_week", "a list of days such as MONDAY")
    return frozenset(_DAYS[day] for day in days)


def _limit(source: Fields, name: str) -> PriceLimit | None:
    if source.data.get(name) is None:
        return None
    limit = source.child(name)
    before = "before_taxes" if "before_taxes" in limit.data else "excl_vat"
    after = "after_taxes" if "after_taxes" in limit.data else "incl_vat"
    return PriceLimit(limit.optional(before, Fields.amount), limit.optional(after, Fields.amount))
