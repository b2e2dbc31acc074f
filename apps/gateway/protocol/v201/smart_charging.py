"""2.0.1: charging profiles and schedules as we ask for them (block K)."""

from dataclasses import replace
from typing import Any

from apps.chargers.messages.charging_profiles import profile_from_json
from apps.chargers.messages.commands.smart_charging import (
    ClearChargingProfile,
    CompositeScheduleTold,
    GetChargingProfiles,
    GetCompositeSchedule,
    ProfileAnswered,
    ProfileReportPromised,
    ProfilesCleared,
    SetChargingProfile,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.results import read_status, read_status_info
from apps.gateway.protocol.schedules import read_instant, read_schedule, set_only
from apps.gateway.protocol.v201 import charging_needs
from apps.gateway.protocol.v201.charging_profiles import read_profile, write_profile

Json = dict[str, Any]


def encode_set(command: SetChargingProfile) -> tuple[str, Json]:
    profile = write_profile(profile_from_json(command.profile))
    return "SetChargingProfile", {"evseId": command.evse_id, "chargingProfile": profile}


def encode_clear(command: ClearChargingProfile) -> tuple[str, Json]:
    """An id stands alone; an empty set of criteria clears everything."""
    if command.profile_id is not None:
        return "ClearChargingProfile", {"chargingProfileId": command.profile_id}
    criteria = _criteria(command)
    if command.evse_id is not None:
        criteria["evseId"] = command.evse_id
    return "ClearChargingProfile", {"chargingProfileCriteria": criteria} if criteria else {}


def encode_get_profiles(command: GetChargingProfiles) -> tuple[str, Json]:
    criteria = _criteria(command)
    if command.profile_ids:
        criteria = {"chargingProfileId": list(command.profile_ids)}
    elif command.limit_sources:
        criteria["chargingLimitSource"] = list(command.limit_sources)
    return "GetChargingProfiles", set_only(
        {"requestId": command.request_id, "evseId": command.evse_id, "chargingProfile": criteria}
    )


def encode_get_composite(command: GetCompositeSchedule) -> tuple[str, Json]:
    return "GetCompositeSchedule", set_only(
        {"evseId": command.evse_id, "duration": command.duration_s, "chargingRateUnit": command.unit}
    )


def decode_set(request: Json, response: Json) -> CommandResult:
    result = read_status(request, response)
    reason = read_status_info(response) or result.status
    profile = read_profile(request["chargingProfile"], [])
    return replace(result, learnt=(ProfileAnswered(int(request["evseId"]), profile, result.accepted, reason),))


def decode_request_start(request: Json, response: Json) -> CommandResult:
    """A profile within the request is installed with the transaction that follows (F01, F02)."""
    result = read_status(request, response)
    if "chargingProfile" not in request:
        return result
    profile = read_profile(request["chargingProfile"], [])
    reason = read_status_info(response) or result.status
    answered = ProfileAnswered(read_int(request.get("evseId")), profile, result.accepted, reason)
    return replace(result, learnt=(answered,))


def decode_clear(request: Json, response: Json) -> CommandResult:
    """Unknown means that there is none, which is what was wanted too."""
    result = read_status(request, response)
    criteria = request.get("chargingProfileCriteria", {})
    cleared = ProfilesCleared(
        found=result.accepted,
        profile_id=read_int(request.get("chargingProfileId")),
        evse_id=read_int(criteria.get("evseId")),
        purpose=criteria.get("chargingProfilePurpose"),
        stack_level=read_int(criteria.get("stackLevel")),
    )
    return replace(result, learnt=(cleared,))


def decode_get_profiles(request: Json, response: Json) -> CommandResult:
    """NoProfiles is an answer, not a refusal."""
    result = read_status(request, response)
    criteria = request["chargingProfile"]
    found = result.status != "NoProfiles"
    promised = ProfileReportPromised(
        request_id=int(request["requestId"]),
        found=found,
        evse_id=read_int(request.get("evseId")),
        purpose=criteria.get("chargingProfilePurpose"),
        stack_level=read_int(criteria.get("stackLevel")),
        profile_ids=tuple(int(pk) for pk in criteria.get("chargingProfileId", ())),
        limit_sources=tuple(criteria.get("chargingLimitSource", ())),
    )
    if not found:
        return replace(result, accepted=True, detail="The station holds no such profile.", learnt=(promised,))
    return replace(result, learnt=(promised,) if result.accepted else ())


def decode_get_composite(request: Json, response: Json) -> CommandResult:
    """A schedule in the shape of 1.6 is read as well, and noted."""
    result = read_status(request, {"status": response["status"], "statusInfo": response.get("statusInfo")})
    deviations: list[str] = []
    data = response.get("schedule") or response.get("chargingSchedule")
    schedule = None
    if data:
        if "chargingSchedule" in response or "scheduleStart" not in data:
            deviations.append("composite-schedule-of-1.6")
        start = data.get("scheduleStart") or response.get("scheduleStart") or data.get("startSchedule")
        schedule = replace(read_schedule(data, deviations), start_at=read_instant(start, deviations))
    told = CompositeScheduleTold(
        evse_id=int(request["evseId"]),
        duration_s=int(request["duration"]),
        accepted=result.accepted,
        unit=request.get("chargingRateUnit"),
        schedule=schedule,
        deviations=tuple(deviations),
    )
    return replace(result, learnt=(told,))


def _criteria(command: ClearChargingProfile | GetChargingProfiles) -> Json:
    return set_only({"chargingProfilePurpose": command.purpose, "stackLevel": command.stack_level})


# The answer to GetCompositeSchedule as it is printed, and as 1.6 would write it.
_PERIOD: Json = {
    "type": "object",
    "properties": {
        "startPeriod": {"type": "integer"},
        "limit": {"type": "number"},
        "numberPhases": {"type": "integer"},
        "phaseToUse": {"type": "integer"},
        "setpoint": {"type": "number"},
        "dischargeLimit": {"type": "number"},
        "operationMode": {"type": "string"},
    },
    "required": ["startPeriod"],
}
_ANY_SCHEDULE: Json = {
    "type": "object",
    "properties": {
        "evseId": {"type": "integer"},
        "duration": {"type": "integer"},
        "scheduleStart": {"type": "string"},
        "startSchedule": {"type": "string"},
        "chargingRateUnit": {"type": "string", "enum": ["W", "A"]},
        "chargingSchedulePeriod": {"type": "array", "items": _PERIOD},
        "minChargingRate": {"type": "number"},
    },
    "required": ["chargingRateUnit", "chargingSchedulePeriod"],
}
ANSWER_SHAPES: dict[tuple[str, str], Json] = {
    ("GetCompositeScheduleResponse", "schedule"): _ANY_SCHEDULE,
    ("GetCompositeScheduleResponse", "chargingSchedule"): _ANY_SCHEDULE,
    ("GetCompositeScheduleResponse", "connectorId"): {"type": "integer"},
    ("GetCompositeScheduleResponse", "scheduleStart"): {"type": "string"},
}

DECODE: dict[str, Decoder] = charging_needs.DECODE
ENCODE_REPLY: dict[str, ReplyEncoder] = charging_needs.ENCODE_REPLY
ENCODE: dict[str, CommandEncoder] = {
    SetChargingProfile.name: encode_set,
    ClearChargingProfile.name: encode_clear,
    GetChargingProfiles.name: encode_get_profiles,
    GetCompositeSchedule.name: encode_get_composite,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "SetChargingProfile": decode_set,
    "ClearChargingProfile": decode_clear,
    "GetChargingProfiles": decode_get_profiles,
    "GetCompositeSchedule": decode_get_composite,
    "RequestStartTransaction": decode_request_start,
}
