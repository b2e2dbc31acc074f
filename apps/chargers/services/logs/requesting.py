"""Asking a station for its diagnostics or a log."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandOrigin
from apps.chargers.engine.masking import mask_urls
from apps.chargers.messages.commands import GetLog
from apps.chargers.models import ChargingStation, LogRequest, ProgressNote
from apps.chargers.services.addresses import check_location, upload_address
from apps.chargers.services.commands import enqueue
from apps.chargers.services.files.tickets import issue_ticket
from apps.chargers.transfer_choices import LogKind, TicketPurpose
from apps.core.errors import DomainError
from apps.core.ids import reserve_numbers

UPLOAD_WITHIN = timedelta(days=1)


class LogRefused(DomainError):
    code = "log_refused"
    message = "This log cannot be asked for."


def request_log(
    *,
    station: ChargingStation,
    actor,
    at: datetime,
    base_url: str,
    kind: str = LogKind.DIAGNOSTICS,
    oldest_at: datetime | None = None,
    latest_at: datetime | None = None,
    location: str = "",
    as_password: bool = False,
    security_extension: bool = False,
    retries: int | None = 3,
    retry_interval_s: int | None = 60,
    origin: CommandOrigin = CommandOrigin.PORTAL,
    deadline_s: int = 300,
    address: str | None = None,
) -> LogRequest:
    """Ask ``station`` to upload a log to us, or to ``location``.

    ``base_url`` is where the station reaches us; ``as_password`` gives it the credentials as user and password within
    the address, for stations that need them so. Raises ``LogRefused``, ``LocationRefused`` or ``CommandRefused``.
    """
    if oldest_at and latest_at and oldest_at >= latest_at:
        raise LogRefused("The beginning must lie before the end.", field="oldest_at")
    with transaction.atomic():
        request = LogRequest.objects.create(
            station=station,
            request_id=reserve_numbers("ocpp_request", how_many=1)[0],
            kind=kind,
            oldest_at=oldest_at,
            latest_at=latest_at,
            location=mask_urls(check_location(location)) if location else "",
            requested_by=actor,
            created_at=at,
            heard_at=at,
        )
        if not location:
            token = issue_ticket(at=at, expires_at=at + UPLOAD_WITHIN, purpose=TicketPurpose.LOG, log_request=request)
            location = upload_address(base_url, token, as_password=as_password)
        request.command = enqueue(
            station=station,
            command=GetLog(
                request_id=request.request_id,
                log_type=kind,
                location=location,
                oldest_at=oldest_at.isoformat() if oldest_at else None,
                latest_at=latest_at.isoformat() if latest_at else None,
                retries=retries,
                retry_interval_s=retry_interval_s,
                security_extension=security_extension,
            ),
            actor=actor,
            origin=origin,
            at=at,
            deadline_s=deadline_s,
            address=address,
        )
        request.save(update_fields=["command"])
        ProgressNote.objects.create(log_request=request, word="Requested", at=at)
    return request
