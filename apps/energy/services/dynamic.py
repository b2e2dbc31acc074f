"""OCPP 2.1: dynamic limits that chargers ask for, and priority charging."""

from collections.abc import Sequence

from django.db import transaction

from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.charging_profiles import ProfileKind
from apps.chargers.messages.commands.dynamic_charging import DynamicScheduleUpdated
from apps.chargers.messages.events.dynamic_charging import DynamicScheduleAsked, PriorityChargingNotified
from apps.chargers.messages.replies import DynamicScheduleReply, Reply
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.dynamic_charging import NO_SCHEDULE, record_priority_charging
from apps.core.db.rowsets import without_nul
from apps.energy.models import InstalledProfile, PriorityUse
from apps.energy.services.installed import lock_controls


@transaction.atomic(savepoint=False)
def record_priority_use(facts: Sequence[Fact[PriorityChargingNotified]]) -> list[Reply]:
    """Keep which sessions charge with priority, and say so among the station's notices."""
    for fact in facts:
        PriorityUse.objects.update_or_create(
            station_id=fact.station.station_id,
            transaction_id=without_nul(fact.event.transaction_id)[:36],
            defaults={"is_active": fact.event.activated, "told_at": fact.received_at},
        )
    return record_priority_charging(facts)


def answer_dynamic_requests(facts: Sequence[Fact[DynamicScheduleAsked]]) -> list[DynamicScheduleReply]:
    """The limit that a dynamic profile in force has now; Rejected where there is none."""
    return [_reply(fact.station.station_id, fact.event.profile_id) for fact in facts]


@transaction.atomic(savepoint=False)
def learn_dynamic_updates(lessons: Sequence[Lesson[DynamicScheduleUpdated]]) -> None:
    """A charger took a new limit: its dynamic profile holds that from now on. Without a limit nothing changes."""
    lock_controls(lesson.station.station_id for lesson in lessons)
    for lesson in lessons:
        row = _in_force(lesson.station.station_id, lesson.learnt.profile_id)
        if row is None or lesson.learnt.limit is None:
            continue
        row.content["schedules"][0]["periods"][0]["limit"] = format(lesson.learnt.limit, "f")
        row.content["updated_at"] = lesson.at.isoformat()
        row.save(update_fields=["content"])
    nudge_stations({lesson.station.station_id for lesson in lessons})


def _in_force(station_id: int, profile_id: int) -> InstalledProfile | None:
    rows = InstalledProfile.objects.in_force().filter(station_id=station_id, kind=ProfileKind.DYNAMIC)
    return rows.filter(profile_id=profile_id).first()


def _reply(station_id: int, profile_id: int) -> DynamicScheduleReply:
    row = _in_force(station_id, profile_id)
    periods = row.profile.schedule.periods if row else ()
    if not periods or periods[0].limit is None:
        return NO_SCHEDULE
    return DynamicScheduleReply(True, update={"limit": float(periods[0].limit)})
