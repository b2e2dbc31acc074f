"""The local authorisation list in 1.6: GetLocalListVersion (§5.10), SendLocalList (§5.15)."""

from collections.abc import Mapping
from typing import Any

from apps.chargers.messages.commands.local_lists import (
    GetLocalListVersion,
    ListEntry,
    SendLocalList,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.local_lists import list_version, update_answered, version_told
from apps.gateway.protocol.v16.authorisation import MAX_TAG_LENGTH, STATUSES


def encode_get_version(command: GetLocalListVersion) -> tuple[str, dict[str, Any]]:
    return "GetLocalListVersion", {}


def encode_send_list(command: SendLocalList) -> tuple[str, dict[str, Any]]:
    return "SendLocalList", {
        "listVersion": list_version(command),
        "updateType": command.update_type,
        "localAuthorizationList": [_entry(entry) for entry in command.entries],
    }


def decode_version(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return version_told(int(response["listVersion"]))


def decode_send_list(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return update_answered(request, response, version=int(request["listVersion"]), read=_read)


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """AuthorizationData; without idTagInfo it removes the tag."""
    encoded: dict[str, Any] = {"idTag": entry["id_token"][:MAX_TAG_LENGTH]}
    if entry.get("status"):
        encoded["idTagInfo"] = {"status": STATUSES.get(entry["status"], "Invalid")}
        if entry.get("expires_at"):
            encoded["idTagInfo"]["expiryDate"] = entry["expires_at"]
        if entry.get("group_id"):
            encoded["idTagInfo"]["parentIdTag"] = entry["group_id"][:MAX_TAG_LENGTH]
    return encoded


def _read(entry: dict[str, Any]) -> ListEntry:
    info = entry.get("idTagInfo") or {}
    return ListEntry(
        id_token=entry["idTag"],
        status=info.get("status", ""),
        expires_at=info.get("expiryDate", ""),
        group_id=info.get("parentIdTag", ""),
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
