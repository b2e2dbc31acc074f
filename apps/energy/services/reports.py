"""Profiles and limits as chargers tell them by themselves (2.x)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers.facts import Fact
from apps.chargers.messages.charging_profiles import ChargingProfile, schedule_as_json
from apps.chargers.messages.events import ChargingLimitCleared, ChargingLimitNotified, ChargingProfilesReported
from apps.chargers.messages.replies import Reply
from apps.chargers.services.bounds import keep_newest
from apps.chargers.services.commands import Confirmation, confirm_commands
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.deviations import Deviation, note_deviations
from apps.core.db.rowsets import without_nul
from apps.energy.choices import IN_FORCE, ProfileSource, ProfileState
from apps.energy.models import ChargingLimit, InstalledProfile, ProfileReport
from apps.energy.services.installed import columns_of, end, lock_controls, take

REPORT_COMPLETED = "report.completed"
MAX_STRANGERS = 50
"""Profiles of one station that we did not send, and that it tells of: more than chargers hold in all."""
MAX_LIMITS = 50
"""Limits of other systems at one station; a further one is answered and not kept."""
MAX_IDS = 5_000
MOST_REPORTS = 100
"""Of one station that are remembered: the newest."""


@transaction.atomic(savepoint=False)
def record_profile_reports(facts: Sequence[Fact[ChargingProfilesReported]]) -> list[Reply]:
    """Store parts of reports; the one without ``tbc`` is the last, and proves its GetChargingProfiles (K09)."""
    if not facts:
        return []
    completed = [
        Confirmation(fact.station.station_id, REPORT_COMPLETED, str(fact.event.request_id))
        for fact in facts
        if not fact.event.to_be_continued
    ]
    confirm_commands(completed, at=max(fact.received_at for fact in facts))  # commands are locked before controls
    lock_controls(fact.station.station_id for fact in facts)
    for fact in facts:
        _store_profiles(fact)
        report, is_new = ProfileReport.objects.get_or_create(
            station_id=fact.station.station_id,
            request_id=fact.event.request_id,
            defaults={"started_at": fact.received_at},
        )
        report.parts += 1
        if len(report.profile_ids) < MAX_IDS:
            report.profile_ids = sorted({*report.profile_ids, *(profile.id for profile in fact.event.profiles)})
        if not fact.event.to_be_continued:
            report.completed_at = fact.received_at
        report.save()
        reconcile(report, fact.received_at)
        if is_new:
            keep_newest(ProfileReport._meta.db_table, [fact.station.station_id], MOST_REPORTS, by="started_at")
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def reconcile(report: ProfileReport, at: datetime) -> None:
    """After a whole report: what we took to be installed and it does not name is not there."""
    if report.completed_at is None or report.criteria is None:
        return
    criteria = report.criteria
    rows = InstalledProfile.objects.filter(station_id=report.station_id, created_at__lt=report.started_at)
    for column, value in (
        ("evse_number", criteria["evse_id"]),
        ("purpose", criteria["purpose"]),
        ("stack_level", criteria["stack_level"]),
    ):
        if value is not None:
            rows = rows.filter(**{column: value})
    if criteria["profile_ids"]:
        rows = rows.filter(profile_id__in=criteria["profile_ids"])
    if criteria["limit_sources"]:
        rows = rows.filter(limit_source__in=criteria["limit_sources"])
    gone = rows.exclude(profile_id__in=report.profile_ids).exclude(state=ProfileState.ASKED)
    end(gone, ProfileState.CLEARED, at, "The charger’s report does not name it.")


@transaction.atomic(savepoint=False)
def record_limits(facts: Sequence[Fact[ChargingLimitNotified]]) -> list[Reply]:
    """Keep limits by other systems; the same source at the same place replaces its own (K11, K12)."""
    if not facts:
        return []
    lock_controls(fact.station.station_id for fact in facts)
    for fact in facts:
        event = fact.event
        if _has_too_many_limits(fact):
            example = f"{event.source} at EVSE {event.evse_id}"
            note_deviations([Deviation(fact.station.station_id, "too-many-limits", example)], fact.received_at)
            continue
        ChargingLimit.objects.update_or_create(
            station_id=fact.station.station_id,
            evse_number=event.evse_id,
            source=without_nul(event.source)[:20],
            cleared_at=None,
            defaults={
                "is_grid_critical": event.is_grid_critical,
                "schedules": [without_nul(schedule_as_json(schedule)) for schedule in event.schedules],
                "told_at": fact.received_at,
            },
            create_defaults={
                "is_grid_critical": event.is_grid_critical,
                "schedules": [without_nul(schedule_as_json(schedule)) for schedule in event.schedules],
                "told_at": fact.received_at,
                "started_at": fact.received_at,
            },
        )
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


@transaction.atomic(savepoint=False)
def record_cleared_limits(facts: Sequence[Fact[ChargingLimitCleared]]) -> list[Reply]:
    """A limit by another system is gone (K13); without an EVSE, everywhere at the station."""
    for fact in facts:
        rows = ChargingLimit.objects.in_force().filter(
            station_id=fact.station.station_id, source=without_nul(fact.event.source)[:20]
        )
        if fact.event.evse_id:
            rows = rows.filter(evse_number=fact.event.evse_id)
        rows.update(cleared_at=fact.received_at)
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def _has_too_many_limits(fact: Fact[ChargingLimitNotified]) -> bool:
    kept = ChargingLimit.objects.in_force().filter(station_id=fact.station.station_id)
    same = kept.filter(evse_number=fact.event.evse_id, source=without_nul(fact.event.source)[:20])
    return kept.count() >= MAX_LIMITS and not same.exists()


def _strangers(station_id: int) -> int:
    rows = InstalledProfile.objects.in_force().filter(station_id=station_id, source=ProfileSource.CHARGER)
    return rows.count()


def _store_profiles(fact: Fact[ChargingProfilesReported]) -> None:
    room = MAX_STRANGERS - _strangers(fact.station.station_id) if fact.event.profiles else 0
    for profile in fact.event.profiles:
        is_new = _store_reported(fact, profile, has_room=room > 0)
        room -= is_new is True
        if is_new is None:
            example = f"profile {profile.id}"
            note_deviations([Deviation(fact.station.station_id, "too-many-profiles", example)], fact.received_at)


def _store_reported(fact: Fact[ChargingProfilesReported], profile: ChargingProfile, *, has_room: bool) -> bool | None:
    """The row we have of it becomes what the charger says; a stranger gets one if ``has_room``: then true, else
    ``None``.
    """
    mine = InstalledProfile.objects.filter(station_id=fact.station.station_id, profile_id=profile.id)
    row = mine.filter(state__in=IN_FORCE).first() or mine.filter(state=ProfileState.UNANSWERED).first()
    state = ProfileState.ACCEPTED if row is not None else ProfileState.REPORTED
    is_stranger = row is None
    if row is None:
        if not has_room:
            return None
        row = InstalledProfile(
            station_id=fact.station.station_id, source=ProfileSource.CHARGER, created_at=fact.received_at
        )
    for name, value in columns_of(profile).items():
        setattr(row, name, value)
    row.evse_number = fact.event.evse_id
    row.limit_source = without_nul(fact.event.source)[:20]
    row.reported_at = fact.received_at
    if row.state in IN_FORCE:
        row.save()
    else:
        take(row, row.taken_at or fact.received_at, state=state)
    return is_stranger
