"""Counting a session's energy from the registers that a charger reports. Pure.

Registers arrive late, twice, backwards, restarted or absurd. What is doubted is flagged and not counted, so that a
fault can cost a review but never money. The energy follows from the set of registers, not from their order of arrival.

A register that falls and comes back was no restart: the low ones are ignored and flagged. A restart counts once two
registers after the fall agree on it; until a rise confirms it, the session is held for review as well.
"""

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import partial

from apps.chargers.messages.metering import MeterReading
from apps.sessions.engine.registers import ALLOWANCE_WH, SAMPLE, START, STOP, Curve, Point, keep, leads_to, understand

METER_BACKWARDS = "meter_backwards"
METER_IMPLAUSIBLE = "meter_implausible"
METER_RESET = "meter_reset"
CLOCK_IMPLAUSIBLE = "clock_implausible"
# More than any connector gives; the allowance covers registers that count in steps of 100 Wh and coarse timestamps.
HIGHEST_POWER_W = 1_000_000
MARGIN = 1.25
HOUR_US = 3_600_000_000
# No single session takes more; a person has to look at one that says so.
HIGHEST_ENERGY_WH = 1_000_000
# Below this the reported power says too little to doubt the register; a kWh labelled Wh is off by a thousand.
TELLING_POWER_WH = 500
LEAST_SHARE_OF_POWER = 0.02
ABSURD_POWER_W = 10**9
_OWN = frozenset({METER_BACKWARDS, METER_IMPLAUSIBLE, METER_RESET})
# Stands among the points for registers that were told and cannot be, so that they are not forgotten.
_DOUBT = Point(0, SAMPLE, -1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True, kw_only=True)
class MeterState:
    """The metering columns of a session; see ``models.ChargingSession`` for their meaning."""

    flags: list[str] = field(default_factory=list)
    meter_start_wh: int | None = None
    meter_start_at: datetime | None = None
    meter_last_wh: int | None = None
    meter_last_at: datetime | None = None
    energy_carried_wh: int = 0
    energy_wh: int = 0
    meter_points: list[list[int]] = field(default_factory=list)
    power_wh: int = 0
    power_w: int | None = None
    peak_power_w: int | None = None
    current_l1_a: float | None = None
    current_l2_a: float | None = None
    current_l3_a: float | None = None
    voltage_l1_v: float | None = None
    soc_percent: float | None = None
    soc_start_percent: float | None = None
    last_value_at: datetime | None = None

    def flag(self, code: str) -> None:
        """Note ``code`` once; the list is replaced, never changed in place."""
        if code not in self.flags:
            self.flags = [*self.flags, code]


METER_COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(MeterState))


def take_reading(
    state: MeterState, reading: MeterReading, at: datetime, *, rating_w: int | None, is_over: bool = False
) -> None:
    """Bring ``state`` up to ``reading``, held to be of ``at``.

    rating_w: what the station can give, ``None`` if unknown. is_over: the session has ended, so momentary values say
    nothing any more. Of a reading older than the last one only the energy counts.
    """
    if reading.energy_wh is not None:
        take_register(state, reading.energy_wh, at, rating_w=rating_w)
    power_w = reading.power_w
    if power_w is not None and abs(power_w) > ABSURD_POWER_W:
        power_w = None
    if power_w is not None and (state.peak_power_w is None or power_w > state.peak_power_w):
        state.peak_power_w = power_w
    is_newest = state.last_value_at is None or at >= state.last_value_at
    soc = reading.soc_percent
    if soc is not None:
        if state.soc_start_percent is None:
            state.soc_start_percent = soc
        if is_newest or state.soc_percent is None:
            state.soc_percent = soc
    if not is_newest:
        return
    if power_w is not None and state.power_w is not None and state.last_value_at is not None:
        hours = (at - state.last_value_at).total_seconds() / 3600
        state.power_wh += max(int(min(power_w, state.power_w) * hours), 0)
    state.last_value_at = at
    if is_over:
        return
    if power_w is not None:
        state.power_w = power_w
    first, second, third = reading.current_a
    if first is not None or second is not None or third is not None:
        state.current_l1_a, state.current_l2_a, state.current_l3_a = first, second, third
    if reading.voltage_v[0] is not None:
        state.voltage_l1_v = reading.voltage_v[0]


def take_register(
    state: MeterState, register_wh: int, at: datetime, *, rating_w: int | None, kind: int = SAMPLE
) -> None:
    """Count up to the import register ``register_wh`` read at ``at``."""
    if register_wh < 0:
        doubt(state)
        return
    point = Point(_us(at), kind, register_wh)
    rate = (rating_w or HIGHEST_POWER_W) * MARGIN / HOUR_US
    first, last = _ends(state)
    if kind != STOP and not state.meter_points and first is not None and last is not None:
        if last == point or (leads_to(first, point, rate) and leads_to(point, last, rate)):
            return
        if leads_to(last, point, rate):
            state.meter_last_wh, state.meter_last_at = register_wh, at
            state.energy_wh = register_wh - first.wh
            if state.energy_wh > HIGHEST_ENERGY_WH:
                state.flag(METER_IMPLAUSIBLE)
            return
    known = [Point(*values) for values in state.meter_points] or [p for p in (first, last) if p is not None]
    is_doubted = _DOUBT in known or any(_fell_a_little(p, point) or _fell_a_little(point, p) for p in known)
    points = keep([*(p for p in known if p != _DOUBT), point], rate)
    _write(state, points, is_doubted, rating_w)


def doubt(state: MeterState) -> None:
    """Note that a register was told that cannot be."""
    points = state.meter_points or [list(point) for point in _ends(state) if point is not None]
    if list(_DOUBT) not in points:
        state.meter_points = [list(_DOUBT), *points]
    state.flag(METER_BACKWARDS)


def take_start_register(state: MeterState, register_wh: int | None, at: datetime, *, rating_w: int | None) -> None:
    """The register at the start (1.6 meterStart)."""
    if register_wh is not None:
        take_register(state, register_wh, at, rating_w=rating_w, kind=START)


def take_stop_register(state: MeterState, register_wh: int | None, at: datetime, *, rating_w: int | None) -> None:
    """The register at the end (1.6 meterStop): the charger's own word on the whole, so it counts even where it is
    more than the connector can have given; it is flagged then."""
    if register_wh is not None:
        take_register(state, register_wh, at, rating_w=rating_w, kind=STOP)


def contradicts_power(state: MeterState) -> bool:
    """Whether the register shows next to nothing of what the reported power amounts to."""
    return state.power_wh > TELLING_POWER_WH and state.energy_wh < state.power_wh * LEAST_SHARE_OF_POWER


def _write(state: MeterState, points: list[Point], is_doubted: bool, rating_w: int | None) -> None:
    """Set every column that follows from ``points``."""
    # Without a sound clock there is no telling how long the charger had.
    has_clock = CLOCK_IMPLAUSIBLE not in state.flags
    most_wh = partial(_most_wh, rating_w or HIGHEST_POWER_W) if has_clock else _anything
    curve = understand(points, most_wh)
    first, last = curve.path[0], curve.path[-1]
    state.meter_start_wh, state.meter_start_at = curve.base_wh, _instant(first.at_us)
    state.meter_last_wh, state.meter_last_at = last.wh, _instant(last.at_us)
    state.energy_wh = curve.energy_wh
    state.energy_carried_wh = curve.energy_wh - (last.wh - curve.base_wh)
    is_plain = len(points) <= 2 and len(curve.path) == len(points) and not curve.resets and last.kind != STOP
    is_plain = is_plain and not is_doubted and not curve.is_too_steep
    state.meter_points = [] if is_plain else [list(p) for p in ([_DOUBT] if is_doubted else []) + points]
    told = _flags_of(curve, points)
    if is_doubted:
        told.add(METER_BACKWARDS)
    if curve.energy_wh > min(HIGHEST_ENERGY_WH, most_wh(last.at_us - first.at_us) + ALLOWANCE_WH * len(curve.resets)):
        told.add(METER_IMPLAUSIBLE)
    others = [flag for flag in state.flags if flag not in _OWN]
    if told or len(others) != len(state.flags):
        state.flags = [*others, *sorted(told)]


def _flags_of(curve: Curve, points: list[Point]) -> set[str]:
    flags = {METER_IMPLAUSIBLE} if curve.is_too_steep else set()
    before = None
    for point in points:
        if point in curve.path:
            before = point
        else:
            flags.add(METER_BACKWARDS if before is not None and point.wh < before.wh else METER_IMPLAUSIBLE)
    for place in curve.resets:
        flags.add(METER_RESET)
        if not any(later.wh > curve.path[place].wh for later in curve.path[place + 1 : place + 2]):
            flags.add(METER_BACKWARDS)
    return flags


def _fell_a_little(before: Point, after: Point) -> bool:
    """Too little for a register that began anew."""
    return before.at_us < after.at_us and after.wh < before.wh < after.wh * 2


def _ends(state: MeterState) -> tuple[Point | None, Point | None]:
    """The first and the last register of a meter of which nothing else need be known."""
    if state.meter_start_wh is None or state.meter_start_at is None:
        return None, None
    first = Point(_us(state.meter_start_at), START, state.meter_start_wh)
    if state.meter_last_wh is None or state.meter_last_at is None:
        return first, None
    return first, Point(_us(state.meter_last_at), SAMPLE, state.meter_last_wh)


def _us(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _instant(at_us: int) -> datetime:
    return _EPOCH + at_us * _MICROSECOND


def _most_wh(rating_w: int, span_us: int) -> float:
    return ALLOWANCE_WH + rating_w * MARGIN * span_us / HOUR_US


def _anything(span_us: int) -> float:
    return float("inf")
