"""From what a session did to pieces that have one price each: cut where the price changes, and only there."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .exact import ONE, ZERO, seconds_between
from .kinds import LineKind, TimeRule, UsageState
from .matching import Moment
from .prepared import PreparedComponent, PreparedTariff
from .slices import Slice, slices_of
from .usage import Usage, UsageSegment

_CHARGING = (LineKind.ENERGY, LineKind.TIME)
_PARKING = (LineKind.ENERGY, LineKind.PARKING_TIME)
_WITHHELD = (LineKind.ENERGY, LineKind.WITHHELD_TIME)
_KINDS = {
    UsageState.RESERVED: (LineKind.RESERVATION_TIME,),
    UsageState.WAITING: _WITHHELD,
    UsageState.CHARGING: _CHARGING,
    UsageState.SUSPENDED_EV: _PARKING,
    UsageState.SUSPENDED_EVSE: _WITHHELD,
    UsageState.IDLE: _PARKING,
}


class Share(NamedTuple):
    """A quantity of one kind and the component that prices it, None when it is free."""

    kind: LineKind
    quantity: Decimal
    component: PreparedComponent | None


class Piece(NamedTuple):
    """``[start_at, end_at)`` under unchanging prices, the unit that rating works on."""

    start_at: datetime
    end_at: datetime
    shares: tuple[Share, ...]
    imputed: bool
    prepared: PreparedTariff


class Prices(NamedTuple):
    """What is counted, the component that prices each, and the fee that falls due if it has not yet."""

    kinds: tuple[LineKind, ...]
    components: tuple[PreparedComponent | None, ...]
    fee: Share | None


def cut(usage: Usage, prepared: PreparedTariff, zone: ZoneInfo) -> list[Piece]:
    """The session as pieces, in order; neighbours that count the same at the same prices are one piece.

    A session fee and a reservation fee are due once, where an element that has one first applies.
    """
    pieces: list[Piece] = []
    charged: set[LineKind] = set()
    find = _PriceFinder(usage, prepared, zone)
    run: list[Slice] = []
    run_prices: Prices | None = None
    for part in slices_of(usage, prepared, zone):
        prices = find.prices(part)
        fee = None if prices.fee is None or prices.fee.kind in charged else prices.fee
        if run_prices is not None:
            same = prices is run_prices or prices[:2] == run_prices[:2]
            if same and fee is None and run[-1].end_at == part.start_at:
                run.append(part)
                continue
            pieces.append(_piece(run, run_prices, prepared))
        if fee is not None:
            charged.add(fee.kind)
        run, run_prices = [part], prices._replace(fee=fee) if prices.fee is not fee else prices
    if run_prices is not None:
        pieces.append(_piece(run, run_prices, prepared))
    return pieces


class _PriceFinder:
    """Looks prices up once per band, state, power and current, however many slices share them."""

    def __init__(self, usage: Usage, prepared: PreparedTariff, zone: ZoneInfo) -> None:
        self._usage, self._prepared, self._zone = usage, prepared, zone
        self._found: dict[tuple[object, ...], Prices] = {}

    def prices(self, part: Slice) -> Prices:
        segment, prepared = part.segment, self._prepared
        power_w = segment.mean_power_w if prepared.needs_power else None
        current_a = segment.current_a if prepared.needs_current else None
        key = (part.band, segment.state, power_w, current_a)
        prices = self._found.get(key)
        if prices is None:
            prices = self._found[key] = self._look_up(part)
        return prices

    def _look_up(self, part: Slice) -> Prices:
        usage, prepared, state = self._usage, self._prepared, part.segment.state
        moment = moment_at(usage, part.segment, part.start_at, part.energy_before_wh, prepared, self._zone)
        expired = usage.reservation_expired
        kinds = kinds_of(state, prepared)
        fee_kind = LineKind.RESERVATION_FLAT if state is UsageState.RESERVED else LineKind.FLAT
        fee = prepared.lookup(fee_kind, moment, reservation_expired=expired)
        return Prices(
            kinds,
            tuple([prepared.lookup(kind, moment, reservation_expired=expired) for kind in kinds]),
            Share(fee_kind, ONE, fee) if fee else None,
        )


def kinds_of(state: UsageState, prepared: PreparedTariff) -> tuple[LineKind, ...]:
    """What is counted while a connector is in that state. Withheld time is charging time only if the tariff says so."""
    kinds = _KINDS[state]
    if kinds is _WITHHELD and prepared.tariff.withheld_time is TimeRule.AS_CHARGING:
        return _CHARGING
    return kinds


def moment_at(
    usage: Usage, segment: UsageSegment, at: datetime, energy_wh: Decimal, prepared: PreparedTariff, zone: ZoneInfo
) -> Moment:
    """The moment that restrictions are held against: ``at`` within ``segment``, after ``energy_wh`` of the session."""
    power_w = segment.mean_power_w if prepared.needs_power else None
    local = at.astimezone(zone) if prepared.wall_times else at
    elapsed_s = seconds_between(usage.started_at, at)
    return Moment(local, elapsed_s, energy_wh, power_w, power_w, segment.current_a, segment.current_a)


def _piece(run: list[Slice], prices: Prices, prepared: PreparedTariff) -> Piece:
    first, last = run[0], run[-1]
    energy_wh = sum([part.energy_wh for part in run], ZERO) if len(run) > 1 else first.energy_wh
    duration_s = seconds_between(first.start_at, last.end_at)
    shares = tuple(
        [
            Share(kind, energy_wh if kind is LineKind.ENERGY else duration_s, component)
            for kind, component in zip(prices.kinds, prices.components, strict=True)
        ]
    )
    between_readings = first.start_at != first.segment.start_at or last.end_at != last.segment.end_at
    imputed = (between_readings or first.segment.imputed or last.segment.imputed) and energy_wh > ZERO
    return Piece(first.start_at, last.end_at, (prices.fee, *shares) if prices.fee else shares, imputed, prepared)
