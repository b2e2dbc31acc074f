"""How numbers, times and money read on a screen. Empty values are a dash."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DASH = "–"
_GROUP_SPACE = "\u00a0"
_NO_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def number(value: Decimal | int | float | None, digits: int) -> str:
    """``12 345.60``: groups by a no-break space, ``digits`` decimals, halves away from zero."""
    if value is None:
        return DASH
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{rounded:,f}".replace(",", _GROUP_SPACE)


def currency_digits(currency: str) -> int:
    """Decimals of a currency (ISO 4217)."""
    return 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def money(amount: Decimal | None, currency: str) -> str:
    """``12.30 EUR``."""
    return DASH if amount is None else f"{number(amount, currency_digits(currency))}\u00a0{currency}"


def kwh(energy_wh: int | Decimal | None, digits: int = 2) -> str:
    """Wh as kWh, without the unit."""
    return DASH if energy_wh is None else number(Decimal(energy_wh) / 1000, digits)


def kw(power_w: int | Decimal | None, digits: int = 1) -> str:
    """W as kW, without the unit."""
    return DASH if power_w is None else number(Decimal(power_w) / 1000, digits)


def duration(seconds: float | None) -> str:
    """Two units that fit: ``42 s``, ``3 min 05 s``, ``2 h 07 min``, ``4 d 03 h``. ``since.js`` counts on in them."""
    if seconds is None:
        return DASH
    left = max(int(seconds), 0)
    if left < 60:
        return f"{left}\u00a0s"
    if left < 3_600:
        return f"{left // 60}\u00a0min\u00a0{left % 60:02}\u00a0s"
    if left < 86_400:
        return f"{left // 3_600}\u00a0h\u00a0{left % 3_600 // 60:02}\u00a0min"
    return f"{left // 86_400}\u00a0d\u00a0{left % 86_400 // 3_600:02}\u00a0h"


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The zone of that name; UTC where the name is empty or unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local_time(at: datetime, zone_name: str = "") -> str:
    """``22 Nov 2026 11:34:05`` at the place."""
    return f"{at.astimezone(zone(zone_name)):%d %b %Y %H:%M:%S}"


def local_time_with_zone(at: datetime, zone_name: str = "") -> str:
    """``22 Nov 2026 11:34:05 CET (Europe/Vienna)``."""
    there = at.astimezone(zone(zone_name))
    return f"{there:%d %b %Y %H:%M:%S} {there.tzname()} ({zone(zone_name).key})"
