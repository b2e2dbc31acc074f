"""Rows for firmware and logs that somebody asked for by a call of his own, made when the charger has answered it."""

from datetime import datetime

from apps.chargers.engine.masking import mask_urls
from apps.chargers.facts import Lesson
from apps.chargers.messages.learnt_transfers import LogAnswered, PublishAnswered, TransferAsked, UpdateAnswered
from apps.chargers.models import FirmwarePublication, FirmwareUpdate, LogRequest, StationCommand
from apps.chargers.transfer_choices import OPEN_UPDATES
from apps.core.ids import reserve_numbers


def row_of_written_update(lesson: Lesson[UpdateAnswered], asked: TransferAsked) -> FirmwareUpdate:
    """A waiting row, the number's own if it was used before; it stands in the place of one that is open."""
    number = _number(asked)
    rows = FirmwareUpdate.objects.select_for_update(of=("self",)).filter(station_id=lesson.station.station_id)
    update = rows.filter(request_id=number).first() or FirmwareUpdate(request_id=number)
    _fill(update, lesson, asked)
    update.retrieve_at = _instant(asked.retrieve_at) or lesson.at
    update.is_signed = asked.is_signed
    update.version_before = update.station.firmware_version
    update.version, update.install_at, update.confirmed_at, update.replaced_by = "", None, None, None
    old = rows.filter(state__in=OPEN_UPDATES, replaced_by=None).exclude(pk=update.pk).first()
    if old is not None:  # one update without a successor may be open
        FirmwareUpdate.objects.filter(pk=old.pk).update(replaced_by=old.pk)
    update.save()
    if old is not None:
        FirmwareUpdate.objects.filter(pk=old.pk).update(replaced_by=update.pk)
    return update


def row_of_written_log(lesson: Lesson[LogAnswered], asked: TransferAsked) -> LogRequest:
    """A waiting row, the number's own if it was used before."""
    number = _number(asked)
    rows = LogRequest.objects.select_for_update(of=("self",)).filter(station_id=lesson.station.station_id)
    request = rows.filter(request_id=number).first() or LogRequest(request_id=number)
    _fill(request, lesson, asked)
    request.kind, request.file_name = asked.kind[:20], ""
    request.save()
    return request


def row_of_written_publication(lesson: Lesson[PublishAnswered], asked: TransferAsked) -> FirmwarePublication:
    """A waiting row, the number's own if it was used before."""
    number = _number(asked)
    rows = FirmwarePublication.objects.select_for_update(of=("self",)).filter(station_id=lesson.station.station_id)
    publication = rows.filter(request_id=number).first() or FirmwarePublication(request_id=number)
    _fill(publication, lesson, asked)
    publication.firmware, publication.checksum, publication.locations = None, lesson.learnt.checksum[:32], []
    publication.save()
    return publication


def _fill(row: FirmwareUpdate | LogRequest | FirmwarePublication, lesson: Lesson, asked: TransferAsked) -> None:
    command = StationCommand.objects.get(pk=lesson.command_id)
    row.station_id, row.command, row.requested_by_id = command.station_id, command, command.requested_by_id
    row.location = mask_urls(asked.location)[:512]
    row.state, row.detail = "Requested", ""
    if not isinstance(row, FirmwarePublication):
        row.ended_at = None
    row.created_at, row.heard_at = command.created_at, lesson.at


def _number(asked: TransferAsked) -> int:
    return reserve_numbers("ocpp_request", how_many=1)[0] if asked.request_id is None else asked.request_id


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None
