"""Asking a station to update its firmware."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.choices import CommandOrigin
from apps.chargers.engine.masking import mask_urls
from apps.chargers.messages.commands import UpdateFirmware
from apps.chargers.models import ChargingStation, Firmware, FirmwareUpdate, ProgressNote
from apps.chargers.services.addresses import check_location, download_address
from apps.chargers.services.commands import enqueue
from apps.chargers.services.files.tickets import issue_ticket
from apps.chargers.services.locking import lock_station
from apps.chargers.transfer_choices import OPEN_UPDATES, TicketPurpose
from apps.core.errors import DomainError
from apps.core.ids import reserve_numbers

TICKET_LASTS = timedelta(days=7)
"""Beyond the planned moment: slow lines, retries, stations that are away."""


class UpdateRefused(DomainError):
    code = "update_refused"
    message = "This station cannot be updated so."


def update_firmware(
    *,
    station: ChargingStation,
    actor,
    at: datetime,
    base_url: str,
    firmware: Firmware | None = None,
    location: str = "",
    retrieve_at: datetime | None = None,
    install_at: datetime | None = None,
    retries: int | None = 3,
    retry_interval_s: int | None = 60,
    signed: bool | None = None,
    replace: bool = False,
    origin: CommandOrigin = CommandOrigin.PORTAL,
    deadline_s: int = 300,
    address: str | None = None,
) -> FirmwareUpdate:
    """Ask ``station`` to fetch ``firmware``, or what lies at ``location``, and to install it.

    ``base_url`` is where the station reaches us. ``signed``: ``None`` sends the signature where there is one and the
    station's version can say it (2.x); in 1.6 only where asked for, since old chargers do not know the signed call.
    ``replace``: instead of one that is open; the charger decides whether it gives that up (AcceptedCanceled).
    Raises ``UpdateRefused``, ``LocationRefused`` or ``CommandRefused``.
    """
    if (firmware is None) == (not location):
        raise UpdateRefused("Choose a firmware of the catalogue or give an address.")
    if firmware is not None:
        _check_firmware(station, firmware)
    is_signed = _wants_signature(station, firmware, signed)
    with transaction.atomic():
        station = lock_station(station)
        old = station.firmware_updates.filter(state__in=OPEN_UPDATES, replaced_by=None).first()
        if old is not None and not replace:
            raise UpdateRefused("An update of this station is under way. Wait for its end, or replace it.")
        update = FirmwareUpdate(
            station=station,
            firmware=firmware,
            request_id=reserve_numbers("ocpp_request", how_many=1)[0],
            version=firmware.version if firmware else "",
            version_before=station.firmware_version,
            location=mask_urls(check_location(location)) if location else "",
            is_signed=is_signed,
            requested_by=actor,
            retrieve_at=retrieve_at or at,
            install_at=install_at,
            created_at=at,
            heard_at=at,
        )
        _take_the_place_of(old, update)
        if firmware is not None:
            expires_at = max(update.retrieve_at, install_at or at) + TICKET_LASTS
            token = issue_ticket(at=at, expires_at=expires_at, purpose=TicketPurpose.FIRMWARE, update=update)
            location = download_address(base_url, token, firmware.file_name)
        update.command = enqueue(
            station=station,
            command=UpdateFirmware(
                request_id=update.request_id,
                location=location,
                retrieve_at=update.retrieve_at.isoformat(),
                install_at=install_at.isoformat() if install_at else None,
                retries=retries,
                retry_interval_s=retry_interval_s,
                signature=firmware.signature if is_signed else None,
                signing_certificate=firmware.signing_certificate if is_signed else None,
            ),
            actor=actor,
            origin=origin,
            at=at,
            deadline_s=deadline_s,
            address=address,
        )
        update.save(update_fields=["command"])
        ProgressNote.objects.create(update=update, word="Requested", at=at)
    return update


def _take_the_place_of(old: FirmwareUpdate | None, new: FirmwareUpdate) -> None:
    """Save ``new``; one update without a successor may be open, so the old one points somewhere first."""
    if old is not None:
        FirmwareUpdate.objects.filter(pk=old.pk).update(replaced_by=old.pk)
    new.save()
    if old is not None:
        FirmwareUpdate.objects.filter(pk=old.pk).update(replaced_by=new.pk)


def _check_firmware(station: ChargingStation, firmware: Firmware) -> None:
    if firmware.organisation_id != station.site.organisation_id:
        raise UpdateRefused("This firmware belongs to another organisation.", field="firmware")
    if not firmware.has_file or firmware.withdrawn_at is not None:
        raise UpdateRefused("This version has no file, or was withdrawn.", field="firmware")
    if station.vendor and firmware.vendor.casefold() != station.vendor.casefold():
        raise UpdateRefused(f"This firmware is for {firmware.vendor}, the station is of {station.vendor}.")
    if firmware.model and station.model and firmware.model.casefold() != station.model.casefold():
        raise UpdateRefused(f"This firmware is for {firmware.model}, the station is a {station.model}.")
    if firmware.applies_from and is_older(station.firmware_version, firmware.applies_from):
        raise UpdateRefused(
            f"This version needs {firmware.applies_from} or newer; the station has {station.firmware_version}."
        )


def is_older(version: str, than: str) -> bool:
    """Whether ``version`` lies before ``than``, number by number; what has no numbers is not judged."""
    mine, other = numbers_of(version), numbers_of(than)
    return bool(mine and other) and mine < other


def numbers_of(version: str) -> tuple[int, ...]:
    """``v1.10.2-rc1`` is (1, 10, 2, 1)."""
    digits = "".join(c if c.isascii() and c.isdigit() else " " for c in version)
    return tuple(int(part) for part in digits.split())


def _wants_signature(station: ChargingStation, firmware: Firmware | None, signed: bool | None) -> bool:
    can = firmware is not None and firmware.is_signed
    if signed and not can:
        raise UpdateRefused("This firmware has no signature.", field="signed")
    if signed is None:
        return can and station.protocol != "ocpp1.6"
    return signed
