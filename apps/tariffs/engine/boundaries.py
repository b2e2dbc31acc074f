"""Foreseeing the next change of a price in a session that runs."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .exact import ZERO
from .idle import grace_end, quiet_edges
from .kinds import LineKind, UsageState
from .prepared import PreparedComponent, PreparedTariff
from .segmentation import kinds_of, moment_at
from .slices import time_marks
from .usage import Usage, UsageSegment
from .zones import MIDNIGHT, wall_instants

_HORIZON = timedelta(days=8)
_MICROSECOND = timedelta(microseconds=1)
_FEES = (LineKind.FLAT, LineKind.RESERVATION_FLAT)


def first_change(usage: Usage, prepared: PreparedTariff, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """First instant after ``now`` at which the prices of the session's present state differ from those at ``now``."""
    segment = usage.segments[-1] if usage.segments else UsageSegment(now, now, ZERO, UsageState.WAITING)
    energy_wh = sum((part.energy_wh for part in usage.segments), ZERO)

    def price_at(kind: LineKind, at: datetime) -> PreparedComponent | None:
        moment = moment_at(usage, segment, at, energy_wh, prepared, zone)
        return prepared.lookup(kind, moment, reservation_expired=usage.reservation_expired)

    # A fee that applies already is not asked for again; one that does not may fall due later.
    open_fees = [kind for kind in _FEES if price_at(kind, now) is None]
    present = {kind: price_at(kind, now) for kind in (*kinds_of(segment.state, prepared), *open_fees)}
    candidates = _candidates(usage, prepared, now, zone)
    change = next((at for at in candidates if any(price_at(kind, at) != present[kind] for kind in present)), None)
    found = [at for at in (change, _idle_change(usage, prepared, now, zone)) if at is not None]
    return min(found).astimezone(UTC) if found else None


def _candidates(usage: Usage, prepared: PreparedTariff, now: datetime, zone: ZoneInfo) -> list[datetime]:
    durations = (usage.started_at + timedelta(seconds=mark) for mark in prepared.duration_marks_s)
    marks = {at for at in durations if at > now}
    # From each date of the tariff that is to come the clock must be looked at anew, however far away it is.
    midnights = (datetime.combine(day, MIDNIGHT, tzinfo=zone).astimezone(UTC) for day in _dates(prepared))
    for start_at in {now, *(at - _MICROSECOND for at in midnights if at > now)}:
        marks.update(time_marks(usage.started_at, start_at, start_at + _HORIZON, prepared, zone))
    return sorted(marks)


def _dates(prepared: PreparedTariff) -> set[date]:
    restrictions = (element.restrictions for element in prepared.tariff.elements)
    return {day for r in restrictions if r is not None for day in (r.start_date, r.end_date) if day is not None}


def _idle_change(usage: Usage, prepared: PreparedTariff, now: datetime, zone: ZoneInfo) -> datetime | None:
    fee = prepared.tariff.idle_fee
    if fee is None:
        return None
    begins_at = grace_end(usage, fee)
    if begins_at is None:
        return None
    if begins_at > now:
        return begins_at
    edges = quiet_edges(fee)
    return next(iter(wall_instants(zone, edges, now, now + _HORIZON)), None) if edges else None
