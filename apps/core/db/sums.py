"""Constraints over sums of money. SQLite keeps decimals as floating-point numbers, so sums are compared with a margin.

The margin is below half the last place kept, so that the constraints are exact. For the same reason services lock a
row and write the amount they reckoned; they never let the database add (``F("amount") - …``).
"""

from decimal import Decimal

from django.db.models import F, Value
from django.db.models.functions import Abs
from django.db.models.lookups import LessThan


def sums_to(total: str, *parts: str, places: int = 2) -> LessThan:
    """The condition ``total = sum(parts)``; ``places`` are the decimal places of the columns."""
    return LessThan(Abs(_rest(total, parts)), Value(_margin(places)))


def at_most(total: str, *parts: str, places: int = 2) -> LessThan:
    """The condition ``sum(parts) ≤ total``."""
    return LessThan(-_rest(total, parts), Value(_margin(places)))


def _rest(total: str, parts: tuple[str, ...]):
    rest = F(total)
    for part in parts:
        rest = rest - F(part)
    return rest


def _margin(places: int) -> Decimal:
    return Decimal(5).scaleb(-places - 1)
