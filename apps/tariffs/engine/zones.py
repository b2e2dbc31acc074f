"""Wall clocks: from the site's clock to instants, on days of 23, 24 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import UnknownTimeZone

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
MIDNIGHT = time(0)


def zone_of(name: str) -> ZoneInfo:
    """The IANA zone called ``name``. Raises UnknownTimeZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownTimeZone(f"“{name}” is not a known time zone.", field="time_zone") from error


def in_daily_window(at: time, start: time | None, end: time | None) -> bool:
    """Whether a wall-clock time lies in ``[start, end)``; wraps if end ≤ start; an end of 00:00 closes the day."""
    start = start or MIDNIGHT
    if end is None or end == MIDNIGHT:
        return at >= start
    if start < end:
        return start <= at < end
    return at >= start or at < end


def wall_instants(zone: ZoneInfo, times: tuple[time, ...], start_at: datetime, end_at: datetime) -> list[datetime]:
    """Instants in the open ``(start_at, end_at)`` at which a clock in ``zone`` may show one of ``times``, in order.

    A time that occurs twice (autumn) gives both; the jump of the clock itself is given too, since it may skip a
    time (spring) or bring an earlier one back. Callers look whether anything really changes there.
    """
    day, last_day = start_at.astimezone(zone).date(), end_at.astimezone(zone).date()
    instants: set[datetime] = set()
    while day <= last_day:
        instants.update([at for at in _instants_of_day(zone, times, day) if start_at < at < end_at])
        day += _DAY
    return sorted(instants)


@lru_cache(maxsize=4096)
def _instants_of_day(zone: ZoneInfo, times: tuple[time, ...], day: date) -> tuple[datetime, ...]:
    instants = {
        datetime.combine(day, at.replace(fold=fold), tzinfo=zone).astimezone(UTC) for at in times for fold in (0, 1)
    }
    begin, end = (datetime.combine(day + step, MIDNIGHT, tzinfo=zone).astimezone(UTC) for step in (timedelta(0), _DAY))
    if begin.astimezone(zone).utcoffset() != end.astimezone(zone).utcoffset():
        instants.add(_jump(zone, begin, end))
    return tuple(sorted(instants))


def _jump(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """First second in ``(low, high]`` that has the offset of ``high``."""
    before = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
