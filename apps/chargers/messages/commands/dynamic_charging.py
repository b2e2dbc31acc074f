"""What we ask about charging that follows the grid or the driver's wish of the moment (OCPP 2.1 blocks K and Q)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from apps.chargers.messages.commands.base import Command
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class UsePriorityCharging(Command):
    """Switch the priority profile of a running transaction on or off."""

    name: ClassVar[str] = "UsePriorityCharging"
    transaction_id: str
    activate: bool


@dataclass(frozen=True, slots=True)
class UpdateDynamicSchedule(Command):
    """New values for the one period of a dynamic profile.

    ``update`` is a ChargingScheduleUpdateType: ``limit``, ``dischargeLimit``, ``setpoint``, ``setpointReactive``, each
    also with ``_L2`` and ``_L3``, in the unit of the profile.
    """

    name: ClassVar[str] = "UpdateDynamicSchedule"
    profile_id: int
    update: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AFRRSignal(Command):
    """The signal of automatic frequency restoration; ``timestamp`` in ISO 8601 says when it takes effect."""

    name: ClassVar[str] = "AFRRSignal"
    timestamp: str
    signal: int


@dataclass(frozen=True, slots=True)
class NotifyAllowedEnergyTransfer(Command):
    """What the driver of a running transaction may do: ``modes`` are EnergyTransferModeEnumType."""

    name: ClassVar[str] = "NotifyAllowedEnergyTransfer"
    transaction_id: str
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DynamicScheduleUpdated(Learnt):
    """The station took new values for a dynamic profile; ``limit`` in the profile's unit, where one was given."""

    profile_id: int
    limit: Decimal | None


COMMANDS: tuple[type[Command], ...] = (
    UsePriorityCharging,
    UpdateDynamicSchedule,
    AFRRSignal,
    NotifyAllowedEnergyTransfer,
)
