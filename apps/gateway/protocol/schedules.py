"""Charging schedules as all versions write them, to and from the neutral form."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.timestamps import format_timestamp, parse_timestamp

Json = dict[str, Any]


def read_decimal(value: float | None) -> Decimal | None:
    """The number as it was written: 16.3 is 16.3, 53.379 stays 53.379."""
    return None if value is None else Decimal(str(value))


def write_decimal(value: Decimal) -> float | int:
    """The nearest binary number, which JSON writes as it was meant."""
    return int(value) if value == value.to_integral_value() else float(value)


def read_instant(text: str | None, deviations: list[str]) -> datetime | None:
    """An instant that may be absent; one that cannot be read counts as absent."""
    if text is None:
        return None
    instant, deviation = parse_timestamp(text)
    if deviation:
        deviations.append(deviation)
    return instant


def read_periods(data: list[Json]) -> tuple[ChargingSchedulePeriod, ...]:
    return tuple(
        ChargingSchedulePeriod(
            start_s=int(period["startPeriod"]),
            limit=read_decimal(period.get("limit")),
            number_phases=read_int(period.get("numberPhases")),
            phase_to_use=read_int(period.get("phaseToUse")),
            operation_mode=period.get("operationMode"),
            setpoint=read_decimal(period.get("setpoint")),
            discharge_limit=read_decimal(period.get("dischargeLimit")),
        )
        for period in data
    )


def read_schedule(data: Json, deviations: list[str]) -> ChargingSchedule:
    return ChargingSchedule(
        unit=data["chargingRateUnit"],
        periods=read_periods(data["chargingSchedulePeriod"]),
        id=int(data.get("id", 1)),
        start_at=read_instant(data.get("startSchedule"), deviations),
        duration_s=read_int(data.get("duration")),
        min_charging_rate=read_decimal(data.get("minChargingRate")),
    )


def write_period(period: ChargingSchedulePeriod) -> Json:
    return set_only(
        {
            "startPeriod": period.start_s,
            "limit": None if period.limit is None else write_decimal(period.limit),
            "numberPhases": period.number_phases,
            "phaseToUse": period.phase_to_use,
            "operationMode": period.operation_mode,
            "setpoint": None if period.setpoint is None else write_decimal(period.setpoint),
            "dischargeLimit": None if period.discharge_limit is None else write_decimal(period.discharge_limit),
        }
    )


def write_schedule(schedule: ChargingSchedule) -> Json:
    """Without the id, which 1.6 does not have."""
    rate = schedule.min_charging_rate
    return set_only(
        {
            "startSchedule": schedule.start_at and format_timestamp(schedule.start_at),
            "duration": schedule.duration_s,
            "chargingRateUnit": schedule.unit,
            "minChargingRate": None if rate is None else write_decimal(rate),
            "chargingSchedulePeriod": [write_period(period) for period in schedule.periods],
        }
    )


def refuse_modes(profile: ChargingProfile) -> None:
    """For versions before 2.1. Raises ``CommandNotExpressible``."""
    if profile.has_modes:
        raise CommandNotExpressible("Operation modes, setpoints and discharging are OCPP 2.1’s alone.")


def set_only(values: Json) -> Json:
    """``values`` without those that are ``None``."""
    return {name: value for name, value in values.items() if value is not None}
