"""Prices of a market by the hour, for tariffs that follow it."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class MarketPrice(NamedTuple):
    """Price per kWh, net, over ``[start_at, end_at)``; it may be negative."""

    start_at: datetime
    end_at: datetime
    price: Decimal


@dataclass(frozen=True, slots=True)
class Market:
    """Prices by series, each in order and without overlap. Hours that are not there are not known."""

    series: dict[str, tuple[MarketPrice, ...]]

    @classmethod
    def of(cls, prices: Iterable[tuple[str, MarketPrice]]) -> "Market":
        """From ``(series, price)`` in any order."""
        found: dict[str, list[MarketPrice]] = {}
        for series, price in prices:
            found.setdefault(series, []).append(price)
        return cls({series: tuple(sorted(rows)) for series, rows in found.items()})

    def price_at(self, series: str, at: datetime) -> Decimal | None:
        """The price of the hour in which ``at`` lies."""
        prices = self.series.get(series, ())
        place = bisect_right(prices, at, key=lambda price: price.start_at) - 1
        return prices[place].price if place >= 0 and at < prices[place].end_at else None

    def edges(self, series: str, start_at: datetime, end_at: datetime) -> set[datetime]:
        """Instants in the open ``(start_at, end_at)`` at which a price begins or ends."""
        prices = self.series.get(series, ())
        return {at for price in prices for at in price[:2] if start_at < at < end_at}


NO_MARKET = Market({})
