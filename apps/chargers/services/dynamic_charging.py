"""Priority and dynamic schedules of 2.1 stations, until charging by plan takes them over."""

from collections.abc import Sequence

from django.db import transaction

from apps.chargers.facts import Fact
from apps.chargers.messages.events.dynamic_charging import PriorityChargingNotified
from apps.chargers.messages.replies import DynamicScheduleReply, Reply
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.notices import Notice, insert_notices

NO_SCHEDULE = DynamicScheduleReply(False, "NoSchedule", "No values are kept for this profile.")


@transaction.atomic(savepoint=False)
def record_priority_charging(facts: Sequence[Fact[PriorityChargingNotified]]) -> list[Reply]:
    """Keep as a notice that a driver switched priority on or off."""
    insert_notices(
        [
            Notice(
                fact.station.station_id,
                "priority",
                f"Priority charging {'on' if fact.event.activated else 'off'}: {fact.event.transaction_id}",
                fact.received_at,
                fact.received_at,
                details={"transaction_id": fact.event.transaction_id, "activated": fact.event.activated},
            )
            for fact in facts
        ]
    )
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)
