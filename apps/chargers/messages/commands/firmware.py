"""What we ask about firmware, updated and published."""

from dataclasses import dataclass
from typing import ClassVar

from apps.chargers.messages.commands.base import Command


@dataclass(frozen=True, slots=True)
class UpdateFirmware(Command):
    """Fetch a firmware and install it. ``retrieve_at`` and ``install_at`` are ISO 8601, UTC.

    With ``signature`` (base64, of the file) and ``signing_certificate`` (PEM) the charger checks the file; in 1.6 this
    is SignedUpdateFirmware of the security extension. 1.6 without a signature knows neither ``request_id`` nor
    ``install_at``.
    """

    name: ClassVar[str] = "UpdateFirmware"
    announces_end: ClassVar[bool] = True
    request_id: int
    location: str
    retrieve_at: str
    install_at: str | None = None
    retries: int | None = None
    retry_interval_s: int | None = None
    signing_certificate: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class PublishFirmware(Command):
    """Let a local controller fetch a firmware and offer it to the stations behind it. ``checksum`` is MD5 (2.x)."""

    name: ClassVar[str] = "PublishFirmware"
    announces_end: ClassVar[bool] = True
    request_id: int
    location: str
    checksum: str
    retries: int | None = None
    retry_interval_s: int | None = None


@dataclass(frozen=True, slots=True)
class UnpublishFirmware(Command):
    """Let a local controller offer the firmware with this MD5 no longer (2.x)."""

    name: ClassVar[str] = "UnpublishFirmware"
    checksum: str


COMMANDS: tuple[type[Command], ...] = (UpdateFirmware, PublishFirmware, UnpublishFirmware)
