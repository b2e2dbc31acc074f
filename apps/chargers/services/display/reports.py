"""What a display shows, told in parts."""

from collections.abc import Sequence

from django.db import transaction

from apps.chargers.facts import Fact
from apps.chargers.messages.events.display import DisplayMessagesNotified
from apps.chargers.messages.replies import Reply
from apps.chargers.models import DisplayRead
from apps.chargers.services.bounds import keep_newest
from apps.chargers.services.commands import Confirmation, confirm_commands
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.device_model import REPORT_COMPLETED
from apps.chargers.services.display.rows import LARGEST, forget_long_ended, forget_untold, install
from apps.chargers.services.pictures import lock_stations

MOST_READS = 100
"""Readings of one display that are remembered: the newest."""
MAX_NUMBERS = 5_000


@transaction.atomic(savepoint=False)
def record_display_messages(facts: Sequence[Fact[DisplayMessagesNotified]]) -> list[Reply]:
    """Store parts of NotifyDisplayMessages. The last part ends the reading and confirms its GetDisplayMessages;
    if that asked for everything, what was not told is shown no more. Source: OCPP 2.0.1 O03, O04."""
    lock_stations(sorted({fact.station.station_id for fact in facts}))
    for fact in facts:
        for content in fact.event.messages:
            install(fact.station.station_id, content, fact.received_at)
        _join(fact)
    completed = [
        Confirmation(fact.station.station_id, REPORT_COMPLETED, str(fact.event.request_id))
        for fact in facts
        if not fact.event.to_be_continued
    ]
    if completed:
        confirm_commands(completed, at=max(fact.received_at for fact in facts))
    forget_long_ended({fact.station.station_id for fact in facts})
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def _join(fact: Fact[DisplayMessagesNotified]) -> None:
    event = fact.event
    if event.request_id > LARGEST:
        return
    read, is_new = DisplayRead.objects.get_or_create(
        station_id=fact.station.station_id,
        request_id=event.request_id,
        defaults={"started_at": fact.received_at},
    )
    if is_new:
        keep_newest(DisplayRead._meta.db_table, [fact.station.station_id], MOST_READS, by="started_at")
    if len(read.numbers) < MAX_NUMBERS:
        read.numbers = sorted({*read.numbers, *(content.number for content in event.messages)})
    if not event.to_be_continued:
        read.completed_at = fact.received_at
    read.save(update_fields=["numbers", "completed_at"])
    forget_untold(read, fact.received_at)
