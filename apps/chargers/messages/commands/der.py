"""What we ask about limits and curves for distributed energy resources (OCPP 2.1 block R)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command


@dataclass(frozen=True, slots=True)
class SetDERControl(Command):
    """``control_type`` as DERControlEnumType; ``settings`` the object that belongs to it, in OCPP's own shape.

    ``is_default``: it holds until it is replaced; otherwise it is scheduled by its ``startTime`` and ``duration``.
    """

    name: ClassVar[str] = "SetDERControl"
    control_id: str
    control_type: str
    settings: Mapping[str, Any]
    is_default: bool = True


@dataclass(frozen=True, slots=True)
class GetDERControl(Command):
    """The answer comes as ReportDERControl, in parts, with ``request_id``. Nothing else given: all controls."""

    name: ClassVar[str] = "GetDERControl"
    request_id: int
    is_default: bool | None = None
    control_type: str | None = None
    control_id: str | None = None


@dataclass(frozen=True, slots=True)
class ClearDERControl(Command):
    """One control by ``control_id``, all of a ``control_type``, or all that are (not) defaults."""

    name: ClassVar[str] = "ClearDERControl"
    is_default: bool
    control_type: str | None = None
    control_id: str | None = None


COMMANDS: tuple[type[Command], ...] = (SetDERControl, GetDERControl, ClearDERControl)
