"""The local authorisation list in 2.0.1 (block D): GetLocalListVersion, SendLocalList."""

from collections.abc import Mapping
from typing import Any

from apps.chargers.messages.commands.local_lists import (
    GetLocalListVersion,
    ListEntry,
    SendLocalList,
)
from apps.chargers.messages.results import CommandResult
from apps.chargers.messages.tokens import IdTokenType
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.local_lists import list_version, update_answered, version_told


def encode_get_version(command: GetLocalListVersion) -> tuple[str, dict[str, Any]]:
    return "GetLocalListVersion", {}


def encode_send_list(command: SendLocalList) -> tuple[str, dict[str, Any]]:
    """A list without entries is left out, for the schema wants one at least; a full update then clears."""
    payload: dict[str, Any] = {"versionNumber": list_version(command), "updateType": command.update_type}
    if command.entries:
        payload["localAuthorizationList"] = [_entry(entry) for entry in command.entries]
    return "SendLocalList", payload


def decode_version(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return version_told(int(response["versionNumber"]))


def decode_send_list(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return update_answered(request, response, version=int(request["versionNumber"]), read=_read)


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """AuthorizationData; without idTokenInfo it removes the token."""
    encoded: dict[str, Any] = {"idToken": {"idToken": entry["id_token"], "type": entry["type"]}}
    if entry.get("status"):
        info: dict[str, Any] = {"status": entry["status"]}
        if entry.get("expires_at"):
            info["cacheExpiryDateTime"] = entry["expires_at"]
        if entry.get("group_id"):
            info["groupIdToken"] = {"idToken": entry["group_id"], "type": IdTokenType.CENTRAL.value}
        if entry.get("charging_priority"):
            info["chargingPriority"] = entry["charging_priority"]
        if entry.get("evse_ids"):
            info["evseId"] = list(entry["evse_ids"])
        encoded["idTokenInfo"] = info
    return encoded


def _read(entry: dict[str, Any]) -> ListEntry:
    info = entry.get("idTokenInfo") or {}
    return ListEntry(
        id_token=entry["idToken"]["idToken"],
        type=entry["idToken"]["type"],
        status=info.get("status", ""),
        expires_at=info.get("cacheExpiryDateTime", ""),
        group_id=info.get("groupIdToken", {}).get("idToken", ""),
        charging_priority=int(info.get("chargingPriority", 0)),
        evse_ids=tuple(int(number) for number in info.get("evseId", ())),
    )


DECODE: dict[str, Decoder] = {}
ENCODE_REPLY: dict[str, ReplyEncoder] = {}
ENCODE: dict[str, CommandEncoder] = {
    GetLocalListVersion.name: encode_get_version,
    SendLocalList.name: encode_send_list,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "GetLocalListVersion": decode_version,
    "SendLocalList": decode_send_list,
}
