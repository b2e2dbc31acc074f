"""What chargers' answers teach about their profiles, whoever asked."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from apps.chargers.facts import Lesson
from apps.chargers.messages.charging_profiles import ProfilePurpose
from apps.chargers.messages.commands.smart_charging import (
    CompositeScheduleTold,
    ProfileAnswered,
    ProfileReportPromised,
    ProfilesCleared,
)
from apps.chargers.services.commands.nudging import nudge_stations
from apps.energy.choices import ProfileSource, ProfileState
from apps.energy.engine.comparing import find_differences, stretches_of
from apps.energy.engine.composite import Stretch, composite
from apps.energy.models import ChargingControl, CompositeScheduleReading, InstalledProfile, ProfileReport
from apps.energy.selectors.station_state import load_state
from apps.energy.services.installed import columns_of, end, lock_controls, take
from apps.energy.services.reports import reconcile

UNDECIDED = (ProfileState.ASKED, ProfileState.UNANSWERED)


@transaction.atomic(savepoint=False)
def learn_profile_answers(lessons: Sequence[Lesson[ProfileAnswered]]) -> None:
    """A profile is in force, or was refused. One that a raw call brought gets its row here."""
    lock_controls(lesson.station.station_id for lesson in lessons)
    for lesson in lessons:
        learnt = lesson.learnt
        row = InstalledProfile.objects.filter(command_id=lesson.command_id).first() or InstalledProfile(
            station_id=lesson.station.station_id,
            evse_number=learnt.evse_id or 0,
            source=ProfileSource.RAW,
            command_id=lesson.command_id,
            created_at=lesson.at,
            **columns_of(learnt.profile),
        )
        if row.state not in UNDECIDED:
            continue
        if learnt.accepted:
            take(row, lesson.at)
        else:
            row.state, row.ended_at = ProfileState.REJECTED, lesson.at
            row.explanation = f"The charger refused it: {learnt.reason}."
            row.save()
    nudge_stations({lesson.station.station_id for lesson in lessons})


@transaction.atomic(savepoint=False)
def learn_clears(lessons: Sequence[Lesson[ProfilesCleared]]) -> None:
    """What was cleared is gone; and where the charger knew of none, none is there either."""
    lock_controls(lesson.station.station_id for lesson in lessons)
    for lesson in lessons:
        learnt = lesson.learnt
        rows = matching(
            lesson.station.station_id,
            evse_id=learnt.evse_id,
            purpose=learnt.purpose,
            stack_level=learnt.stack_level,
            profile_ids=() if learnt.profile_id is None else (learnt.profile_id,),
        ).exclude(purpose=ProfilePurpose.EXTERNAL)
        words = "The charger cleared it." if learnt.found else "The charger says that it holds no such profile."
        end(rows.exclude(state=ProfileState.ASKED), ProfileState.CLEARED, lesson.at, words)
    nudge_stations({lesson.station.station_id for lesson in lessons})


@transaction.atomic(savepoint=False)
def learn_report_promises(lessons: Sequence[Lesson[ProfileReportPromised]]) -> None:
    """Keep what was asked for, so that the report also tells what is missing; NoProfiles is a report of none."""
    lock_controls(lesson.station.station_id for lesson in lessons)
    for lesson in lessons:
        learnt = lesson.learnt
        report, _ = ProfileReport.objects.get_or_create(
            station_id=lesson.station.station_id, request_id=learnt.request_id, defaults={"started_at": lesson.at}
        )
        report.criteria = {
            "evse_id": learnt.evse_id,
            "purpose": learnt.purpose,
            "stack_level": learnt.stack_level,
            "profile_ids": list(learnt.profile_ids),
            "limit_sources": list(learnt.limit_sources),
        }
        if not learnt.found:
            report.completed_at = lesson.at
        report.save()
        reconcile(report, lesson.at)
    nudge_stations({lesson.station.station_id for lesson in lessons})


@transaction.atomic(savepoint=False)
def learn_composites(lessons: Sequence[Lesson[CompositeScheduleTold]]) -> None:
    """Keep what the charger says it will allow beside what we computed, and whether the two agree."""
    for lesson in lessons:
        reading = _reading(lesson)
        control = lock_controls([reading.station_id])[reading.station_id]
        CompositeScheduleReading.objects.update_or_create(
            command_id=lesson.command_id,
            defaults={
                field.attname: getattr(reading, field.attname)
                for field in CompositeScheduleReading._meta.concrete_fields
                if field.attname not in ("id", "command_id")
            },
        )
        if reading.was_accepted:
            ChargingControl.objects.filter(pk=control.pk).update(
                composite_agrees=reading.agrees, composite_checked_at=lesson.at
            )
    nudge_stations({lesson.station.station_id for lesson in lessons})


def matching(
    station_id: int,
    *,
    evse_id: int | None = None,
    purpose: str | None = None,
    stack_level: int | None = None,
    profile_ids: Sequence[int] = (),
) -> QuerySet[InstalledProfile]:
    """Profiles of a station that meet every criterion given."""
    wanted = {"evse_number": evse_id, "purpose": purpose, "stack_level": stack_level}
    rows = InstalledProfile.objects.filter(
        station_id=station_id, **{name: value for name, value in wanted.items() if value is not None}
    )
    return rows.filter(profile_id__in=profile_ids) if profile_ids else rows


def _reading(lesson: Lesson[CompositeScheduleTold]) -> CompositeScheduleReading:
    learnt, at = lesson.learnt, lesson.at
    station_id = lesson.station.station_id
    schedule = learnt.schedule
    unit = schedule.unit if schedule else learnt.unit or "A"
    ours = composite(
        load_state(station_id), evse=learnt.evse_id, at=at, duration_s=min(learnt.duration_s, 7 * 86_400), unit=unit
    )
    theirs = stretches_of(schedule) if schedule else None
    told = theirs is not None or learnt.accepted
    differences = (
        find_differences(ours, theirs or [], duration_s=learnt.duration_s, unit=unit)
        if learnt.accepted and told
        else []
    )
    return CompositeScheduleReading(
        station_id=station_id,
        evse_number=learnt.evse_id,
        read_at=at,
        starts_at=at,
        duration_s=max(learnt.duration_s, 0),
        unit=unit,
        was_accepted=learnt.accepted,
        theirs=None if theirs is None else _pairs(theirs),
        ours=_pairs(ours),
        differences=[[d.start_s, d.end_s, _text(d.ours), _text(d.theirs)] for d in differences],
        deviations=list(learnt.deviations),
    )


def _pairs(stretches: Sequence[Stretch]) -> list[list]:
    return [[stretch.start_s, _text(stretch.limit)] for stretch in stretches]


def _text(value) -> str | None:
    return None if value is None else format(value, "f")


def settle_unanswered(*, command_id: int, was_sent: bool, state: str, at: datetime) -> None:
    """A profile whose command ended without the charger's yes or no."""
    row = InstalledProfile.objects.filter(command_id=command_id, state=ProfileState.ASKED).first()
    if row is None:
        return
    lock_controls([row.station_id])
    if state in ("accepted", "confirmed"):
        take(row, at)
    elif state in ("timed_out", "failed") and was_sent:
        row.state, row.explanation = ProfileState.UNANSWERED, "The charger did not say whether it took it."
        row.save()
    else:
        row.state, row.ended_at, row.explanation = ProfileState.REJECTED, at, "It was never sent."
        row.save()
    nudge_stations([row.station_id])
