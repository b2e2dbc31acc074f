"""The firmware catalogue: descriptions first, then the file by a ticket, checked and signed as it arrives."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.chargers.engine.signatures import UnreadableSignature, is_signed_by, read_certificate, sign_digest
from apps.chargers.models import Firmware
from apps.chargers.services.files.storage import clean_name
from apps.chargers.services.files.tickets import close_tickets, issue_ticket
from apps.chargers.transfer_choices import TicketPurpose
from apps.core.audit import record_audit
from apps.core.errors import DomainError

UPLOAD_WITHIN = timedelta(hours=2)
MAX_CERTIFICATE = 5_500
MAX_SIGNATURE = 800


class FirmwareRefused(DomainError):
    code = "firmware_refused"
    message = "This firmware cannot be kept so."


def add_firmware(
    *, organisation, actor, at: datetime, vendor: str, version: str, model: str = "", applies_from: str = "",
    release_notes: str = "", signature: str = "", signing_certificate: str = "", address: str | None = None,
) -> Firmware:  # fmt: skip
    """Describe a version; its file follows by ``ticket_for_file``. Raises ``FirmwareRefused``."""
    signature = "".join(signature.split())
    _check_signature(signature, signing_certificate)
    try:
        with transaction.atomic():
            firmware = Firmware.objects.create(
                organisation=organisation, vendor=vendor, model=model, version=version, applies_from=applies_from,
                release_notes=release_notes, signature=signature, signing_certificate=signing_certificate,
                created_by=actor, created_at=at,
            )  # fmt: skip
            record_audit(
                actor=actor, action="firmware.added", subject=firmware, organisation=organisation, address=address,
                changes={"version": [None, str(firmware)]},
            )  # fmt: skip
    except IntegrityError as error:
        raise FirmwareRefused("This version is in the catalogue already.", field="version") from error
    return firmware


def ticket_for_file(*, firmware: Firmware, at: datetime) -> str:
    """A token to upload the file with; an older one is withdrawn. Raises ``FirmwareRefused``."""
    if firmware.has_file:
        raise FirmwareRefused("The file of a version never changes. Add the other file as another version.")
    if firmware.withdrawn_at is not None:
        raise FirmwareRefused("This version was withdrawn.")
    close_tickets(at, firmware=firmware)
    return issue_ticket(at=at, expires_at=at + UPLOAD_WITHIN, purpose=TicketPurpose.CATALOGUE, firmware=firmware)


def attach_file(
    *, firmware: Firmware, storage_name: str, name: str, size_bytes: int, sha256: str, md5: str, at: datetime
) -> None:
    """The file has come: check its signature, or sign it where a key is configured. Raises ``FirmwareRefused``."""
    if not size_bytes:
        raise FirmwareRefused("The file is empty.")
    values = {
        "storage_name": storage_name,
        "file_name": clean_name(name, otherwise=f"{clean_name(firmware.version)}.bin"),
        "size_bytes": size_bytes,
        "sha256": sha256,
        "md5": md5,
        **_signed(firmware, sha256, at),
    }
    if not Firmware.objects.filter(pk=firmware.pk, storage_name="", withdrawn_at=None).update(**values):
        raise FirmwareRefused("The file of a version never changes. Add the other file as another version.")
    record_audit(
        actor=None, action="firmware.file_received", subject=firmware, organisation=firmware.organisation,
        changes={"sha256": [None, sha256], "size_bytes": [None, size_bytes]},
    )  # fmt: skip


def withdraw_firmware(*, firmware: Firmware, actor, at: datetime, address: str | None = None) -> None:
    """Offer it no longer. Updates under way go on."""
    with transaction.atomic():
        if Firmware.objects.filter(pk=firmware.pk, withdrawn_at=None).update(withdrawn_at=at):
            close_tickets(at, firmware=firmware)
            record_audit(
                actor=actor, action="firmware.withdrawn", subject=firmware, organisation=firmware.organisation,
                address=address,
            )  # fmt: skip


def _check_signature(signature: str, certificate: str) -> None:
    if bool(signature) != bool(certificate):
        raise FirmwareRefused("A signature needs its certificate, and the other way round.", field="signature")
    if len(signature) > MAX_SIGNATURE:
        raise FirmwareRefused(f"OCPP carries signatures of at most {MAX_SIGNATURE} characters.", field="signature")
    if len(certificate) > MAX_CERTIFICATE:
        raise FirmwareRefused(
            f"OCPP carries certificates of at most {MAX_CERTIFICATE:,} characters.", field="signing_certificate"
        )
    if certificate:
        try:
            read_certificate(certificate)
        except UnreadableSignature as error:
            raise FirmwareRefused(str(error), field="signing_certificate") from error


def _signed(firmware: Firmware, sha256: str, at: datetime) -> dict:
    if firmware.is_signed:
        try:
            is_good = is_signed_by(firmware.signing_certificate, signature=firmware.signature, sha256=sha256)
        except UnreadableSignature as error:
            raise FirmwareRefused(str(error), field="signature") from error
        if not is_good:
            raise FirmwareRefused("The signature was not made over this file with this certificate's key.")
        return {"signature_verified_at": at}
    if not (settings.FIRMWARE_SIGNING_KEY and settings.FIRMWARE_SIGNING_CERTIFICATE):
        return {}
    try:
        certificate = Path(settings.FIRMWARE_SIGNING_CERTIFICATE).read_text()
        signature = sign_digest(Path(settings.FIRMWARE_SIGNING_KEY).read_bytes(), sha256=sha256)
        is_good = is_signed_by(certificate, signature=signature, sha256=sha256)
    except (OSError, TypeError, ValueError) as error:  # TypeError: the key wants a password
        raise FirmwareRefused("The server's own key or certificate for signing cannot be read.") from error
    if not is_good:
        raise FirmwareRefused("The server's own key for signing does not belong to its certificate.")
    return {"signature": signature, "signing_certificate": certificate, "signature_verified_at": at}
