"""What we ask about periodic event streams (OCPP 2.1 block N)."""

from dataclasses import dataclass
from typing import ClassVar

from apps.chargers.messages.commands.base import Command


@dataclass(frozen=True, slots=True)
class AdjustPeriodicEventStream(Command):
    """``interval_s``: send at least this often; ``values``: send when so many have come together."""

    name: ClassVar[str] = "AdjustPeriodicEventStream"
    stream_id: int
    interval_s: int | None = None
    values: int | None = None


@dataclass(frozen=True, slots=True)
class GetPeriodicEventStream(Command):
    """Which streams are open."""

    name: ClassVar[str] = "GetPeriodicEventStream"


COMMANDS: tuple[type[Command], ...] = (AdjustPeriodicEventStream, GetPeriodicEventStream)
