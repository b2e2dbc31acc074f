"""Firmware that a local controller fetches once and offers to the stations behind it (OCPP 2.x block L)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers.choices import CommandOrigin
from apps.chargers.engine.text import clip
from apps.chargers.engine.transfers import next_publish_state
from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.commands import PublishFirmware, UnpublishFirmware
from apps.chargers.messages.events import FirmwarePublishStatusNotified
from apps.chargers.messages.learnt_transfers import PublishAnswered, UnpublishAnswered
from apps.chargers.messages.replies import Reply
from apps.chargers.models import ChargingStation, Firmware, FirmwarePublication, StationCommand
from apps.chargers.services.addresses import download_address
from apps.chargers.services.commands import enqueue
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.files.tickets import issue_ticket
from apps.chargers.services.firmware.updating import TICKET_LASTS, UpdateRefused
from apps.chargers.services.transfer_rows import keep_notices, rows_meant
from apps.chargers.services.written_transfers import row_of_written_publication
from apps.chargers.transfer_choices import PublishState, TicketPurpose
from apps.core.ids import reserve_numbers

_OPEN = tuple(PublishState(word) for word in ("Requested", "Accepted", "DownloadScheduled", "Downloading"))
_GONE = frozenset({"Unpublished", "NoFirmware"})


def publish_firmware(
    *,
    station: ChargingStation,
    firmware: Firmware,
    actor,
    at: datetime,
    base_url: str,
    origin: CommandOrigin = CommandOrigin.PORTAL,
    address: str | None = None,
) -> FirmwarePublication:
    """Let ``station`` offer ``firmware`` in its network. Raises ``UpdateRefused`` or ``CommandRefused``."""
    if station.protocol == "ocpp1.6":
        raise UpdateRefused("A station that speaks OCPP 1.6 cannot publish firmware.")
    if firmware.organisation_id != station.site.organisation_id or not firmware.has_file or firmware.withdrawn_at:
        raise UpdateRefused("Choose a firmware of the catalogue that has a file.", field="firmware")
    with transaction.atomic():
        publication = FirmwarePublication.objects.create(
            station=station,
            firmware=firmware,
            request_id=reserve_numbers("ocpp_request", how_many=1)[0],
            checksum=firmware.md5,
            requested_by=actor,
            created_at=at,
            heard_at=at,
        )
        token = issue_ticket(
            at=at, expires_at=at + TICKET_LASTS, purpose=TicketPurpose.FIRMWARE, publication=publication
        )
        location = download_address(base_url, token, firmware.file_name)
        publication.command = enqueue(
            station=station,
            command=PublishFirmware(publication.request_id, location, publication.checksum),
            actor=actor,
            origin=origin,
            at=at,
            address=address,
        )
        publication.save(update_fields=["command"])
    return publication


def unpublish_firmware(
    *,
    publication: FirmwarePublication,
    actor,
    at: datetime,
    origin: CommandOrigin = CommandOrigin.PORTAL,
    address: str | None = None,
) -> StationCommand:
    """Let the controller offer it no longer; the row changes when it has agreed."""
    return enqueue(
        station=publication.station,
        command=UnpublishFirmware(publication.checksum),
        actor=actor,
        origin=origin,
        at=at,
        address=address,
    )


@transaction.atomic(savepoint=False)
def record_publish_statuses(facts: Sequence[Fact[FirmwarePublishStatusNotified]]) -> list[Reply]:
    """Keep each as a notice and move the publication on that it speaks of."""
    keep_notices(facts, "firmware")
    meant = rows_meant(FirmwarePublication, facts, open_states=_OPEN)
    for index, publication in meant.items():
        event, at = facts[index].event, facts[index].received_at
        publication.state = next_publish_state(publication.state, event.status)
        publication.detail = clip(event.info, 255) or publication.detail
        publication.locations = list(event.locations) or publication.locations
        publication.heard_at = at
    FirmwarePublication.objects.bulk_update(meant.values(), ["state", "detail", "locations", "heard_at"])
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def learn_publish_answers(lessons: Sequence[Lesson[PublishAnswered]]) -> None:
    """Also after a call that somebody wrote out: it gets its row then."""
    ours = set(
        FirmwarePublication.objects.filter(command_id__in=[lesson.command_id for lesson in lessons]).values_list(
            "command_id", flat=True
        )
    )
    for lesson in lessons:
        if lesson.command_id not in ours and lesson.learnt.asked is not None:
            row_of_written_publication(lesson, lesson.learnt.asked)
        state = PublishState.ACCEPTED if lesson.learnt.status == "Accepted" else PublishState.REJECTED
        FirmwarePublication.objects.filter(command_id=lesson.command_id, state=PublishState.REQUESTED).update(
            state=state, detail=clip(lesson.learnt.detail, 255), heard_at=lesson.at
        )
    nudge_stations({lesson.station.station_id for lesson in lessons})


def learn_unpublish_answers(lessons: Sequence[Lesson[UnpublishAnswered]]) -> None:
    """Also after a raw call: publications are found by their checksum."""
    for lesson in lessons:
        if lesson.learnt.status in _GONE:
            FirmwarePublication.objects.filter(
                station_id=lesson.station.station_id, checksum=lesson.learnt.checksum
            ).update(state=PublishState.UNPUBLISHED, heard_at=lesson.at)
    nudge_stations({lesson.station.station_id for lesson in lessons})


@transaction.atomic
def end_unasked_publication(*, command_id: int, explanation: str, at: datetime) -> None:
    """The command never reached the controller. Idempotent."""
    FirmwarePublication.objects.filter(command_id=command_id, state=PublishState.REQUESTED).update(
        state=PublishState.NO_ANSWER, detail=clip(explanation, 255), heard_at=at
    )
