"""Plain sentences for a bill: what a price is and when it applies."""

from datetime import time
from decimal import Decimal

from .exact import plain
from .kinds import LineKind
from .matching import Moment
from .tariff import HourlyRule, Restrictions

_SUBJECTS = {
    LineKind.ENERGY: "Energy costs {price} {currency} per kWh",
    LineKind.TIME: "Charging time costs {price} {currency} per hour",
    LineKind.PARKING_TIME: "Time plugged in without charging costs {price} {currency} per hour",
    LineKind.FLAT: "The session fee is {price} {currency}",
    LineKind.RESERVATION_TIME: "The reservation costs {price} {currency} per hour",
    LineKind.RESERVATION_FLAT: "The reservation fee is {price} {currency}",
}
_FREE = {
    LineKind.ENERGY: "The tariff sets no price for this energy, so it is free.",
    LineKind.TIME: "The tariff sets no price for this charging time, so it is free.",
    LineKind.PARKING_TIME: "The tariff sets no price for this time without charging, so it is free.",
    LineKind.WITHHELD_TIME: "The station gave no power in this time, so it is free.",
    LineKind.RESERVATION_TIME: "The tariff sets no price for this reservation, so it is free.",
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def price_sentence(
    kind: LineKind, price: Decimal, currency: str, restrictions: Restrictions | None, hourly: HourlyRule | None = None
) -> str:
    """One sentence: the price of ``kind`` and the restrictions under which its element applies."""
    sentence = _SUBJECTS[kind].format(price=plain(price), currency=currency)
    if hourly is not None:
        sentence = f"Energy costs {_rule(hourly, currency)}, else {plain(price)} {currency} per kWh"
    conditions = conditions_of(restrictions) if restrictions else []
    return f"{sentence} {', '.join(conditions)}." if conditions else f"{sentence}."


def hourly_sentence(price: Decimal, market_price: Decimal) -> str:
    """One sentence: what the hour's market price makes of the price."""
    return f"In this hour the market price is {plain(market_price)}, which makes {plain(price)}."


def _rule(hourly: HourlyRule, currency: str) -> str:
    words = f"the hourly price of {hourly.series}"
    if hourly.factor != 1:
        words = f"{plain(hourly.factor)} times {words}"
    if hourly.surcharge:
        words += f" plus {plain(hourly.surcharge)} {currency}"
    bounds = [f"at least {plain(hourly.minimum)}"] if hourly.minimum else []
    if hourly.maximum is not None:
        bounds.append(f"at most {plain(hourly.maximum)}")
    return f"{words} ({', '.join(bounds)})" if bounds else words


def free_sentence(kind: LineKind) -> str:
    """One sentence for a quantity that no element prices."""
    return _FREE[kind]


def step_sentence(kind: LineKind, step_size: int) -> str:
    """One sentence for a quantity that was rounded up to full steps."""
    return f"Billed in full steps of {step_size} {kind.unit}."


def conditions_of(restrictions: Restrictions) -> list[str]:
    """When an element applies, in words: ``on weekdays``, ``from 22:00 until 06:00``."""
    candidates = (
        _days(restrictions.day_of_week),
        _times(restrictions.start_time, restrictions.end_time),
        _bounds("from {}", "before {}", restrictions.start_date, restrictions.end_date),
        _bounds("from {} kWh", "up to {} kWh", restrictions.min_kwh, restrictions.max_kwh),
        _bounds("from {} A", "below {} A", restrictions.min_current_a, restrictions.max_current_a),
        _bounds("from {} kW", "below {} kW", restrictions.min_power_kw, restrictions.max_power_kw),
        _durations(restrictions.min_duration_s, restrictions.max_duration_s),
    )
    return [candidate for candidate in candidates if candidate]


def _days(days: frozenset[int]) -> str:
    if days == {1, 2, 3, 4, 5}:
        return "on weekdays"
    if days == {6, 7}:
        return "on weekends"
    return "on " + ", ".join(_DAYS[day - 1] for day in sorted(days)) if days else ""


def _times(start: time | None, end: time | None) -> str:
    return _bounds("from {}", "until {}", start and f"{start:%H:%M}", end and f"{end:%H:%M}")


def _durations(minimum_s: int | None, maximum_s: int | None) -> str:
    return _bounds("after {} of the session", "in the first {}", _duration(minimum_s), _duration(maximum_s))


def _duration(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"


def _bounds(lower: str, upper: str, minimum: object | None, maximum: object | None) -> str:
    parts = [
        pattern.format(plain(bound) if isinstance(bound, Decimal) else bound)
        for pattern, bound in ((lower, minimum), (upper, maximum))
        if bound is not None
    ]
    return " ".join(parts)


def moment_words(moment: Moment) -> str:
    """Where a moment lies, as far as it says something: ``on Monday at 06:00, from 10 kWh``."""
    words = [f"on {_DAYS[moment.local.isoweekday() - 1]} at {moment.local:%H:%M}"]
    if moment.elapsed_s:
        words.append(f"{_duration(int(moment.elapsed_s))} after the start")
    for value, unit, factor in (
        (moment.energy_wh, "kWh", 1000),
        (moment.min_power_w, "kW", 1000),
        (moment.min_current_a, "A", 1),
    ):
        if value:
            words.append(f"from {plain(value / factor)} {unit}")
    return ", ".join(words)
