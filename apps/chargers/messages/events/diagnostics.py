"""What chargers tell about the upload of logs and diagnostics."""

from dataclasses import dataclass, field
from typing import Any

from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class LogStatusNotified(ChargerEvent):
    """LogStatusNotification, and 1.6's DiagnosticsStatusNotification, which has no ``request_id``."""

    status: str
    request_id: int | None = None
    info: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
