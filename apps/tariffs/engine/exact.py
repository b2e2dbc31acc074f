"""Exact decimal arithmetic: nothing is rounded for money's sake before somebody asks for it by name.

Sums and products are exact within ``CONTEXT``. A quotient that never ends (1 h at a price per 7 h, a net from a
gross) is carried to 12 decimals at once, so that every sum made of it afterwards is exact again. Unrounded values
may need more digits than the default context of 28 keeps; sum them under ``CONTEXT``.
"""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)
ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
SECONDS_PER_HOUR = Decimal(3600)
WH_PER_KWH = Decimal(1000)

_QUOTIENT = Decimal("1E-12")
_MICROSECOND = timedelta(microseconds=1)


def divide(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The quotient to 12 decimals; ``divisor`` must not be zero."""
    return CONTEXT.divide(dividend, divisor).quantize(_QUOTIENT, context=CONTEXT)


def half_up(amount: Decimal, places: int) -> Decimal:
    """Round half away from zero to ``places`` decimals: the rounding of prices shown to people and of bill lines."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=CONTEXT)


def seconds_between(start_at: datetime, end_at: datetime) -> Decimal:
    """Length of ``[start_at, end_at)`` in seconds, exact to the microsecond."""
    span = end_at - start_at
    if span.microseconds:
        return Decimal(span // _MICROSECOND).scaleb(-6)
    return Decimal(span.days * 86400 + span.seconds)


def plain(number: Decimal) -> str:
    """Decimal as the shortest plain string: no exponent, no trailing zeros; parsing it gives the same number."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
