"""What we ask of stations that exchange batteries (OCPP 2.1 block S)."""

from dataclasses import dataclass
from typing import ClassVar

from apps.chargers.messages.commands.base import Command


@dataclass(frozen=True, slots=True)
class RequestBatterySwap(Command):
    """Begin an exchange for this token; what is taken in and given out is told with ``request_id``."""

    name: ClassVar[str] = "RequestBatterySwap"
    request_id: int
    id_token: str
    id_token_type: str = "Central"


COMMANDS: tuple[type[Command], ...] = (RequestBatterySwap,)
