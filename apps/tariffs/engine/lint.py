"""What somebody should look at in a tariff before people are charged by it. Warnings, never refusals. Pure.

Conditions are boxes with lower edges included, so that looking at the lower corner of each cell between all edges sees
every case there is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, product
from zoneinfo import ZoneInfo

from .breakdown import Notice
from .describe import moment_words
from .errors import UnknownTimeZone
from .exact import WH_PER_KWH, ZERO
from .kinds import ComponentKind, LineKind
from .matching import Moment, matches
from .prepared import PreparedTariff, prepare
from .tariff import Restrictions, Tariff
from .tariff_to_ocpi import to_ocpi
from .zones import MIDNIGHT, zone_of

MOST_CELLS = 20_000
_WEEK = range(7)
_AFIR_ORDER = (ComponentKind.ENERGY, ComponentKind.TIME, ComponentKind.FLAT, ComponentKind.PARKING_TIME)
_NAMES = {
    LineKind.ENERGY: "energy",
    LineKind.TIME: "charging time",
    LineKind.PARKING_TIME: "time without charging",
    LineKind.FLAT: "the session fee",
}
_GAPLESS = (LineKind.ENERGY, LineKind.TIME, LineKind.PARKING_TIME)


def lint(tariff: Tariff, *, time_zone: str, on: date) -> list[Notice]:
    """Coded warnings. time_zone: of the place where it applies; on: the day from which it shall hold."""
    prepared = prepare(tariff)
    cells = _look(prepared, on)
    return [
        *_negative(tariff),
        *_order(tariff),
        *cells.gaps(),
        *cells.overlaps(),
        *cells.unreachable(),
        *_double_idle(tariff),
        *_clock(prepared, time_zone, on),
        *(Notice(f"ocpi_{code}", message) for code, message in to_ocpi(
            tariff, version="2.3.0", updated_at=datetime(1970, 1, 1, tzinfo=UTC)
        ).losses),
    ]  # fmt: skip


def _negative(tariff: Tariff) -> Iterator[Notice]:
    for number, element in enumerate(tariff.elements, 1):
        for component in element.price_components:
            if component.price < ZERO:
                yield Notice("negative_price", f"Price group {number} has a price below zero: charging would pay.")


def _order(tariff: Tariff) -> Iterator[Notice]:
    kinds = [component.kind for element in tariff.elements for component in element.price_components]
    if ComponentKind.ENERGY not in kinds:
        yield Notice("afir_no_kwh", "There is no price per kWh; public fast chargers must have one (AFIR, article 5).")
    for number, element in enumerate(tariff.elements, 1):
        places = [_AFIR_ORDER.index(component.kind) for component in element.price_components]
        if places != sorted(places):
            yield Notice(
                "afir_order",
                f"Price group {number} names its prices in another order than people must be shown them: "
                "per kWh, per time, per session, others (AFIR, article 5).",
            )


def _double_idle(tariff: Tariff) -> Iterator[Notice]:
    kinds = {component.kind for element in tariff.elements for component in element.price_components}
    if tariff.idle_fee is not None and ComponentKind.PARKING_TIME in kinds:
        yield Notice("idle_and_parking", "The idle fee is charged beside the price of time without charging.")


@dataclass(frozen=True, slots=True)
class _Cells:
    """Each moment that differs from others, and for each dimension the components that match there, first wins."""

    prepared: PreparedTariff
    found: list[tuple[Moment, dict[LineKind, list[int]]]]

    def gaps(self) -> Iterator[Notice]:
        for kind in _GAPLESS:
            if kind not in self.prepared.tables:
                continue
            empty = next((moment for moment, places in self.found if not places[kind]), None)
            if empty is not None:
                yield Notice("gap", f"No price for {_NAMES[kind]} {moment_words(empty)}: it is free then.")

    def overlaps(self) -> Iterator[Notice]:
        told = set()
        for moment, places in self.found:
            for kind, (first, second, *_) in ((kind, found) for kind, found in places.items() if len(found) > 1):
                table = self.prepared.tables[kind]
                pair = (kind, table[first][1].element_index, table[second][1].element_index)
                if (
                    None in (table[first][0], table[second][0])
                    or table[second][1].price == table[first][1].price
                    or pair in told
                ):
                    continue  # without conditions: what holds otherwise, or all that holds
                told.add(pair)
                yield Notice(
                    "overlap",
                    f"Price groups {pair[1] + 1} and {pair[2] + 1} both price {_NAMES[kind]} {moment_words(moment)}; "
                    f"group {pair[1] + 1} counts.",
                )

    def unreachable(self) -> Iterator[Notice]:
        for kind, table in self.prepared.tables.items():
            if kind not in _NAMES:
                continue
            winners = {places[kind][0] for _, places in self.found if places[kind]}
            for place, (_, component) in enumerate(table):
                if place not in winners:
                    number = component.element_index + 1
                    yield Notice("unreachable", f"The price for {_NAMES[kind]} in price group {number} never applies.")


def _look(prepared: PreparedTariff, on: date) -> _Cells:
    tables = {kind: table for kind, table in prepared.tables.items() if kind in _NAMES}
    found = [
        (moment, {kind: [n for n, (when, _) in enumerate(table) if when is None or matches(when, moment)]
                  for kind, table in tables.items()})
        for moment in islice(_moments(prepared, on), MOST_CELLS)
    ]  # fmt: skip
    return _Cells(prepared, found)


def _moments(prepared: PreparedTariff, on: date) -> Iterator[Moment]:
    rules = [element.restrictions for element in prepared.tariff.elements if element.restrictions]
    dates = {on, *(day for r in rules for day in (r.start_date, r.end_date) if day is not None and day > on)}
    days = sorted({day + timedelta(days=n) for day in dates for n in _WEEK}) if prepared.wall_times else [on]
    powers = _edges(rules, "min_power_kw", "max_power_kw")
    currents = _edges(rules, "min_current_a", "max_current_a")
    for day, at, elapsed_s, energy_wh, power_kw, current_a in product(
        days,
        prepared.wall_times or (MIDNIGHT,),
        (0, *prepared.duration_marks_s),
        (ZERO, *prepared.energy_marks_wh),
        powers,
        currents,
    ):
        power_w = power_kw * WH_PER_KWH
        local = datetime.combine(day, at, tzinfo=UTC)
        yield Moment(local, Decimal(elapsed_s), energy_wh, power_w, power_w, current_a, current_a)


def _edges(rules: Iterable[Restrictions], lower: str, upper: str) -> list[Decimal]:
    values = (getattr(rule, name) for rule in rules for name in (lower, upper))
    return sorted({ZERO, *(value for value in values if value is not None)})


def _clock(prepared: PreparedTariff, time_zone: str, on: date) -> Iterator[Notice]:
    try:
        zone = zone_of(time_zone)
    except UnknownTimeZone as error:
        yield Notice("time_zone", error.message)
        return
    edges = {at for at in prepared.wall_times if at != MIDNIGHT}
    fee = prepared.tariff.idle_fee
    edges |= {at for at in (fee.quiet_start, fee.quiet_end) if at is not None} if fee else set()
    for at in sorted(edges):
        for day in _odd_days(zone, on):
            early, late = (datetime.combine(day, at.replace(fold=fold), tzinfo=zone) for fold in (0, 1))
            if early.utcoffset() == late.utcoffset():
                continue
            exists = early.astimezone(UTC).astimezone(zone).time() == at
            yield Notice(
                "dst",
                f"{at:%H:%M} comes twice on {day}, when the clock goes back: prices change at both." if exists else
                f"{at:%H:%M} does not exist on {day}, when the clock goes forward: prices change when it does.",
            )  # fmt: skip


def _odd_days(zone: ZoneInfo, on: date) -> list[date]:
    """The days of the coming year on which the clock is changed."""

    def offset(day: date) -> timedelta | None:
        return datetime.combine(day, time(12), tzinfo=zone).utcoffset()

    days = [on + timedelta(days=n) for n in range(366)]
    return [day for day in days if offset(day) != offset(day - timedelta(days=1))]
