"""Money of a quantity: net, tax and gross from a price that includes tax or does not."""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from .exact import CONTEXT, HUNDRED, ONE, SECONDS_PER_HOUR, ZERO, divide
from .kinds import LineKind

_THOUSANDTH = Decimal("0.001")
_PERCENT = Decimal("0.01")


class Amount(NamedTuple):
    """net + tax = gross, always."""

    net: Decimal
    tax: Decimal
    gross: Decimal


NOTHING = Amount(ZERO, ZERO, ZERO)


def cost(kind: LineKind, quantity: Decimal, price: Decimal) -> Decimal:
    """Price per kWh, per h or once, times a quantity in Wh, s or 1."""
    unit = kind.unit
    if unit == "Wh":
        return quantity * price * _THOUSANDTH
    if unit == "s":
        return divide(quantity * price, SECONDS_PER_HOUR)
    return quantity * price


def with_tax(cost: Decimal, vat_percent: Decimal | None, *, tax_included: bool) -> Amount:
    """Split or raise a cost by its rate; without a rate net and gross are the same."""
    if not vat_percent:
        return Amount(cost, ZERO, cost)
    if tax_included:
        net = divide(cost, _gross_of_one(vat_percent))
        return Amount(net, cost - net, cost)
    tax = cost * vat_percent * _PERCENT
    return Amount(cost, tax, cost + tax)


@lru_cache(maxsize=256)
def _gross_of_one(vat_percent: Decimal) -> Decimal:
    return CONTEXT.add(ONE, CONTEXT.divide(vat_percent, HUNDRED))
