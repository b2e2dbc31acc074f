"""Making a profile fit a charger, or saying why it cannot. Pure.

Whatever is changed only ever lowers a limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from apps.energy.engine.capabilities import Capabilities
from apps.energy.engine.composite import NOMINAL_V, convert

TENTH = Decimal("0.1")
ZERO = Decimal(0)
OPEN_END_S = 86_400  # for weighing periods of a schedule without an end


class DoesNotFit(Exception):
    """``field`` is to blame; ``sentence`` is for people."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


@dataclass(frozen=True, slots=True)
class Fitted:
    """``changes``: what was changed, one sentence each."""

    profile: ChargingProfile
    changes: tuple[str, ...] = ()


def fit_profile(profile: ChargingProfile, capabilities: Capabilities) -> Fitted:
    """``profile`` as the charger can take it. Raises ``DoesNotFit``."""
    level = capabilities.max_stack_level
    if level is not None and profile.stack_level > level:
        raise DoesNotFit("stack_level", f"The charger takes stack levels up to {level}.")
    said: list[str] = []
    schedules = tuple(_fit_schedule(schedule, capabilities, said) for schedule in profile.schedules)
    return Fitted(replace(profile, schedules=schedules), tuple(dict.fromkeys(said)))


def _fit_schedule(schedule: ChargingSchedule, capabilities: Capabilities, said: list[str]) -> ChargingSchedule:
    if schedule.unit not in capabilities.units:
        schedule = _change_unit(schedule, capabilities, said)
    schedule = _floor_limits(schedule, said)
    most = capabilities.max_periods
    if most is not None and len(schedule.periods) > most:
        if any(period.has_mode for period in schedule.periods):
            raise DoesNotFit("periods", f"The charger takes {most} periods; those with modes cannot be merged.")
        before = len(schedule.periods)
        schedule = replace(schedule, periods=_merge(schedule, most))
        said.append(f"The charger takes {most} periods: {before} were merged into {len(schedule.periods)}.")
    return schedule


def _change_unit(schedule: ChargingSchedule, capabilities: Capabilities, said: list[str]) -> ChargingSchedule:
    to = next(iter(sorted(capabilities.units)))
    if capabilities.is_dc:
        words = {"A": "amperes", "W": "watts"}
        raise DoesNotFit("unit", f"This DC charger takes {words[to]} only; its voltage varies, so give {words[to]}.")

    def changed(limit: Decimal | None, phases: int) -> Decimal | None:
        return None if limit is None else convert(limit, unit=schedule.unit, to=to, phases=phases)

    periods = tuple(
        replace(
            period,
            limit=changed(period.limit, phases := min(period.number_phases or 3, capabilities.phases)),
            setpoint=changed(period.setpoint, phases),
            discharge_limit=changed(period.discharge_limit, phases),
        )
        for period in schedule.periods
    )
    said.append(f"The charger takes {to} only: limits were converted at {NOMINAL_V} V per phase.")
    rate = changed(schedule.min_charging_rate, capabilities.phases)
    return replace(schedule, unit=to, periods=periods, min_charging_rate=rate)


def _floor_limits(schedule: ChargingSchedule, said: list[str]) -> ChargingSchedule:
    periods = tuple(
        replace(
            period,
            limit=floor_tenth(period.limit),
            setpoint=floor_tenth(period.setpoint),
            discharge_limit=floor_tenth(period.discharge_limit),
        )
        for period in schedule.periods
    )
    if periods != schedule.periods:
        said.append("Limits were rounded down to one decimal.")
    return replace(schedule, periods=periods, min_charging_rate=floor_tenth(schedule.min_charging_rate))


def floor_tenth(limit: Decimal | None) -> Decimal | None:
    """Rounded towards 0 to one decimal, which is all that OCPP carries."""
    if limit is None or limit == limit.quantize(TENTH):
        return limit
    return limit.quantize(TENTH, ROUND_DOWN)


def _merge(schedule: ChargingSchedule, most: int) -> tuple[ChargingSchedulePeriod, ...]:
    """At most ``most`` periods: again and again the two neighbours are joined at the lower limit that lose least."""
    periods = list(schedule.periods)
    end_s = schedule.duration_s or periods[-1].start_s + OPEN_END_S
    while len(periods) > most:
        losses = [_loss(periods, index, end_s) for index in range(len(periods) - 1)]
        index = losses.index(min(losses))
        periods[index : index + 2] = [_lower(periods[index], periods[index + 1])]
    return tuple(periods)


def _loss(periods: Sequence[ChargingSchedulePeriod], index: int, end_s: int) -> Decimal:
    """What joining the periods ``index`` and ``index + 1`` takes away, in limit × seconds × phases."""
    first, second = periods[index], periods[index + 1]
    after_s = periods[index + 2].start_s if index + 2 < len(periods) else end_s
    joined = _size(_lower(first, second))
    return (_size(first) - joined) * (second.start_s - first.start_s) + (_size(second) - joined) * max(
        after_s - second.start_s, 0
    )


def _lower(first: ChargingSchedulePeriod, second: ChargingSchedulePeriod) -> ChargingSchedulePeriod:
    limits = [limit for limit in (first.limit, second.limit) if limit is not None]
    phases = min(first.number_phases or 3, second.number_phases or 3)
    unsaid = first.number_phases is None and second.number_phases is None
    same_phase = first.phase_to_use == second.phase_to_use
    return ChargingSchedulePeriod(
        first.start_s,
        min(limits, default=None),
        None if unsaid else phases,
        first.phase_to_use if same_phase else (first.phase_to_use or second.phase_to_use if phases == 1 else None),
    )


def _size(period: ChargingSchedulePeriod) -> Decimal:
    return (period.limit or ZERO) * (period.number_phases or 3)
