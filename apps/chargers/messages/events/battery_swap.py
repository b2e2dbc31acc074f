"""Batteries given out and taken in (OCPP 2.1 block S)."""

from dataclasses import dataclass

from apps.chargers.messages.events.base import ChargerEvent
from apps.chargers.messages.tokens import IdToken


@dataclass(frozen=True, slots=True)
class Battery:
    """One battery in the slot ``evse_id``; charge and health in percent; ``produced`` as the station wrote it."""

    evse_id: int
    serial_number: str
    soc_percent: float
    soh_percent: float
    produced: str = ""
    vendor_info: str = ""


@dataclass(frozen=True, slots=True)
class BatteriesSwapped(ChargerEvent):
    """BatterySwap. ``kind``: BatteryIn, BatteryOut or BatteryOutTimeout; ``request_id`` joins what belongs together."""

    request_id: int
    kind: str
    id_token: IdToken
    batteries: tuple[Battery, ...]
