"""Firmware on its way out to the station that holds a ticket."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from apps.chargers.models import Firmware
from apps.chargers.services.files.storage import path_of
from apps.chargers.services.files.tickets import open_tickets
from apps.chargers.transfer_choices import TicketPurpose


@dataclass(frozen=True, slots=True)
class Download:
    path: Path
    name: str
    size_bytes: int
    etag: str


def find_download(*, token: str, at: datetime) -> Download | None:
    """The firmware that the holder of ``token`` may fetch; as often as it needs until its update has ended."""
    tickets = open_tickets(token, at).filter(purpose=TicketPurpose.FIRMWARE)
    ticket = tickets.select_related("update__firmware", "publication__firmware").first()
    if ticket is None:
        return None
    firmware: Firmware = (ticket.update or ticket.publication).firmware
    if not firmware.has_file:
        return None
    return Download(path_of(firmware.storage_name), firmware.file_name, firmware.size_bytes, f'"{firmware.sha256}"')
