"""The engine's four calls. Pure: no clock, no database; the same facts give the same cents in a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, localcontext

from .boundaries import first_change
from .breakdown import Breakdown, Notice
from .errors import SessionNotEnded
from .exact import CONTEXT, ZERO
from .idle import idle_lines
from .kinds import LineKind, UsageState
from .market import NO_MARKET, Market
from .prepared import PreparedTariff, prepare
from .pricing import rate
from .segmentation import Piece, cut
from .tariff import Tariff
from .usage import Usage, UsageSegment
from .zones import zone_of

_POWER_UNKNOWN = Notice("power_unknown", "The tariff depends on power, which is not known for all of the session.")
_CURRENT_UNKNOWN = Notice(
    "current_unknown", "The tariff depends on current, which is not known for all of the session."
)
_MARKET_UNKNOWN = Notice(
    "market_unknown", "The market price of some hours is not known; the tariff's price for that case was taken."
)
_USAGE_GAP = Notice("usage_gap", "Part of the session has no record of what happened; it is not billed.")


@dataclass(frozen=True, slots=True)
class SessionProfile:
    """A session that might be: charging evenly from ``start_at``, then plugged in without charging."""

    start_at: datetime
    energy_wh: Decimal
    charging_s: int
    idle_s: int = 0
    current_a: Decimal | None = None

    def usage(self) -> Usage:
        """The profile as if it had happened."""
        full_at = self.start_at + timedelta(seconds=self.charging_s)
        leaves_at = full_at + timedelta(seconds=self.idle_s)
        charging = UsageSegment(self.start_at, full_at, self.energy_wh, UsageState.CHARGING, current_a=self.current_a)
        idle = UsageSegment(full_at, leaves_at, ZERO, UsageState.IDLE, current_a=ZERO)
        return Usage(self.start_at, leaves_at, (charging, idle) if self.idle_s else (charging,))


def price(usage: Usage, tariff: Tariff, *, time_zone: str, market: Market = NO_MARKET) -> Breakdown:
    """Price of a session that has ended, by the wall clock of ``time_zone`` (IANA name).

    market: the hours' prices, for tariffs that follow one. Raises SessionNotEnded, UnknownTimeZone.
    """
    zone = zone_of(time_zone)
    if usage.ended_at is None:
        raise SessionNotEnded
    prepared = prepare(tariff).at_market(market)
    with localcontext(CONTEXT):
        pieces = cut(usage, prepared, zone)
        return rate(
            pieces,
            tariff,
            started_at=usage.started_at,
            ended_at=usage.ended_at,
            further_lines=idle_lines(usage, tariff, zone),
            notices=(*usage.notices, *prepared.notices, *_doubts(usage, prepared, pieces)),
        )


def running_cost(
    usage: Usage, tariff: Tariff, *, now: datetime, time_zone: str, market: Market = NO_MARKET
) -> Breakdown:
    """What the session would cost if it ended at ``now``; the same as its price once it has ended."""
    with localcontext(CONTEXT):
        so_far = usage.until(now)
    return price(so_far, tariff, time_zone=time_zone, market=market)


def next_boundary(
    usage: Usage, tariff: Tariff, *, now: datetime, time_zone: str, market: Market = NO_MARKET
) -> datetime | None:
    """Next instant after ``now`` at which clock, duration, market or the end of grace changes a price, in UTC.

    Looks eight days ahead and at the tariff's dates. None when nothing of that kind is coming or the session is
    over. Energy and power bands are not foreseen: they change with a reading, and that brings its own price.
    """
    zone = zone_of(time_zone)
    if usage.ended_at is not None and usage.ended_at <= now:
        return None
    with localcontext(CONTEXT):
        return first_change(usage.until(now), prepare(tariff).at_market(market), now=now, zone=zone)


def preview(tariff: Tariff, profile: SessionProfile, *, time_zone: str, market: Market = NO_MARKET) -> Breakdown:
    """Price of a session that might be, for showing before the start."""
    return price(profile.usage(), tariff, time_zone=time_zone, market=market)


def _doubts(usage: Usage, prepared: PreparedTariff, pieces: Sequence[Piece]) -> list[Notice]:
    doubts = []
    if prepared.series and any(_follows_nothing(piece, prepared.market) for piece in pieces):
        doubts.append(_MARKET_UNKNOWN)
    if prepared.needs_power and any(segment.mean_power_w is None for segment in usage.segments):
        doubts.append(_POWER_UNKNOWN)
    if prepared.needs_current and any(segment.current_a is None for segment in usage.segments):
        doubts.append(_CURRENT_UNKNOWN)
    edge = usage.started_at
    for segment in usage.segments:
        if segment.start_at != edge:
            doubts.append(_USAGE_GAP)
            break
        edge = segment.end_at
    else:
        if edge != usage.ended_at:
            doubts.append(_USAGE_GAP)
    return doubts


def _follows_nothing(piece: Piece, market: Market) -> bool:
    """Whether energy of the piece had to be priced without the market that its price follows."""
    return any(
        share.kind is LineKind.ENERGY
        and share.quantity > ZERO
        and share.component is not None
        and share.component.hourly is not None
        and market.price_at(share.component.hourly.series, piece.start_at) is None
        for share in piece.shares
    )
