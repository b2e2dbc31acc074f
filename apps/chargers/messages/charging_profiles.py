"""Charging profiles and schedules in the shape of OCPP 2.x, for every version.

A profile limits an EVSE, or the whole station (EVSE 0): per period so many amperes per phase, or watts in all. As JSON,
in commands and rows, limits are text, so that 16.3 stays 16.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class ProfilePurpose(StrEnum):
    """2.x ChargingProfilePurposeEnumType; 1.6's ChargePointMaxProfile is the station's maximum. The last two: 2.1."""

    EXTERNAL = "ChargingStationExternalConstraints"
    STATION_MAX = "ChargingStationMaxProfile"
    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"
    PRIORITY = "PriorityCharging"
    LOCAL_GENERATION = "LocalGeneration"


class ProfileKind(StrEnum):
    """2.x ChargingProfileKindEnumType; Dynamic: 2.1."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"
    DYNAMIC = "Dynamic"


class RateUnit(StrEnum):
    """A is per phase, W is the sum of all phases."""

    A = "A"
    W = "W"


class OperationMode(StrEnum):
    """2.1 OperationModeEnumType: who says in a period what flows, and whether it may flow back."""

    IDLE = "Idle"
    CHARGING_ONLY = "ChargingOnly"
    CENTRAL_SETPOINT = "CentralSetpoint"
    EXTERNAL_SETPOINT = "ExternalSetpoint"
    EXTERNAL_LIMITS = "ExternalLimits"
    CENTRAL_FREQUENCY = "CentralFrequency"
    LOCAL_FREQUENCY = "LocalFrequency"
    LOCAL_LOAD_BALANCING = "LocalLoadBalancing"


@dataclass(frozen=True, slots=True)
class ChargingSchedulePeriod:
    """``limit`` from ``start_s`` after the schedule's start on; ``None`` only in 2.1's other operation modes.

    ``phase_to_use`` (1 to 3) only where ``number_phases`` is 1. The last three are of 2.1, in the schedule's unit:
    ``setpoint`` is to be followed, below 0 out of the vehicle; ``discharge_limit`` is 0 or below.
    """

    start_s: int
    limit: Decimal | None
    number_phases: int | None = None
    phase_to_use: int | None = None
    operation_mode: str | None = None
    setpoint: Decimal | None = None
    discharge_limit: Decimal | None = None

    @property
    def has_mode(self) -> bool:
        """Whether it says what only 2.1 can."""
        return (self.operation_mode, self.setpoint, self.discharge_limit) != (None, None, None)


@dataclass(frozen=True, slots=True)
class ChargingSchedule:
    """``start_at`` is ``None`` where the kind says when it begins; without ``duration_s`` the last period goes on."""

    unit: str
    periods: tuple[ChargingSchedulePeriod, ...]
    id: int = 1
    start_at: datetime | None = None
    duration_s: int | None = None
    min_charging_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    """``schedules``: one; up to three to choose from in an ISO 15118 session. The first counts.

    ``recurrency`` is Daily or Weekly. The last four are of 2.1: how long it holds without a connection, whether it is
    gone after that, and how often a dynamic limit is asked for.
    """

    id: int
    stack_level: int
    purpose: str
    kind: str
    schedules: tuple[ChargingSchedule, ...]
    recurrency: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: str | None = None
    max_offline_duration_s: int | None = None
    invalid_after_offline: bool | None = None
    update_interval_s: int | None = None
    updated_at: datetime | None = None

    @property
    def schedule(self) -> ChargingSchedule:
        """The one that counts."""
        return self.schedules[0]

    @property
    def has_modes(self) -> bool:
        """Whether a period of it says what only 2.1 can."""
        return any(period.has_mode for schedule in self.schedules for period in schedule.periods)


def profile_as_json(profile: ChargingProfile) -> dict[str, Any]:
    """``profile`` without what is not set, as ``profile_from_json`` reads it."""
    return _set_only(
        {
            "id": profile.id,
            "stack_level": profile.stack_level,
            "purpose": str(profile.purpose),
            "kind": str(profile.kind),
            "schedules": [schedule_as_json(schedule) for schedule in profile.schedules],
            "recurrency": profile.recurrency,
            "valid_from": _stamp(profile.valid_from),
            "valid_to": _stamp(profile.valid_to),
            "transaction_id": profile.transaction_id,
            "max_offline_duration_s": profile.max_offline_duration_s,
            "invalid_after_offline": profile.invalid_after_offline,
            "update_interval_s": profile.update_interval_s,
            "updated_at": _stamp(profile.updated_at),
        }
    )


def profile_from_json(data: Mapping[str, Any]) -> ChargingProfile:
    """The profile that ``profile_as_json`` wrote; ``KeyError``, ``ValueError`` or ``ArithmeticError`` for others."""
    return ChargingProfile(
        id=data["id"],
        stack_level=data["stack_level"],
        purpose=data["purpose"],
        kind=data["kind"],
        schedules=tuple(schedule_from_json(schedule) for schedule in data["schedules"]),
        recurrency=data.get("recurrency"),
        valid_from=_instant(data.get("valid_from")),
        valid_to=_instant(data.get("valid_to")),
        transaction_id=data.get("transaction_id"),
        max_offline_duration_s=data.get("max_offline_duration_s"),
        invalid_after_offline=data.get("invalid_after_offline"),
        update_interval_s=data.get("update_interval_s"),
        updated_at=_instant(data.get("updated_at")),
    )


def schedule_as_json(schedule: ChargingSchedule) -> dict[str, Any]:
    return _set_only(
        {
            "id": schedule.id,
            "unit": str(schedule.unit),
            "start_at": _stamp(schedule.start_at),
            "duration_s": schedule.duration_s,
            "min_charging_rate": _text(schedule.min_charging_rate),
            "periods": [
                _set_only(
                    {
                        "start_s": period.start_s,
                        "limit": _text(period.limit),
                        "number_phases": period.number_phases,
                        "phase_to_use": period.phase_to_use,
                        "operation_mode": period.operation_mode,
                        "setpoint": _text(period.setpoint),
                        "discharge_limit": _text(period.discharge_limit),
                    }
                )
                for period in schedule.periods
            ],
        }
    )


def schedule_from_json(data: Mapping[str, Any]) -> ChargingSchedule:
    return ChargingSchedule(
        unit=data["unit"],
        id=data.get("id", 1),
        start_at=_instant(data.get("start_at")),
        duration_s=data.get("duration_s"),
        min_charging_rate=_decimal(data.get("min_charging_rate")),
        periods=tuple(
            ChargingSchedulePeriod(
                period["start_s"],
                _decimal(period.get("limit")),
                period.get("number_phases"),
                period.get("phase_to_use"),
                period.get("operation_mode"),
                _decimal(period.get("setpoint")),
                _decimal(period.get("discharge_limit")),
            )
            for period in data["periods"]
        ),
    )


def _set_only(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _stamp(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
