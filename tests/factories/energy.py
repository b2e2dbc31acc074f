"""Charging profiles, and lessons as the gateway would hand them to the services."""

from decimal import Decimal

from apps.chargers.facts import Lesson
from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from tests.factories.chargers import NOON, context_of


def profile_of(
    number=1,
    *periods,
    purpose="TxDefaultProfile",
    level=0,
    kind="Absolute",
    unit="A",
    start=NOON,
    duration=None,
    **more,
) -> ChargingProfile:
    """A profile of ``(start_s, limit)`` periods; 16 A without an end where none are given."""
    found = tuple(ChargingSchedulePeriod(at, Decimal(str(limit))) for at, limit in periods or ((0, 16),))
    schedule = ChargingSchedule(unit, found, start_at=start, duration_s=duration)
    return ChargingProfile(number, level, purpose, kind, (schedule,), **more)


def lesson_of(station, learnt, *, command, at=NOON) -> Lesson:
    """What the answer to ``command`` (a row or its key) taught."""
    return Lesson(context_of(station), learnt, getattr(command, "pk", command), at)
