"""Whether what a car announces stays within what it may draw. Pure."""

from bisect import bisect_left, bisect_right
from datetime import datetime
from decimal import Decimal

from apps.chargers.messages.charging_profiles import ChargingSchedule
from apps.energy.engine.composite import StationState, composite

SLACK = Decimal("1.02")
OPEN_END_S = 3600
LONGEST_S = 7 * 86_400


def exceeds(schedule: ChargingSchedule, time_base: datetime, state: StationState, *, evse: int) -> str:
    """One sentence about the first stretch in which the car would draw more than ``evse`` may; empty if none."""
    periods = [period for period in schedule.periods if period.limit is not None and 0 <= period.start_s <= LONGEST_S]
    if not periods:
        return ""
    last_s = periods[-1].start_s + OPEN_END_S if schedule.duration_s is None else schedule.duration_s
    ends_s = [*(period.start_s for period in periods[1:]), min(last_s, LONGEST_S)]
    # Once over the whole time: a car may announce a thousand periods, and a charger know of a thousand changes.
    stretches = composite(state, evse=evse, at=time_base, duration_s=max(ends_s), unit=schedule.unit)
    starts_s = [stretch.start_s for stretch in stretches]
    for period, end_s in zip(periods, ends_s, strict=True):
        if end_s <= period.start_s:
            continue
        there = stretches[max(bisect_right(starts_s, period.start_s) - 1, 0) : bisect_left(starts_s, end_s)]
        lowest = min((stretch.limit for stretch in there if stretch.limit is not None), default=None)
        assert period.limit is not None
        if lowest is not None and period.limit > lowest * SLACK:
            unit = schedule.unit
            return (
                f"From second {period.start_s} on the car would draw {period.limit:f} {unit}; it may {lowest:f} {unit}."
            )
    return ""
