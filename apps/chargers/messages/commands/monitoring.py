"""What we ask about monitors of variables and reports about them (2.x, block N)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command

BASES = ("All", "FactoryDefault", "HardWiredOnly")
CRITERIA = ("ThresholdMonitoring", "DeltaMonitoring", "PeriodicMonitoring")
TYPES = ("UpperThreshold", "LowerThreshold", "Delta", "Periodic", "PeriodicClockAligned")
TYPES_OF_21 = ("TargetDelta", "TargetDeltaRelative")


@dataclass(frozen=True, slots=True)
class SetMonitoringBase(Command):
    """``base`` is one of ``BASES``: which of the monitors that it came with are active."""

    name: ClassVar[str] = "SetMonitoringBase"
    base: str


@dataclass(frozen=True, slots=True)
class SetMonitoringLevel(Command):
    """Events of a ``severity`` up to this one (0 worst … 9) are told."""

    name: ClassVar[str] = "SetMonitoringLevel"
    severity: int


@dataclass(frozen=True, slots=True)
class SetVariableMonitoring(Command):
    """``monitors`` are addresses as in ``GetVariables`` with ``type``, ``value``, ``severity``, and perhaps ``id`` (of
    the monitor to replace), ``transaction`` and ``periodic_event_stream`` (2.1)."""

    name: ClassVar[str] = "SetVariableMonitoring"
    monitors: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ClearVariableMonitoring(Command):
    name: ClassVar[str] = "ClearVariableMonitoring"
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GetMonitoringReport(Command):
    """``criteria`` among ``CRITERIA``; ``variables`` as in ``GetReport``. Both empty: everything."""

    name: ClassVar[str] = "GetMonitoringReport"
    request_id: int
    criteria: tuple[str, ...] = ()
    variables: tuple[Mapping[str, Any], ...] = ()


COMMANDS: tuple[type[Command], ...] = (
    SetMonitoringBase,
    SetMonitoringLevel,
    SetVariableMonitoring,
    ClearVariableMonitoring,
    GetMonitoringReport,
)
