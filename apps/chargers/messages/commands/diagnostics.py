"""What we ask about diagnostics and logs."""

from dataclasses import dataclass
from typing import ClassVar

from apps.chargers.messages.commands.base import Command


@dataclass(frozen=True, slots=True)
class GetLog(Command):
    """Upload a log to ``location``. ``log_type`` is DiagnosticsLog, SecurityLog or, in 2.1, DataCollectorLog.

    ``oldest_at`` and ``latest_at`` are ISO 8601, UTC. In 1.6 diagnostics are asked for by GetDiagnostics, which every
    charger has, unless ``security_extension`` says that the station knows GetLog.
    """

    name: ClassVar[str] = "GetLog"
    announces_end: ClassVar[bool] = True
    request_id: int
    log_type: str
    location: str
    oldest_at: str | None = None
    latest_at: str | None = None
    retries: int | None = None
    retry_interval_s: int | None = None
    security_extension: bool = False


COMMANDS: tuple[type[Command], ...] = (GetLog,)
