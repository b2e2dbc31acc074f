"""2.0.1: what stations tell of limits, installed profiles and the needs of cars (block K)."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.events import (
    ChargingLimitCleared,
    ChargingLimitNotified,
    ChargingNeeds,
    ChargingNeedsNotified,
    ChargingProfilesReported,
    ChargingScheduleNotified,
)
from apps.chargers.messages.replies import ChargingNeedsReply, ChargingScheduleReply
from apps.gateway.protocol.adapter import Decoder, ReplyEncoder
from apps.gateway.protocol.fields import encode_empty, read_int
from apps.gateway.protocol.schedules import read_instant, read_schedule
from apps.gateway.protocol.timestamps import read_timestamp
from apps.gateway.protocol.v201.charging_profiles import read_profile

Json = dict[str, Any]
MOST = 2**31 - 1


def decode_notify_limit(payload: Json, received_at: datetime) -> ChargingLimitNotified:
    deviations: list[str] = []
    limit = payload["chargingLimit"]
    return ChargingLimitNotified(
        source=limit["chargingLimitSource"],
        evse_id=read_int(payload.get("evseId")) or 0,
        is_grid_critical=limit.get("isGridCritical"),
        schedules=tuple(read_schedule(schedule, deviations) for schedule in payload.get("chargingSchedule", ())),
        deviations=tuple(dict.fromkeys(deviations)),
    )


def decode_cleared_limit(payload: Json, received_at: datetime) -> ChargingLimitCleared:
    return ChargingLimitCleared(payload["chargingLimitSource"], read_int(payload.get("evseId")) or 0)


def decode_notify_needs(payload: Json, received_at: datetime) -> ChargingNeedsNotified:
    deviations: list[str] = []
    return ChargingNeedsNotified(
        evse_id=int(payload["evseId"]),
        needs=read_needs(payload["chargingNeeds"], deviations),
        max_periods=read_int(payload.get("maxScheduleTuples")),
        deviations=tuple(deviations),
    )


def read_needs(data: Json, deviations: list[str]) -> ChargingNeeds:
    ac, dc = data.get("acChargingParameters", {}), data.get("dcChargingParameters", {})
    values = {**dc, **ac}
    return ChargingNeeds(
        energy_transfer=data["requestedEnergyTransfer"],
        departure_at=read_instant(data.get("departureTime"), deviations),
        energy_wh=_whole(values.get("energyAmount")),
        min_current_a=_whole(ac.get("evMinCurrent")),
        max_current_a=_whole(values.get("evMaxCurrent")),
        max_voltage_v=_whole(values.get("evMaxVoltage")),
        max_power_w=_whole(dc.get("evMaxPower")),
        soc_percent=_whole(dc.get("stateOfCharge")),
        details=data,
    )


def _whole(value: float | None) -> int | None:
    """Whole units, down; 2.1 writes numbers without bounds."""
    return None if value is None else int(max(min(value, MOST), -MOST))


def decode_notify_schedule(payload: Json, received_at: datetime) -> ChargingScheduleNotified:
    deviations: list[str] = []
    return ChargingScheduleNotified(
        evse_id=int(payload["evseId"]),
        time_base=read_timestamp(payload.get("timeBase"), received_at, deviations),
        schedule=read_schedule(payload["chargingSchedule"], deviations),
        deviations=tuple(dict.fromkeys(deviations)),
    )


def decode_report_profiles(payload: Json, received_at: datetime) -> ChargingProfilesReported:
    deviations: list[str] = []
    return ChargingProfilesReported(
        request_id=int(payload["requestId"]),
        source=payload["chargingLimitSource"],
        evse_id=int(payload["evseId"]),
        profiles=tuple(read_profile(profile, deviations) for profile in payload["chargingProfile"]),
        to_be_continued=payload.get("tbc", False),
        deviations=tuple(dict.fromkeys(deviations)),
    )


def encode_needs_reply(reply: ChargingNeedsReply) -> Json:
    """2.0.1 has no word for "none will come, charge as you may"."""
    return {"status": "Rejected" if reply.status == "NoChargingProfile" else reply.status}


def encode_schedule_reply(reply: ChargingScheduleReply) -> Json:
    if not reply.reason:
        return {"status": reply.status}
    return {"status": reply.status, "statusInfo": {"reasonCode": "LimitExceeded", "additionalInfo": reply.reason[:512]}}


DECODE: dict[str, Decoder] = {
    "NotifyChargingLimit": decode_notify_limit,
    "ClearedChargingLimit": decode_cleared_limit,
    "NotifyEVChargingNeeds": decode_notify_needs,
    "NotifyEVChargingSchedule": decode_notify_schedule,
    "ReportChargingProfiles": decode_report_profiles,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = {
    "NotifyChargingLimit": encode_empty,
    "ClearedChargingLimit": encode_empty,
    "NotifyEVChargingNeeds": encode_needs_reply,
    "NotifyEVChargingSchedule": encode_schedule_reply,
    "ReportChargingProfiles": encode_empty,
}
