"""What chargers tell of limits, profiles and what cars need. All of 2.x; 1.6 has none of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule
from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class ChargingLimitNotified(ChargerEvent):
    """NotifyChargingLimit: another system limits the station (``evse_id`` 0) or an EVSE.

    ``source`` is EMS, SO (system operator), CSO, Other; in 2.1 any word.
    """

    source: str
    evse_id: int = 0
    is_grid_critical: bool | None = None
    schedules: tuple[ChargingSchedule, ...] = ()
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChargingLimitCleared(ChargerEvent):
    """ClearedChargingLimit: that limit is gone."""

    source: str
    evse_id: int = 0


@dataclass(frozen=True, slots=True)
class ChargingNeeds:
    """What a car asks for by ISO 15118; what it did not say is ``None``.

    ``energy_transfer`` is AC_single_phase, AC_two_phase, AC_three_phase, DC …; ``details`` the message's own words.
    """

    energy_transfer: str
    departure_at: datetime | None = None
    energy_wh: int | None = None
    min_current_a: int | None = None
    max_current_a: int | None = None
    max_voltage_v: int | None = None
    max_power_w: int | None = None
    soc_percent: int | None = None
    details: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChargingNeedsNotified(ChargerEvent):
    """NotifyEVChargingNeeds. ``max_periods``: how many periods the car can take."""

    evse_id: int
    needs: ChargingNeeds
    max_periods: int | None = None
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChargingScheduleNotified(ChargerEvent):
    """NotifyEVChargingSchedule: what the car is going to draw; periods count from ``time_base``."""

    evse_id: int
    time_base: datetime
    schedule: ChargingSchedule
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChargingProfilesReported(ChargerEvent):
    """ReportChargingProfiles: one part of the answer to GetChargingProfiles."""

    request_id: int
    source: str
    evse_id: int
    profiles: tuple[ChargingProfile, ...]
    to_be_continued: bool = False
    deviations: tuple[str, ...] = ()
