"""What a kWh and a minute cost over a week, for whoever begins to charge then. Pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import NamedTuple

from .amounts import with_tax
from .exact import CONTEXT, ZERO, divide
from .kinds import LineKind
from .market import NO_MARKET, Market
from .matching import Moment
from .prepared import PreparedComponent, prepare
from .slices import time_marks
from .tariff import Tariff
from .zones import zone_of

_MINUTES = Decimal(60)


class WeekPrice(NamedTuple):
    """Gross prices in ``[start_at, end_at)``: per kWh, per minute of charging, per minute plugged in without it."""

    start_at: datetime
    end_at: datetime
    per_kwh: Decimal
    per_minute: Decimal
    per_parked_minute: Decimal


def week_prices(
    tariff: Tariff, *, start_at: datetime, time_zone: str, market: Market = NO_MARKET, days: int = 7
) -> list[WeekPrice]:
    """The prices from ``start_at`` (an instant) on, in order, neighbours that are alike joined.

    They are those of a session's first moment: what depends on energy, duration, power or current shows its beginning.
    Raises UnknownTimeZone.
    """
    zone = zone_of(time_zone)
    prepared = prepare(tariff).at_market(market)
    start_at = start_at.astimezone(UTC)
    end_at = start_at + timedelta(days=days)
    found: list[WeekPrice] = []

    def gross(component: PreparedComponent | None) -> Decimal:
        if component is None:
            return ZERO
        return with_tax(component.price, component.vat_percent, tax_included=tariff.tax_included).gross

    with localcontext(CONTEXT):
        marks = [start_at, *time_marks(end_at, start_at, end_at, prepared, zone), end_at]
        for begin, end in pairwise(marks):
            moment = Moment(begin.astimezone(zone), ZERO, ZERO, ZERO, ZERO, ZERO, ZERO)
            energy, time_, parking = (
                gross(prepared.lookup(kind, moment)) for kind in (LineKind.ENERGY, LineKind.TIME, LineKind.PARKING_TIME)
            )
            price = WeekPrice(begin, end, energy, divide(time_, _MINUTES), divide(parking, _MINUTES))
            if found and found[-1][2:] == price[2:]:
                found[-1] = found[-1]._replace(end_at=end)
            else:
                found.append(price)
    return found
