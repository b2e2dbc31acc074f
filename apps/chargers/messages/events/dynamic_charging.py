"""Charging that follows the grid or the driver's wish of the moment (OCPP 2.1 block K)."""

from dataclasses import dataclass

from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class PriorityChargingNotified(ChargerEvent):
    """NotifyPriorityCharging: the driver switched priority on or off at the station."""

    transaction_id: str
    activated: bool


@dataclass(frozen=True, slots=True)
class DynamicScheduleAsked(ChargerEvent):
    """PullDynamicScheduleUpdate: which values hold now for the dynamic profile ``profile_id``."""

    profile_id: int
