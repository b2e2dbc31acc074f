"""What a session did: a run of segments, each with its energy and its state."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from .breakdown import Notice
from .errors import InvalidUsage
from .exact import SECONDS_PER_HOUR, ZERO, divide, seconds_between
from .kinds import UsageState


@dataclass(frozen=True, slots=True)
class UsageSegment:
    """Energy and state over ``[start_at, end_at)``, UTC-aware; energy_wh ≥ 0 and taken as flowing evenly.

    power_w, current_a: where measured; the mean power follows from the energy when it is absent.
    imputed: the energy was divided between this segment and a neighbour, not read from a meter.
    """

    start_at: datetime
    end_at: datetime
    energy_wh: Decimal
    state: UsageState
    power_w: Decimal | None = None
    current_a: Decimal | None = None
    imputed: bool = False

    @property
    def mean_power_w(self) -> Decimal | None:
        """Measured power, else energy over time; None for a segment without length."""
        if self.power_w is not None:
            return self.power_w
        seconds = seconds_between(self.start_at, self.end_at)
        return divide(self.energy_wh * SECONDS_PER_HOUR, seconds) if seconds else None

    def energy_until(self, at: datetime) -> Decimal:
        """Energy in Wh from the start of the segment to ``at`` within it, linear."""
        if at >= self.end_at:
            return self.energy_wh
        return divide(self.energy_wh * seconds_between(self.start_at, at), seconds_between(self.start_at, self.end_at))


@dataclass(frozen=True, slots=True)
class Usage:
    """A session: half-open ``[started_at, ended_at)`` and its segments in order, without overlap.

    ended_at is None while it runs. reservation_expired: the driver never came, only reserved segments exist.
    notices: doubts about the readings, handed on to the breakdown. Raises InvalidUsage.
    """

    started_at: datetime
    ended_at: datetime | None
    segments: tuple[UsageSegment, ...] = ()
    reservation_expired: bool = False
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        if self.started_at.tzinfo is None:
            raise InvalidUsage("Times of a session need a time zone.", field="started_at")
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise InvalidUsage("The session ends before it starts.", field="ended_at")
        previous_end = self.started_at
        for index, segment in enumerate(self.segments):
            if segment.start_at < previous_end or segment.end_at < segment.start_at:
                raise InvalidUsage("Segments must be in order and must not overlap.", field=f"segments[{index}]")
            if segment.energy_wh < ZERO:
                raise InvalidUsage("Energy cannot be negative.", field=f"segments[{index}].energy_wh")
            previous_end = segment.end_at
        if self.ended_at is not None and previous_end > self.ended_at:
            raise InvalidUsage("A segment reaches beyond the end of the session.", field="segments")

    def until(self, now: datetime) -> "Usage":
        """The session as if it ended at ``now``: later facts are cut off, the last state goes on without new energy."""
        if self.ended_at is not None and self.ended_at <= now:
            return self
        now = max(now, self.started_at)
        kept = tuple(_cut(self.segments, now))
        if kept and kept[-1].end_at < now:
            last = kept[-1]
            kept += (replace(last, start_at=last.end_at, end_at=now, energy_wh=ZERO, power_w=last.mean_power_w),)
        return replace(self, ended_at=now, segments=kept)


def _cut(segments: Iterable[UsageSegment], now: datetime) -> Iterable[UsageSegment]:
    for segment in segments:
        if segment.end_at <= now:
            yield segment
        elif segment.start_at < now:
            yield replace(segment, end_at=now, energy_wh=segment.energy_until(now), power_w=segment.mean_power_w)
