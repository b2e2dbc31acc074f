"""A profile for what a car asks for by ISO 15118: the seam where planning of load comes in. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from apps.chargers.messages.charging_profiles import (
    ChargingProfile,
    ChargingSchedule,
    ChargingSchedulePeriod,
    ProfileKind,
    ProfilePurpose,
)
from apps.chargers.messages.events import ChargingNeeds
from apps.energy.engine.composite import NOMINAL_V, EvseState, convert
from apps.energy.engine.fitting import floor_tenth

LONGEST = timedelta(days=1)
SHORTEST = timedelta(minutes=5)
PHASES = {"AC_single_phase": 1, "AC_two_phase": 2, "AC_three_phase": 3}
FALLBACK_A = Decimal(32)


@dataclass(frozen=True, slots=True)
class Plan:
    """``reaches_needs`` is ``None`` where the car did not say enough."""

    profile: ChargingProfile
    reaches_needs: bool | None = None


def plan_for_needs(
    needs: ChargingNeeds,
    *,
    evse: EvseState,
    allowed_w: Decimal | None,
    profile_id: int,
    stack_level: int,
    at: datetime,
) -> Plan:
    """As much as the car can take and the place may give, from now until the car leaves (a day where it does not say).

    Charging at once at full power is the earliest that its energy can be there. ``allowed_w`` is what other limits
    leave now. One period, so every car and charger can take it. The load engine will put its own plan in this place.
    """
    is_dc = needs.energy_transfer.startswith("DC")
    phases = 1 if is_dc else min(PHASES.get(needs.energy_transfer, 3), evse.phases)
    power_w = _most_w(needs, evse, phases, is_dc, allowed_w)
    unit = "W" if is_dc else "A"
    limit = floor_tenth(convert(power_w, unit="W", to=unit, phases=phases)) or Decimal(0)
    period = ChargingSchedulePeriod(0, limit, None if is_dc else phases)
    lasts = LONGEST if needs.departure_at is None else min(max(needs.departure_at - at, SHORTEST), LONGEST)
    schedule = ChargingSchedule(unit, (period,), start_at=at, duration_s=int(lasts.total_seconds()))
    profile = ChargingProfile(
        id=profile_id,
        stack_level=stack_level,
        purpose=ProfilePurpose.TX.value,
        kind=ProfileKind.ABSOLUTE.value,
        schedules=(schedule,),
        transaction_id=evse.transaction_id,
    )
    return Plan(profile, _reaches(needs, power_w, at))


def _most_w(needs: ChargingNeeds, evse: EvseState, phases: int, is_dc: bool, allowed_w: Decimal | None) -> Decimal:
    bounds = [Decimal(evse.max_power_w)] if evse.max_power_w is not None else []
    if allowed_w is not None:
        bounds.append(allowed_w)
    if needs.max_power_w:
        bounds.append(Decimal(needs.max_power_w))
    if needs.max_current_a and is_dc and needs.max_voltage_v:
        bounds.append(Decimal(needs.max_current_a) * needs.max_voltage_v)
    elif needs.max_current_a and not is_dc:
        bounds.append(Decimal(needs.max_current_a) * NOMINAL_V * phases)
    return max(min(bounds, default=FALLBACK_A * NOMINAL_V * phases), Decimal(0))


def _reaches(needs: ChargingNeeds, power_w: Decimal, at: datetime) -> bool | None:
    if not needs.energy_wh or needs.departure_at is None:
        return None
    hours = Decimal(max(needs.departure_at - at, timedelta(0)).total_seconds()) / 3600
    return power_w * hours >= needs.energy_wh
