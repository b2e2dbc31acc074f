"""Tariffs as JSON, the form in which they are stored, edited and copied beside a session."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from .exact import plain
from .fields import Fields
from .kinds import ComponentKind, ReservationKind, TimeRule
from .tariff import HourlyRule, IdleFee, PriceComponent, PriceLimit, Restrictions, Tariff, TariffElement

_KINDS = {kind.value: kind for kind in ComponentKind}
_RESERVATIONS = {kind.value: kind for kind in ReservationKind}
_TIME_RULES = {rule.value: rule for rule in TimeRule}


def to_json(tariff: Tariff) -> dict[str, Any]:
    """Every field that is set; decimals, times and instants as strings. ``from_json`` gives the same tariff."""
    encoded: dict[str, Any] = _encode(tariff)
    return encoded


def from_json(data: Mapping[str, Any]) -> Tariff:
    """Tariff from its JSON form. Raises InvalidTariff, which names the path of what is wrong."""
    source = Fields.of(data)
    source.refuse_unknown(_names(Tariff))
    elements = tuple(_element(item) for item in source.items("elements"))
    if not elements:
        raise source.fail("elements", "a list with at least one element")
    currency = source.text("currency")
    if len(currency) != 3 or not currency.isalpha() or not currency.isupper():
        raise source.fail("currency", "a code of three capital letters such as EUR")
    tariff = Tariff(
        id=source.text("id"),
        version=source.whole("version"),
        currency=currency,
        elements=elements,
        min_price=_limit(source, "min_price"),
        max_price=_limit(source, "max_price"),
        tax_included=source.flag("tax_included"),
        idle_fee=_idle_fee(source),
        valid_from=source.optional("valid_from", Fields.instant),
        valid_until=source.optional("valid_until", Fields.instant),
        withheld_time=_time_rule(source),
        preauthorisation=source.optional("preauthorisation", Fields.amount),
    )
    _check_limits(source, tariff)
    if tariff.valid_from and tariff.valid_until and tariff.valid_until <= tariff.valid_from:
        raise source.fail("valid_until", "later than valid_from")
    return tariff


def _element(source: Fields) -> TariffElement:
    source.refuse_unknown(_names(TariffElement))
    components = tuple(_component(item) for item in source.items("price_components"))
    if not components:
        raise source.fail("price_components", "a list with at least one price component")
    return TariffElement(
        components, _restrictions(source.child("restrictions")) if source.data.get("restrictions") is not None else None
    )


def _component(source: Fields) -> PriceComponent:
    source.refuse_unknown(_names(PriceComponent))
    step_size = source.optional("step_size", Fields.whole)
    kind = source.choice("kind", _KINDS)
    if kind is not ComponentKind.ENERGY and source.data.get("hourly") is not None:
        raise source.fail("hourly", "given for energy alone")
    return PriceComponent(
        kind=kind,
        price=source.amount("price"),
        step_size=1 if step_size is None else step_size,
        vat_percent=source.optional("vat_percent", _percent),
        hourly=_hourly(source.child("hourly")) if source.data.get("hourly") is not None else None,
    )


def _hourly(source: Fields) -> HourlyRule:
    source.refuse_unknown(_names(HourlyRule))
    factor = source.optional("factor", Fields.amount)
    rule = HourlyRule(
        series=source.text("series"),
        factor=Decimal(1) if factor is None else factor,
        surcharge=source.optional("surcharge", Fields.decimal) or Decimal(0),
        minimum=source.optional("minimum", Fields.amount) or Decimal(0),
        maximum=source.optional("maximum", Fields.amount),
    )
    if rule.maximum is not None and rule.maximum < rule.minimum:
        raise source.fail("maximum", "at least minimum")
    return rule


def _restrictions(source: Fields) -> Restrictions:
    source.refuse_unknown(_names(Restrictions))
    restrictions = Restrictions(
        start_time=source.optional("start_time", Fields.clock_time),
        end_time=source.optional("end_time", Fields.clock_time),
        start_date=source.optional("start_date", Fields.day),
        end_date=source.optional("end_date", Fields.day),
        min_kwh=source.optional("min_kwh", Fields.amount),
        max_kwh=source.optional("max_kwh", Fields.amount),
        min_current_a=source.optional("min_current_a", Fields.amount),
        max_current_a=source.optional("max_current_a", Fields.amount),
        min_power_kw=source.optional("min_power_kw", Fields.amount),
        max_power_kw=source.optional("max_power_kw", Fields.amount),
        min_duration_s=source.optional("min_duration_s", Fields.whole),
        max_duration_s=source.optional("max_duration_s", Fields.whole),
        day_of_week=_days(source),
        reservation=source.optional("reservation", lambda s, name: s.choice(name, _RESERVATIONS)),
    )
    for lower, upper in _RANGES:
        low, high = getattr(restrictions, lower), getattr(restrictions, upper)
        if low is not None and high is not None and high <= low:
            raise source.fail(upper, f"more than {lower}")
    return restrictions


_RANGES = (
    ("start_date", "end_date"),
    ("min_kwh", "max_kwh"),
    ("min_current_a", "max_current_a"),
    ("min_power_kw", "max_power_kw"),
    ("min_duration_s", "max_duration_s"),
)


def _days(source: Fields) -> frozenset[int]:
    days = source.data.get("day_of_week") or ()
    if not isinstance(days, list | tuple) or any(type(day) is not int or not 1 <= day <= 7 for day in days):
        raise source.fail("day_of_week", "a list of days, 1 (Monday) to 7 (Sunday)")
    return frozenset(days)


def _limit(source: Fields, name: str) -> PriceLimit | None:
    if source.data.get(name) is None:
        return None
    limit = source.child(name)
    limit.refuse_unknown(_names(PriceLimit))
    return PriceLimit(limit.optional("excl_tax", Fields.amount), limit.optional("incl_tax", Fields.amount))


def _check_limits(source: Fields, tariff: Tariff) -> None:
    if tariff.min_price is None or tariff.max_price is None:
        return
    for side in ("excl_tax", "incl_tax"):
        low, high = getattr(tariff.min_price, side), getattr(tariff.max_price, side)
        if low is not None and high is not None and high < low:
            raise source.fail(f"max_price.{side}", f"at least min_price.{side}")


def _idle_fee(source: Fields) -> IdleFee | None:
    if source.data.get("idle_fee") is None:
        return None
    fee = source.child("idle_fee")
    fee.refuse_unknown(_names(IdleFee))
    step_size_s = fee.optional("step_size_s", Fields.whole)
    quiet_start, quiet_end = (fee.optional(name, Fields.clock_time) for name in ("quiet_start", "quiet_end"))
    if (quiet_start is None) != (quiet_end is None):
        raise fee.fail(
            "quiet_start" if quiet_start is None else "quiet_end", "given with the other end of the quiet hours"
        )
    return IdleFee(
        price_per_h=fee.amount("price_per_h"),
        grace_s=fee.optional("grace_s", Fields.whole) or 0,
        step_size_s=1 if step_size_s is None else step_size_s,
        vat_percent=fee.optional("vat_percent", _percent),
        cap=fee.optional("cap", Fields.amount),
        retroactive=fee.flag("retroactive"),
        quiet_start=quiet_start,
        quiet_end=quiet_end,
    )


def _time_rule(source: Fields) -> TimeRule:
    return source.optional("withheld_time", lambda s, name: s.choice(name, _TIME_RULES)) or TimeRule.FREE


def _percent(source: Fields, name: str) -> Decimal:
    percent = source.amount(name)
    if percent > 100:
        raise source.fail(name, "a percentage from 0 to 100")
    return percent


def _names(cls: type[Any]) -> frozenset[str]:
    return frozenset(field.name for field in fields(cls))


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _encode(item) for name, item in pairs if item is not None and item != frozenset()}
    return value
