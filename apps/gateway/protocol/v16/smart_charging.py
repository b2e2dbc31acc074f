"""1.6: charging profiles and schedules (§5.5, §5.7, §5.16)."""

from dataclasses import replace
from typing import Any

from apps.chargers.messages.charging_profiles import profile_from_json
from apps.chargers.messages.commands.smart_charging import (
    ClearChargingProfile,
    CompositeScheduleTold,
    GetCompositeSchedule,
    ProfileAnswered,
    ProfilesCleared,
    SetChargingProfile,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.results import read_status
from apps.gateway.protocol.schedules import read_instant, read_schedule, set_only
from apps.gateway.protocol.v16.charging_profiles import NEUTRAL_PURPOSES, read_profile, write_profile, write_purpose

Json = dict[str, Any]


def encode_set(command: SetChargingProfile) -> tuple[str, Json]:
    profile = write_profile(profile_from_json(command.profile))
    return "SetChargingProfile", {"connectorId": command.evse_id, "csChargingProfiles": profile}


def encode_clear(command: ClearChargingProfile) -> tuple[str, Json]:
    if command.profile_id is not None:
        return "ClearChargingProfile", {"id": command.profile_id}
    return "ClearChargingProfile", set_only(
        {
            "connectorId": command.evse_id,
            "chargingProfilePurpose": None if command.purpose is None else write_purpose(command.purpose),
            "stackLevel": command.stack_level,
        }
    )


def encode_get_composite(command: GetCompositeSchedule) -> tuple[str, Json]:
    return "GetCompositeSchedule", set_only(
        {"connectorId": command.evse_id, "duration": command.duration_s, "chargingRateUnit": command.unit}
    )


def decode_set(request: Json, response: Json) -> CommandResult:
    result = read_status(request, response)
    profile = read_profile(request["csChargingProfiles"], [])
    answered = ProfileAnswered(int(request["connectorId"]), profile, result.accepted, result.status)
    return replace(result, learnt=(answered,))


def decode_remote_start(request: Json, response: Json) -> CommandResult:
    """A profile within a remote start is installed with the transaction that follows (§5.11)."""
    result = read_status(request, response)
    if "chargingProfile" not in request:
        return result
    profile = read_profile(request["chargingProfile"], [])
    answered = ProfileAnswered(read_int(request.get("connectorId")), profile, result.accepted, result.status)
    return replace(result, learnt=(answered,))


def decode_clear(request: Json, response: Json) -> CommandResult:
    """Unknown means that there is none, which is what was wanted too."""
    result = read_status(request, response)
    purpose = request.get("chargingProfilePurpose")
    cleared = ProfilesCleared(
        found=result.accepted,
        profile_id=read_int(request.get("id")),
        evse_id=read_int(request.get("connectorId")),
        purpose=NEUTRAL_PURPOSES.get(purpose) if purpose else None,
        stack_level=read_int(request.get("stackLevel")),
    )
    return replace(result, learnt=(cleared,))


def decode_get_composite(request: Json, response: Json) -> CommandResult:
    result = read_status(request, {"status": response["status"]})
    deviations: list[str] = []
    schedule = None
    if data := response.get("chargingSchedule"):
        schedule = read_schedule(data, deviations)
        start_at = read_instant(response.get("scheduleStart"), deviations)
        schedule = replace(schedule, start_at=start_at or schedule.start_at)
    told = CompositeScheduleTold(
        evse_id=int(request["connectorId"]),
        duration_s=int(request["duration"]),
        accepted=result.accepted,
        unit=request.get("chargingRateUnit"),
        schedule=schedule,
        deviations=tuple(deviations),
    )
    return replace(result, learnt=(told,))


DECODE: dict[str, Decoder] = {}
ENCODE_REPLY: dict[str, ReplyEncoder] = {}
ENCODE: dict[str, CommandEncoder] = {
    SetChargingProfile.name: encode_set,
    ClearChargingProfile.name: encode_clear,
    GetCompositeSchedule.name: encode_get_composite,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "SetChargingProfile": decode_set,
    "ClearChargingProfile": decode_clear,
    "GetCompositeSchedule": decode_get_composite,
    "RemoteStartTransaction": decode_remote_start,
}
