"""Tariffs in plain words, and what sample sessions cost under them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from apps.tariffs.engine.breakdown import Breakdown
from apps.tariffs.engine.describe import price_sentence
from apps.tariffs.engine.exact import plain
from apps.tariffs.engine.kinds import ComponentKind, LineKind, ReservationKind, TimeRule
from apps.tariffs.engine.market import NO_MARKET, Market
from apps.tariffs.engine.rating import SessionProfile, preview
from apps.tariffs.engine.tariff import IdleFee, PriceLimit, Tariff

_HOUR_S = 3600
_LINE_KIND = {
    ComponentKind.ENERGY: LineKind.ENERGY,
    ComponentKind.TIME: LineKind.TIME,
    ComponentKind.PARKING_TIME: LineKind.PARKING_TIME,
    ComponentKind.FLAT: LineKind.FLAT,
}
_RESERVATION_KIND = {
    **_LINE_KIND, ComponentKind.TIME: LineKind.RESERVATION_TIME, ComponentKind.FLAT: LineKind.RESERVATION_FLAT,
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A session that might be: ``hour`` of the site's clock at which it begins, ``in_days`` from today."""

    title: str
    energy_wh: int
    charging_s: int
    idle_s: int
    hour: int
    in_days: int = 0


SAMPLES = (
    Sample("30 kWh in two hours, from 9:00", 30_000, 2 * _HOUR_S, 0, 9),
    Sample("50 kWh in 30 minutes, from 17:00", 50_000, _HOUR_S // 2, 0, 17),
    Sample("15 kWh in 90 minutes, from 19:00, unplugged at 7:00", 15_000, 5_400, 12 * _HOUR_S - 5_400, 19),
)


def price_sentences(tariff: Tariff) -> list[str]:
    """One sentence for each price of the tariff."""
    return [
        price_sentence(_kind_of(component.kind, element), component.price, tariff.currency, element.restrictions,
                       component.hourly)
        for element in tariff.elements
        for component in element.price_components
    ]  # fmt: skip


def rule_sentences(tariff: Tariff) -> list[str]:
    """What holds for a session beside its prices."""
    sentences = [*_idle_sentences(tariff.idle_fee, tariff.currency)] if tariff.idle_fee else []
    for limit, words in ((tariff.min_price, "at least"), (tariff.max_price, "at most")):
        sentences += _limit_sentences(limit, words, tariff.currency)
    if tariff.withheld_time is TimeRule.AS_CHARGING:
        sentences.append("Time in which the station holds power back costs as charging time.")
    if tariff.preauthorisation is not None:
        sentences.append(f"{plain(tariff.preauthorisation)} {tariff.currency} are reserved from a guest's card.")
    return sentences


def all_sentences(tariff: Tariff) -> list[str]:
    """The whole tariff in words, steps included: what differs between versions differs here."""
    steps = [
        f"Price group {number}: {component.kind.value.replace('_', ' ')} is billed in steps of {component.step_size}."
        for number, element in enumerate(tariff.elements, 1)
        for component in element.price_components
        if component.step_size > 1 and component.kind is not ComponentKind.FLAT
    ]
    return [*price_sentences(tariff), *steps, *rule_sentences(tariff), tax_sentence(tariff)]


def differences(before: Tariff | None, after: Tariff) -> tuple[list[str], list[str]]:
    """The sentences that are gone and those that are new."""
    old, new = all_sentences(before) if before else [], all_sentences(after)
    return [words for words in old if words not in new], [words for words in new if words not in old]


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


def sample_prices(
    tariff: Tariff, *, at: datetime, time_zone: str, market: Market = NO_MARKET
) -> list[tuple[str, Breakdown]]:
    """What each of ``SAMPLES`` costs on the day of ``at``."""
    zone = ZoneInfo(time_zone)
    midnight = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    for sample in SAMPLES:
        begin = midnight.replace(hour=sample.hour) + timedelta(days=sample.in_days)
        profile = SessionProfile(begin, Decimal(sample.energy_wh), sample.charging_s, sample.idle_s)
        found.append((sample.title, preview(tariff, profile, time_zone=time_zone, market=market)))
    return found


def _kind_of(kind: ComponentKind, element) -> LineKind:
    reservation: ReservationKind | None = element.restrictions.reservation if element.restrictions else None
    return (_RESERVATION_KIND if reservation else _LINE_KIND)[kind]


def _idle_sentences(fee: IdleFee, currency: str) -> list[str]:
    words = f"Blocking the connector after charging costs {plain(fee.price_per_h)} {currency} per hour"
    if fee.grace_s:
        words += f" after {fee.grace_s // 60} free minutes"
        words += ", which then cost too" if fee.retroactive else ""
    if fee.quiet_start and fee.quiet_end:
        words += f", not from {fee.quiet_start:%H:%M} until {fee.quiet_end:%H:%M}"
    return [f"{words}, at most {plain(fee.cap)} {currency}." if fee.cap is not None else f"{words}."]


def _limit_sentences(limit: PriceLimit | None, words: str, currency: str) -> list[str]:
    if limit is None:
        return []
    sides = ((limit.excl_tax, "without"), (limit.incl_tax, "with"))
    return [
        f"A session costs {words} {plain(amount)} {currency} {side} tax."
        for amount, side in sides
        if amount is not None
    ]
