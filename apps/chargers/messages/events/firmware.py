"""What chargers tell about firmware: an update's progress, a publication's progress."""

from dataclasses import dataclass, field
from typing import Any

from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class FirmwareStatusNotified(ChargerEvent):
    """FirmwareStatusNotification, and 1.6's SignedFirmwareStatusNotification. ``status`` is the charger's word."""

    status: str
    request_id: int | None = None
    info: str = ""
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FirmwarePublishStatusNotified(ChargerEvent):
    """PublishFirmwareStatusNotification (2.x). ``locations`` are addresses once it is published."""

    status: str
    request_id: int | None = None
    locations: tuple[str, ...] = ()
    info: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
