"""From a session's columns and readings to the usage that the tariff engine prices. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from apps.sessions.engine.meter import MeterState, take_register
from apps.tariffs.engine.kinds import UsageState
from apps.tariffs.engine.readings import Reading, StateChange, usage_from_readings
from apps.tariffs.engine.usage import Usage

Register = tuple[datetime, int, int | None]  # instant, register in Wh, power in W
_STATES = {
    "Charging": UsageState.CHARGING,
    "SuspendedEV": UsageState.SUSPENDED_EV,
    "SuspendedEVSE": UsageState.SUSPENDED_EVSE,
    "Finishing": UsageState.IDLE,
}


def usage_of(
    *,
    started_at: datetime,
    ended_at: datetime | None,
    energy_wh: int,
    counted_until: datetime | None,
    charging_states: Sequence[Sequence] = (),
    registers: Sequence[Register] = (),
    known_until: datetime | None = None,
) -> Usage:
    """The usage of a session whose energy is ``energy_wh``, reached at ``counted_until``.

    registers: what the meter showed in between, any order; it shapes the curve, never the total. known_until: how far
    the facts of a running session reach (usually now).
    """
    horizon = ended_at or known_until
    curve = [Reading(at, Decimal(min(wh, energy_wh)), _decimal(power)) for at, wh, power in _counted(registers)]
    readings = [Reading(started_at, Decimal(0)), *(reading for reading in curve if reading.at > started_at)]
    last_at = max(readings[-1].at, counted_until or readings[-1].at)
    if readings[-1].register_wh < energy_wh:
        end_at = last_at if last_at > readings[-1].at or horizon is None else horizon
        readings.append(Reading(end_at if horizon is None else min(end_at, horizon), Decimal(energy_wh)))
    return usage_from_readings(
        readings,
        started_at=started_at,
        ended_at=ended_at,
        states=_changes(started_at, charging_states),
        known_until=known_until,
    )


def _counted(registers: Sequence[Register]) -> list[Register]:
    """The registers as energy since the first of them, by the rules of the meter."""
    meter = MeterState()
    counted = []
    counted_wh = 0
    for at, register_wh, power_w in sorted(registers, key=lambda register: register[0]):
        take_register(meter, register_wh, at, rating_w=None)
        # What was counted too early and is doubted now is no second delivery.
        counted_wh = max(counted_wh, meter.energy_wh)
        counted.append((at, counted_wh, power_w))
    return counted


def _changes(started_at: datetime, charging_states: Sequence[Sequence]) -> list[StateChange]:
    """EVConnected and Idle mean waiting before the first charge and idling after it."""
    changes = []
    has_charged = False
    for _, at_ms, state in charging_states:
        has_charged = has_charged or state == "Charging"
        usage_state = _STATES.get(state, UsageState.IDLE if has_charged else UsageState.WAITING)
        changes.append(StateChange(max(datetime.fromtimestamp(at_ms / 1000, UTC), started_at), usage_state))
    return changes


def _decimal(power_w: int | None) -> Decimal | None:
    return None if power_w is None else Decimal(power_w)
