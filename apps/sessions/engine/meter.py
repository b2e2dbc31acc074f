"""Counting a session's energy from the registers that a charger reports. Pure.

Registers arrive late, twice, backwards, restarted or absurd. What is counted never falls; what is doubted is flagged
and not counted, so that a fault can cost a review but never money.
"""

from dataclasses import dataclass, field
from datetime import datetime

from apps.chargers.messages.metering import MeterReading

METER_BACKWARDS = "meter_backwards"
METER_IMPLAUSIBLE = "meter_implausible"
METER_RESET = "meter_reset"
# More than any connector gives; the allowance covers registers that count in steps of 100 Wh and coarse timestamps.
HIGHEST_POWER_W = 1_000_000
ALLOWANCE_WH = 1_000
MARGIN = 1.25
ABSURD_POWER_W = 10**9


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


def take_reading(
    state: MeterState, reading: MeterReading, at: datetime, *, rating_w: int | None, is_over: bool = False
) -> None:
    """Bring ``state`` up to ``reading``, held to be of ``at``.

    rating_w: what the station can give, ``None`` if unknown. is_over: the session has ended, so momentary values say
    nothing any more. A reading older than the last one counts only for the energy's beginning.
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


def take_register(state: MeterState, register_wh: int, at: datetime, *, rating_w: int | None) -> None:
    """Count up to the import register ``register_wh`` read at ``at``."""
    if register_wh < 0:
        state.flag(METER_BACKWARDS)
        return
    if state.meter_last_wh is None or state.meter_last_at is None:
        if state.meter_start_wh is None:
            state.meter_start_wh, state.meter_start_at = register_wh, at
        state.meter_last_wh, state.meter_last_at = max(register_wh, state.meter_start_wh), at
    elif at > state.meter_last_at or (at == state.meter_last_at and register_wh >= state.meter_last_wh):
        _go_on(state, register_wh, at, rating_w)
    elif state.meter_start_at is not None and at < state.meter_start_at and register_wh <= (state.meter_start_wh or 0):
        state.meter_start_wh, state.meter_start_at = register_wh, at
    _count(state)


def take_start_register(state: MeterState, register_wh: int | None, at: datetime) -> None:
    """The register at the start (1.6 meterStart). One that contradicts what was read since is flagged and left out."""
    if register_wh is None:
        return
    if register_wh < 0 or (state.meter_last_wh is not None and register_wh > state.meter_last_wh):
        state.flag(METER_BACKWARDS)
        return
    state.meter_start_wh, state.meter_start_at = register_wh, at
    if state.meter_last_wh is None:
        state.meter_last_wh, state.meter_last_at = register_wh, at
    _count(state)


def take_stop_register(
    state: MeterState, register_wh: int | None, at: datetime, *, rating_w: int | None, clock_is_sound: bool
) -> None:
    """The register at the end (1.6 meterStop): the charger's own word on the whole, so it counts even where it is
    more than the connector can have given; it is flagged then. Without a sound clock that cannot be judged."""
    if register_wh is None:
        return
    last_wh = state.meter_last_wh
    if register_wh < 0 or (last_wh is not None and register_wh < last_wh):
        state.flag(METER_BACKWARDS)
        return
    if state.meter_start_wh is None:
        state.meter_start_wh, state.meter_start_at = register_wh, at
    elif clock_is_sound and state.meter_last_at is not None:
        given_wh = register_wh - (last_wh if last_wh is not None else state.meter_start_wh)
        if given_wh > _most_wh(state.meter_last_at, at, rating_w):
            state.flag(METER_IMPLAUSIBLE)
    state.meter_last_wh = register_wh
    state.meter_last_at = at if state.meter_last_at is None else max(at, state.meter_last_at)
    _count(state)


def _go_on(state: MeterState, register_wh: int, at: datetime, rating_w: int | None) -> None:
    last_wh = state.meter_last_wh or 0
    most_wh = _most_wh(state.meter_last_at, at, rating_w)
    if register_wh < last_wh:
        if register_wh * 2 > last_wh or _is_kwh(register_wh, last_wh, most_wh):
            state.flag(METER_BACKWARDS)
            return
        # The register began anew: what it shows was given since, unless that is more than there was time for.
        state.flag(METER_RESET)
        state.energy_carried_wh += last_wh - (state.meter_start_wh or 0)
        state.meter_start_wh = 0 if register_wh <= most_wh else register_wh
    elif register_wh - last_wh > most_wh:
        state.flag(METER_IMPLAUSIBLE)
        return
    state.meter_last_wh, state.meter_last_at = register_wh, at


def _is_kwh(register_wh: int, last_wh: int, most_wh: float) -> bool:
    """Whether the number would fit the register if it were kWh, as some chargers send it labelled Wh (1.6).

    A register below ``ALLOWANCE_WH`` says nothing: it has just begun anew, or cannot have been more than that.
    """
    return last_wh > ALLOWANCE_WH and last_wh - 1000 <= register_wh * 1000 <= last_wh + most_wh + 1000


def _most_wh(since: datetime, until: datetime, rating_w: int | None) -> float:
    hours = max((until - since).total_seconds(), 0) / 3600
    return ALLOWANCE_WH + (rating_w or HIGHEST_POWER_W) * MARGIN * hours


def _count(state: MeterState) -> None:
    if state.meter_start_wh is not None and state.meter_last_wh is not None:
        counted_wh = state.energy_carried_wh + state.meter_last_wh - state.meter_start_wh
        state.energy_wh = max(counted_wh, 0)
