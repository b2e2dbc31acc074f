"""Files on their way in: who may send one, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from apps.chargers.models import FileTicket, ProgressNote, StationFile
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.files.storage import clean_name
from apps.chargers.services.files.tickets import open_tickets
from apps.chargers.services.firmware.catalogue import attach_file
from apps.chargers.transfer_choices import TicketPurpose
from apps.core.errors import DomainError

MIB = 1024 * 1024
CLAIM_LASTS = timedelta(hours=1)
"""An upload whose process died blocks the ticket no longer than this."""


class UploadRefused(DomainError):
    code = "upload_refused"
    message = "There is no upload under this address, or it is used up."
    status = 404


class UploadRunning(UploadRefused):
    code = "upload_running"
    message = "An upload with this address is under way."
    status = 409


@dataclass(frozen=True, slots=True)
class Upload:
    """A claimed ticket: whoever holds it may send one file of at most ``limit_bytes``."""

    ticket_id: int
    purpose: str
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file, stored. ``name`` is the sender's."""

    storage_name: str
    name: str
    size_bytes: int
    sha256: str
    md5: str


def begin_upload(*, token: str, at: datetime) -> Upload:
    """Claim the ticket of ``token``: compare-and-set, so one upload at a time. Raises ``UploadRefused``."""
    purposes = (TicketPurpose.LOG, TicketPurpose.CATALOGUE)
    ticket = open_tickets(token, at).filter(purpose__in=purposes).first()
    if ticket is None:
        raise UploadRefused
    free = Q(claimed_at=None) | Q(claimed_at__lte=at - CLAIM_LASTS)
    if not open_tickets(token, at).filter(free).update(claimed_at=at):
        raise UploadRunning
    limit_mib = settings.FIRMWARE_MAX_MIB if ticket.purpose == TicketPurpose.CATALOGUE else settings.UPLOAD_MAX_MIB
    return Upload(ticket.pk, ticket.purpose, limit_mib * MIB)


def abandon_upload(*, upload: Upload) -> None:
    """It failed: the ticket may be used again until it expires."""
    FileTicket.objects.filter(pk=upload.ticket_id, closed_at=None).update(claimed_at=None)


@transaction.atomic
def finish_upload(*, upload: Upload, received: Received, at: datetime) -> str:
    """Join the file to what it was sent for, use the ticket up, return the page's path (or ``""``).

    Raises ``UploadRefused`` where the ticket was withdrawn meanwhile; the caller removes the content then.
    """
    if not FileTicket.objects.filter(pk=upload.ticket_id, closed_at=None).update(closed_at=at):
        raise UploadRefused
    ticket = FileTicket.objects.select_related("log_request", "firmware").get(pk=upload.ticket_id)
    if ticket.purpose == TicketPurpose.CATALOGUE:
        attach_file(
            firmware=ticket.firmware,
            storage_name=received.storage_name,
            name=received.name,
            size_bytes=received.size_bytes,
            sha256=received.sha256,
            md5=received.md5,
            at=at,
        )
        return f"/firmware/{ticket.firmware.pk}/"
    _join_to_request(ticket, received, at)
    return ""


def _join_to_request(ticket: FileTicket, received: Received, at: datetime) -> None:
    request = ticket.log_request
    name = clean_name(received.name or request.file_name, otherwise=f"{request.kind}-{request.pk}.log")
    StationFile.objects.create(
        station_id=request.station_id,
        log_request=request,
        name=name,
        storage_name=received.storage_name,
        size_bytes=received.size_bytes,
        sha256=received.sha256,
        received_at=at,
    )
    ProgressNote.objects.create(log_request=request, word="FileReceived", detail=f"{received.size_bytes} bytes", at=at)
    type(request).objects.filter(pk=request.pk).update(heard_at=at)
    nudge_stations([request.station_id])
