"""What we ask about the device model beside reading and setting named variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command

CRITERIA = ("Active", "Available", "Enabled", "Problem")


@dataclass(frozen=True, slots=True)
class GetReport(Command):
    """A chosen report (2.x only): ``criteria`` among ``CRITERIA``; ``variables`` as in ``GetVariables``, where
    ``variable`` may be absent for a whole component."""

    name: ClassVar[str] = "GetReport"
    request_id: int
    criteria: tuple[str, ...] = ()
    variables: tuple[Mapping[str, Any], ...] = ()


COMMANDS: tuple[type[Command], ...] = (GetReport,)
