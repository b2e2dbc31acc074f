"""From what a session did to pieces that have one price each: cut where the price changes, and only there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .exact import ONE, ZERO, divide, seconds_between
from .kinds import LineKind, TimeRule, UsageState
from .matching import Moment
from .prepared import PreparedComponent, PreparedTariff
from .usage import Usage, UsageSegment
from .zones import wall_instants

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


class Slice(NamedTuple):
    """A part of one segment between two moments at which a price may change."""

    segment: UsageSegment
    start_at: datetime
    end_at: datetime
    energy_wh: Decimal
    moment: Moment


def kinds_of(state: UsageState, prepared: PreparedTariff) -> tuple[LineKind, ...]:
    """What is counted while a connector is in that state. Withheld time is charging time only if the tariff says so."""
    kinds = _KINDS[state]
    if kinds is _WITHHELD and prepared.tariff.withheld_time is TimeRule.AS_CHARGING:
        return _CHARGING
    return kinds


def cut(usage: Usage, prepared: PreparedTariff, zone: ZoneInfo) -> list[Piece]:
    """The session as pieces, in order; neighbours with the same prices and the same state of billing are one piece."""
    pieces: list[Piece] = []
    run: list[Slice] = []
    run_key: tuple[object, ...] = ()
    components: tuple[PreparedComponent | None, ...] = ()
    fees = _Fees(usage, prepared)
    fee: Share | None = None
    for part in _slices(usage, prepared, zone):
        kinds = kinds_of(part.segment.state, prepared)
        found = tuple(
            prepared.lookup(kind, part.moment, reservation_expired=usage.reservation_expired) for kind in kinds
        )
        new_fee = fees.due_at(part)
        if run and (kinds, found) == run_key and new_fee is None and run[-1].end_at == part.start_at:
            run.append(part)
            continue
        if run:
            pieces.append(_piece(run, kinds_of(run[0].segment.state, prepared), components, fee, prepared))
        run, run_key, components, fee = [part], (kinds, found), found, new_fee
    if run:
        pieces.append(_piece(run, kinds_of(run[0].segment.state, prepared), components, fee, prepared))
    return pieces


class _Fees:
    """Session and reservation fee, each due once: in the first slice in which an element with a fee applies."""

    def __init__(self, usage: Usage, prepared: PreparedTariff) -> None:
        self._prepared = prepared
        self._expired = usage.reservation_expired
        self._open = {LineKind.FLAT, LineKind.RESERVATION_FLAT}

    def due_at(self, part: Slice) -> Share | None:
        reserved = part.segment.state is UsageState.RESERVED
        kind = LineKind.RESERVATION_FLAT if reserved else LineKind.FLAT
        if kind not in self._open:
            return None
        component = self._prepared.lookup(kind, part.moment, reservation_expired=self._expired)
        if component is None:
            return None
        self._open.discard(kind)
        return Share(kind, ONE, component)


def _piece(
    run: list[Slice],
    kinds: tuple[LineKind, ...],
    components: tuple[PreparedComponent | None, ...],
    fee: Share | None,
    prepared: PreparedTariff,
) -> Piece:
    first, last = run[0], run[-1]
    energy_wh = sum((part.energy_wh for part in run), ZERO)
    duration_s = seconds_between(first.start_at, last.end_at)
    shares = tuple(
        Share(kind, energy_wh if kind is LineKind.ENERGY else duration_s, component)
        for kind, component in zip(kinds, components, strict=True)
    )
    between_readings = first.start_at != first.segment.start_at or last.end_at != last.segment.end_at
    imputed = (between_readings or first.segment.imputed or last.segment.imputed) and energy_wh > ZERO
    return Piece(first.start_at, last.end_at, (fee, *shares) if fee else shares, imputed, prepared)


def _slices(usage: Usage, prepared: PreparedTariff, zone: ZoneInfo) -> Iterator[Slice]:
    energy_before = ZERO
    for segment in usage.segments:
        start_at, energy_at_start = segment.start_at, ZERO
        for end_at, energy_at_end in (*_marks_within(segment, usage, energy_before, prepared, zone), _end_of(segment)):
            moment = moment_at(usage, segment, start_at, energy_before + energy_at_start, prepared, zone)
            yield Slice(segment, start_at, end_at, energy_at_end - energy_at_start, moment)
            start_at, energy_at_start = end_at, energy_at_end
        energy_before += segment.energy_wh


def moment_at(
    usage: Usage, segment: UsageSegment, at: datetime, energy_wh: Decimal, prepared: PreparedTariff, zone: ZoneInfo
) -> Moment:
    """The moment that restrictions are held against: ``at`` within ``segment``, after ``energy_wh`` of the session."""
    power_w = segment.mean_power_w if prepared.needs_power else None
    local = at.astimezone(zone) if prepared.wall_times else at
    elapsed_s = seconds_between(usage.started_at, at)
    return Moment(local, elapsed_s, energy_wh, power_w, power_w, segment.current_a, segment.current_a)


def time_marks(
    session_start: datetime, start_at: datetime, end_at: datetime, prepared: PreparedTariff, zone: ZoneInfo
) -> list[datetime]:
    """Instants in the open ``(start_at, end_at)`` at which clock or duration may change a price, in order."""
    marks = {session_start + timedelta(seconds=mark) for mark in prepared.duration_marks_s}
    marks = {at for at in marks if start_at < at < end_at}
    if prepared.wall_times:
        marks.update(wall_instants(zone, prepared.wall_times, start_at, end_at))
    return sorted(marks)


def _end_of(segment: UsageSegment) -> tuple[datetime, Decimal]:
    return segment.end_at, segment.energy_wh


def _marks_within(
    segment: UsageSegment, usage: Usage, energy_before: Decimal, prepared: PreparedTariff, zone: ZoneInfo
) -> list[tuple[datetime, Decimal]]:
    """Inner cuts of a segment: instant and energy since its start, both never falling."""
    cuts = [
        (at, segment.energy_until(at))
        for at in time_marks(usage.started_at, segment.start_at, segment.end_at, prepared, zone)
    ]
    for mark in prepared.energy_marks_wh:
        energy_wh = mark - energy_before
        if ZERO < energy_wh < segment.energy_wh:
            cuts.append((_reached_at(segment, energy_wh), energy_wh))
    cuts.sort()
    highest = ZERO
    for index, (at, energy_wh) in enumerate(cuts):
        highest = max(highest, energy_wh)
        cuts[index] = (at, highest)
    return cuts


def _reached_at(segment: UsageSegment, energy_wh: Decimal) -> datetime:
    """Instant at which the segment has given that energy, up to the next microsecond."""
    seconds = divide(seconds_between(segment.start_at, segment.end_at) * energy_wh, segment.energy_wh)
    micros = int((seconds.scaleb(6)).to_integral_value(ROUND_CEILING))
    return min(segment.start_at.astimezone(UTC) + timedelta(microseconds=micros), segment.end_at)
