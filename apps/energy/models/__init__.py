"""What limits charging, and what cars ask for."""

from apps.energy.models.control import ChargingControl, CompositeScheduleReading, ProfileReport
from apps.energy.models.needs import EvChargingNeeds, EvChargingSchedule, PriorityUse
from apps.energy.models.profiles import ChargingLimit, InstalledProfile

__all__ = [
    "ChargingControl",
    "ChargingLimit",
    "CompositeScheduleReading",
    "EvChargingNeeds",
    "EvChargingSchedule",
    "InstalledProfile",
    "PriorityUse",
    "ProfileReport",
]
