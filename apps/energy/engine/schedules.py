"""When a charging profile says what. Pure; all instants UTC, so no day has 23 hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedulePeriod, ProfileKind

RECURRENCE = {"Daily": timedelta(days=1), "Weekly": timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Installed:
    """A profile where it is installed. ``evse`` 0: the whole station. ``since``: when the charger took it."""

    profile: ChargingProfile
    evse: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch of a schedule: from ``starts_at`` until ``ends_at`` (half-open, ``None``: for good)."""

    starts_at: datetime
    ends_at: datetime | None


def runs(installed: Installed, session_started_at: datetime | None, *, start: datetime, end: datetime) -> Iterator[Run]:
    """The stretches of the profile's schedule that may touch ``[start, end)``, its validity left aside.

    A relative profile begins with the session; where none runs, at ``start``, as if one began then.
    """
    profile, schedule = installed.profile, installed.profile.schedule
    duration = None if schedule.duration_s is None else timedelta(seconds=max(schedule.duration_s, 0))
    anchor = _anchor(installed, session_started_at, start)
    if profile.kind != ProfileKind.RECURRING:
        yield Run(anchor, None if duration is None else anchor + duration)
        return
    every = RECURRENCE.get(profile.recurrency or "Daily", RECURRENCE["Daily"])
    length = every if duration is None else min(duration, every)
    begin = anchor + max(0, (start - anchor) // every) * every
    while begin < end:
        yield Run(begin, begin + length)
        begin += every


def _anchor(installed: Installed, session_started_at: datetime | None, start: datetime) -> datetime:
    profile = installed.profile
    if profile.kind in (ProfileKind.ABSOLUTE, ProfileKind.RECURRING) and profile.schedule.start_at is not None:
        return profile.schedule.start_at
    if profile.purpose in ("TxProfile", "TxDefaultProfile", "PriorityCharging"):
        return session_started_at or start
    return installed.since


def period_at(
    installed: Installed, at: datetime, session_started_at: datetime | None, *, start: datetime
) -> ChargingSchedulePeriod | None:
    """The period in force at ``at``, ``None`` where the profile says nothing then; ``start``: of the window."""
    profile = installed.profile
    if (profile.valid_from and at < profile.valid_from) or (profile.valid_to and at >= profile.valid_to):
        return None
    for run in runs(installed, session_started_at, start=start, end=at + timedelta(seconds=1)):
        if run.starts_at <= at and (run.ends_at is None or at < run.ends_at):
            elapsed_s = (at - run.starts_at).total_seconds()
            begun = [period for period in profile.schedule.periods if period.start_s <= elapsed_s]
            if begun:
                return begun[-1]
    return None


def changes(
    installed: Installed, session_started_at: datetime | None, *, start: datetime, end: datetime
) -> set[datetime]:
    """Instants within ``(start, end)`` at which the profile may begin to say something else."""
    profile = installed.profile
    found = {moment for moment in (profile.valid_from, profile.valid_to) if moment is not None}
    for run in runs(installed, session_started_at, start=start, end=end):
        found.update(run.starts_at + timedelta(seconds=period.start_s) for period in profile.schedule.periods)
        if run.ends_at is not None:
            found.add(run.ends_at)
    return {moment for moment in found if start < moment < end}


def has_ended(installed: Installed, at: datetime) -> bool:
    """Whether the profile will never say anything again (a relative one may, with the next session)."""
    profile, schedule = installed.profile, installed.profile.schedule
    if profile.valid_to is not None and profile.valid_to <= at:
        return True
    if profile.kind != ProfileKind.ABSOLUTE or schedule.start_at is None or schedule.duration_s is None:
        return False
    return schedule.start_at + timedelta(seconds=schedule.duration_s) <= at


def limits_of(profile: ChargingProfile) -> Iterator[Decimal]:
    """Every limit that the profile names."""
    return (period.limit for schedule in profile.schedules for period in schedule.periods if period.limit is not None)
