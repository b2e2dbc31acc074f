"""What drivers do when facts are announced: lists of stations follow cards and rules."""

from datetime import datetime

from django.utils import timezone

from apps.chargers.events import COMMAND_ENDED, STATION_BOOTED, STATION_ONLINE
from apps.core.models import OutboxEvent
from apps.core.outbox import subscribe
from apps.drivers.events import ACCESS_RULE_CHANGED, DRIVER_CHANGED, DRIVER_GROUP_CHANGED, TOKEN_CHANGED
from apps.drivers.services.customer_information import note_question_end
from apps.drivers.services.local_lists.answers import note_command_end
from apps.drivers.services.local_lists.marking import (
    mark_booted,
    mark_organisation,
    mark_site,
    mark_station,
    remember_token,
)


@subscribe(TOKEN_CHANGED)
def remember_card(event: OutboxEvent) -> None:
    remember_token(id_token_id=event.subject_id)


@subscribe(TOKEN_CHANGED)
@subscribe(DRIVER_CHANGED)
@subscribe(DRIVER_GROUP_CHANGED)
def follow_cards(event: OutboxEvent) -> None:
    mark_organisation(organisation_id=event.payload["organisation_id"], at=timezone.now())


@subscribe(ACCESS_RULE_CHANGED)
def follow_rules(event: OutboxEvent) -> None:
    mark_site(site_id=event.payload["site_id"], at=timezone.now())


@subscribe(STATION_ONLINE)
def look_at_list(event: OutboxEvent) -> None:
    mark_station(station_id=event.subject_id, at=timezone.now())


@subscribe(STATION_BOOTED)
def doubt_list(event: OutboxEvent) -> None:
    mark_booted(
        station_id=event.subject_id, firmware_changed=event.payload.get("firmware_changed", False), at=timezone.now()
    )


@subscribe(COMMAND_ENDED)
def note_end(event: OutboxEvent) -> None:
    payload = event.payload
    note_question_end(command_id=payload["command_id"], state=payload["state"])
    note_command_end(
        command_id=payload["command_id"],
        name=payload["name"],
        state=payload["state"],
        at=datetime.fromisoformat(payload["at"]),
    )
