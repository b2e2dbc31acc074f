"""A tariff made ready for looking prices up: one table per dimension, with sentences already written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeVar

from .breakdown import Notice
from .describe import hourly_sentence, price_sentence
from .exact import WH_PER_KWH, ZERO
from .kinds import ComponentKind, LineKind, ReservationKind
from .market import NO_MARKET, Market
from .matching import Moment, matches
from .tariff import HourlyRule, PriceComponent, Restrictions, Tariff
from .zones import MIDNIGHT

Number = TypeVar("Number", int, Decimal)
Table = tuple[tuple[Restrictions | None, "PreparedComponent"], ...]

_CHARGING_KINDS = {
    ComponentKind.ENERGY: LineKind.ENERGY,
    ComponentKind.TIME: LineKind.TIME,
    ComponentKind.PARKING_TIME: LineKind.PARKING_TIME,
    ComponentKind.FLAT: LineKind.FLAT,
}
_RESERVATION_KINDS = {
    ComponentKind.TIME: LineKind.RESERVATION_TIME,
    ComponentKind.FLAT: LineKind.RESERVATION_FLAT,
}


class PreparedComponent(NamedTuple):
    """A price and where it comes from. vat_percent is never negative."""

    kind: LineKind
    price: Decimal
    step_size: int
    vat_percent: Decimal | None
    element_index: int
    component_index: int
    why: str
    hourly: HourlyRule | None = None

    def in_hour(self, moment: Moment, market: Market) -> "PreparedComponent":
        """The component at the market's price of that moment; as it is where that is not known."""
        if self.hourly is None:
            return self
        market_price = market.price_at(self.hourly.series, moment.local)
        if market_price is None:
            return self
        price = self.hourly.price_of(market_price)
        return self._replace(price=price, why=f"{self.why} {hourly_sentence(price, market_price)}")


@dataclass(frozen=True, slots=True, eq=False)
class PreparedTariff:
    """Lookup tables of one tariff and the marks at which its prices may change.

    wall_times: times of the site's clock, midnight included where dates or weekdays matter. duration_marks_s and
    energy_marks_wh count from the start of the session. series: the markets whose prices it follows.
    """

    tariff: Tariff
    tables: dict[LineKind, Table]
    expired_tables: dict[LineKind, Table]
    wall_times: tuple[time, ...]
    duration_marks_s: tuple[int, ...]
    energy_marks_wh: tuple[Decimal, ...]
    needs_power: bool
    needs_current: bool
    notices: tuple[Notice, ...]
    series: frozenset[str]
    market: Market = NO_MARKET

    def at_market(self, market: Market) -> "PreparedTariff":
        """The same tariff with the prices of the hours, if it asks for any."""
        return replace(self, market=market) if self.series else self

    def lookup(self, kind: LineKind, moment: Moment, *, reservation_expired: bool = False) -> PreparedComponent | None:
        """First component of that kind whose restrictions hold at the moment; None means free."""
        tables = self.expired_tables if reservation_expired else self.tables
        for restrictions, component in tables.get(kind, ()):
            if restrictions is None or matches(restrictions, moment):
                return component if component.hourly is None else component.in_hour(moment, self.market)
        return None


@lru_cache(maxsize=1024)
def prepare(tariff: Tariff) -> PreparedTariff:
    """The tariff's tables, kept for as long as the tariff is in use."""
    restrictions = [element.restrictions for element in tariff.elements if element.restrictions]
    return PreparedTariff(
        tariff=tariff,
        tables=_tables(tariff, (ReservationKind.RESERVATION,)),
        # An expired reservation is priced by its own elements first, then like any reservation (OCPI 2.2.1
        # ReservationRestrictionType).
        expired_tables=_tables(tariff, (ReservationKind.RESERVATION_EXPIRES, ReservationKind.RESERVATION)),
        wall_times=_wall_times(restrictions),
        duration_marks_s=_marks(mark for r in restrictions for mark in (r.min_duration_s, r.max_duration_s)),
        energy_marks_wh=_marks(
            mark * WH_PER_KWH for r in restrictions for mark in (r.min_kwh, r.max_kwh) if mark is not None
        ),
        needs_power=any(r.min_power_kw is not None or r.max_power_kw is not None for r in restrictions),
        needs_current=any(r.min_current_a is not None or r.max_current_a is not None for r in restrictions),
        notices=_notices(tariff),
        series=frozenset(
            component.hourly.series
            for element in tariff.elements
            for component in element.price_components
            if component.hourly is not None
        ),
    )


def _tables(tariff: Tariff, reservations: tuple[ReservationKind, ...]) -> dict[LineKind, Table]:
    tables: dict[LineKind, list[tuple[Restrictions | None, PreparedComponent]]] = {}
    for wanted in (None, *reservations):
        kinds = _RESERVATION_KINDS if wanted else _CHARGING_KINDS
        for element_index, element in enumerate(tariff.elements):
            restrictions = element.restrictions
            if (restrictions.reservation if restrictions else None) != wanted:
                continue
            for component_index, component in enumerate(element.price_components):
                if component.kind in kinds:
                    kind = kinds[component.kind]
                    prepared = _component(tariff, element_index, component_index, component, kind)
                    tables.setdefault(kind, []).append((restrictions, prepared))
    return {kind: tuple(table) for kind, table in tables.items()}


def _component(
    tariff: Tariff, element_index: int, component_index: int, component: PriceComponent, kind: LineKind
) -> PreparedComponent:
    vat = component.vat_percent
    restrictions = tariff.elements[element_index].restrictions
    return PreparedComponent(
        kind=kind,
        price=component.price,
        step_size=component.step_size,
        vat_percent=None if vat is None else max(vat, ZERO),
        element_index=element_index,
        component_index=component_index,
        why=price_sentence(kind, component.price, tariff.currency, restrictions, component.hourly),
        hourly=component.hourly,
    )


def _wall_times(restrictions: list[Restrictions]) -> tuple[time, ...]:
    times = {at for r in restrictions for at in (r.start_time, r.end_time) if at is not None}
    # A window without an end, or that ends at 00:00, closes with the day.
    if times or any(r.day_of_week or r.start_date or r.end_date for r in restrictions):
        times.add(MIDNIGHT)
    return tuple(sorted(times))


def _marks(marks: Iterable[Number | None]) -> tuple[Number, ...]:
    return tuple(sorted({mark for mark in marks if mark}))


def _notices(tariff: Tariff) -> tuple[Notice, ...]:
    rates = (component.vat_percent for element in tariff.elements for component in element.price_components)
    if any(rate is not None and rate < ZERO for rate in rates):
        return (Notice("negative_tax", "The tariff names a negative tax rate; it is taken as zero."),)
    return ()
