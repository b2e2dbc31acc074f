"""Charging profiles in 2.1 (block K): what 2.0.1 has no fields for."""

from dataclasses import replace
from typing import Any

from apps.chargers.messages.charging_profiles import ChargingProfile, profile_from_json
from apps.chargers.messages.commands import RequestStartTransaction, SetChargingProfile
from apps.chargers.messages.replies import ChargingNeedsReply
from apps.gateway.protocol.adapter import CommandEncoder, ReplyEncoder
from apps.gateway.protocol.schedules import set_only
from apps.gateway.protocol.timestamps import format_timestamp
from apps.gateway.protocol.v201.charging_profiles import write_fields
from apps.gateway.protocol.v201.remote_control import encode_request_start as encode_request_start_201


def write_profile(profile: ChargingProfile) -> dict[str, Any]:
    more = {
        "maxOfflineDuration": profile.max_offline_duration_s,
        "invalidAfterOfflineDuration": profile.invalid_after_offline,
        "dynUpdateInterval": profile.update_interval_s,
        "dynUpdateTime": profile.updated_at and format_timestamp(profile.updated_at),
    }
    return write_fields(profile) | set_only(more)


def encode_set(command: SetChargingProfile) -> tuple[str, dict[str, Any]]:
    profile = write_profile(profile_from_json(command.profile))
    return "SetChargingProfile", {"evseId": command.evse_id, "chargingProfile": profile}


def encode_request_start(command: RequestStartTransaction) -> tuple[str, dict[str, Any]]:
    action, payload = encode_request_start_201(replace(command, charging_profile=None))
    if command.charging_profile:
        payload["chargingProfile"] = write_profile(profile_from_json(command.charging_profile))
    return action, payload


def encode_needs_reply(reply: ChargingNeedsReply) -> dict[str, Any]:
    return {"status": reply.status}


ENCODE_REPLY: dict[str, ReplyEncoder] = {"NotifyEVChargingNeeds": encode_needs_reply}
ENCODE: dict[str, CommandEncoder] = {
    SetChargingProfile.name: encode_set,
    RequestStartTransaction.name: encode_request_start,
}
