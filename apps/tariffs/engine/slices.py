"""Cutting a session at every moment at which a price may change, with the energy interpolated there."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .exact import ZERO, divide, seconds_between
from .prepared import PreparedTariff
from .usage import Usage, UsageSegment
from .zones import wall_instants


class Slice(NamedTuple):
    """A part of one segment between two such moments.

    energy_before_wh: of the session, up to ``start_at``. band: how many marks of time and of energy lie behind;
    within one band only state, power and current can change a price.
    """

    segment: UsageSegment
    start_at: datetime
    end_at: datetime
    energy_wh: Decimal
    energy_before_wh: Decimal
    band: tuple[int, int]


def slices_of(usage: Usage, prepared: PreparedTariff, zone: ZoneInfo) -> Iterator[Slice]:
    """The segments of a session, in order, each cut at the marks that lie within it."""
    if not usage.segments:
        return
    marks = time_marks(usage.started_at, usage.started_at, usage.segments[-1].end_at, prepared, zone)
    thresholds = prepared.energy_marks_wh
    before_wh = ZERO
    for segment in usage.segments:
        inner = marks[bisect_right(marks, segment.start_at) : bisect_left(marks, segment.end_at)] if marks else []
        after_wh = before_wh + segment.energy_wh
        crossed = [mark - before_wh for mark in thresholds if before_wh < mark < after_wh] if thresholds else []
        if not inner and not crossed:
            band = (bisect_right(marks, segment.start_at), bisect_right(thresholds, before_wh))
            yield Slice(segment, segment.start_at, segment.end_at, segment.energy_wh, before_wh, band)
            before_wh = after_wh
            continue
        start_at, given_wh = segment.start_at, ZERO
        for end_at, reached_wh in _cuts(segment, inner, crossed):
            so_far_wh = before_wh + given_wh
            band = (bisect_right(marks, start_at), bisect_right(thresholds, so_far_wh))
            yield Slice(segment, start_at, end_at, reached_wh - given_wh, so_far_wh, band)
            start_at, given_wh = end_at, reached_wh
        before_wh = after_wh


def time_marks(
    session_start: datetime, start_at: datetime, end_at: datetime, prepared: PreparedTariff, zone: ZoneInfo
) -> list[datetime]:
    """Instants in the open ``(start_at, end_at)`` at which clock, duration or market may change a price, in order."""
    edges = [prepared.market.edges(series, start_at, end_at) for series in prepared.series]
    durations = [session_start + timedelta(seconds=mark) for mark in prepared.duration_marks_s]
    marks = [at for at in durations if start_at < at < end_at]
    if not prepared.wall_times and not edges:
        return marks
    return sorted({*marks, *wall_instants(zone, prepared.wall_times, start_at, end_at)}.union(*edges))


def _cuts(segment: UsageSegment, inner: list[datetime], crossed: list[Decimal]) -> list[tuple[datetime, Decimal]]:
    """Ends of the parts of a segment: instant and energy since its start, both never falling."""
    cuts = [(at, segment.energy_until(at)) for at in inner]
    cuts += [(_reached_at(segment, energy_wh), energy_wh) for energy_wh in crossed]
    return [*sorted(cuts), (segment.end_at, segment.energy_wh)]


def _reached_at(segment: UsageSegment, energy_wh: Decimal) -> datetime:
    """Instant at which the segment has given that energy, up to the next microsecond."""
    seconds = divide(seconds_between(segment.start_at, segment.end_at) * energy_wh, segment.energy_wh)
    microseconds = int(seconds.scaleb(6).to_integral_value(ROUND_CEILING))
    return min(segment.start_at + timedelta(microseconds=microseconds), segment.end_at)
