"""Whether an element's restrictions hold at a moment of a session."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from .exact import WH_PER_KWH
from .tariff import Restrictions
from .zones import in_daily_window


class Moment(NamedTuple):
    """Where a session stands when a period begins.

    local: the site's clock. elapsed_s, energy_wh: since the start of the session. Lowest and highest power and
    current of the period are equal where only one value is known, None where none is.
    """

    local: datetime
    elapsed_s: Decimal
    energy_wh: Decimal
    min_power_w: Decimal | None = None
    max_power_w: Decimal | None = None
    min_current_a: Decimal | None = None
    max_current_a: Decimal | None = None


def matches(restrictions: Restrictions, moment: Moment) -> bool:
    """All restrictions that are set must hold; a bound on an unknown power or current does not."""
    return (
        _clock_matches(restrictions, moment.local)
        and _within(restrictions.min_duration_s, restrictions.max_duration_s, moment.elapsed_s)
        and _energy_matches(restrictions, moment.energy_wh)
        and _power_matches(restrictions, moment)
        and _current_matches(restrictions, moment)
    )


def _clock_matches(restrictions: Restrictions, local: datetime) -> bool:
    if restrictions.day_of_week and local.isoweekday() not in restrictions.day_of_week:
        return False
    if restrictions.start_date is not None and local.date() < restrictions.start_date:
        return False
    if restrictions.end_date is not None and local.date() >= restrictions.end_date:
        return False
    if restrictions.start_time is None and restrictions.end_time is None:
        return True
    return in_daily_window(local.time(), restrictions.start_time, restrictions.end_time)


def _within(minimum: int | None, maximum: int | None, value: Decimal) -> bool:
    return (minimum is None or minimum <= value) and (maximum is None or value < maximum)


def _energy_matches(restrictions: Restrictions, energy_wh: Decimal) -> bool:
    if restrictions.min_kwh is not None and energy_wh < restrictions.min_kwh * WH_PER_KWH:
        return False
    return restrictions.max_kwh is None or energy_wh < restrictions.max_kwh * WH_PER_KWH


def _power_matches(restrictions: Restrictions, moment: Moment) -> bool:
    low, high = restrictions.min_power_kw, restrictions.max_power_kw
    if low is not None and (moment.min_power_w is None or moment.min_power_w < low * WH_PER_KWH):
        return False
    return high is None or (moment.max_power_w is not None and moment.max_power_w < high * WH_PER_KWH)


def _current_matches(restrictions: Restrictions, moment: Moment) -> bool:
    low, high = restrictions.min_current_a, restrictions.max_current_a
    if low is not None and (moment.min_current_a is None or moment.min_current_a < low):
        return False
    return high is None or (moment.max_current_a is not None and moment.max_current_a < high)
