"""2.0.1: network connection profiles (block B, B09, B10)."""

from collections.abc import Mapping
from typing import Any

from apps.chargers.messages.commands.network import NetworkProfileSet, SetNetworkProfile
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.results import read_status, with_lesson

# 2.0.1 has one word for 2.0 and 2.0.1.
VERSION_WORDS = {"ocpp1.6": "OCPP16", "ocpp2.0.1": "OCPP20"}
_DETAILS = ("apn", "vpn")


def encode_set_network_profile(command: SetNetworkProfile) -> tuple[str, dict[str, Any]]:
    return encode_profile(command, VERSION_WORDS)


def decode_set_network_profile(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return decode_profile(request, response, VERSION_WORDS)


def encode_profile(command: SetNetworkProfile, words: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """``words``: what the version calls each subprotocol."""
    data: dict[str, Any] = {
        "ocppVersion": words.get(command.ocpp_version, words["ocpp2.0.1"]),
        "ocppTransport": "JSON",
        "ocppCsmsUrl": command.url,
        "messageTimeout": command.message_timeout_s,
        "securityProfile": command.security_profile,
        "ocppInterface": command.interface,
    }
    data |= {name: dict(value) for name in _DETAILS if (value := getattr(command, name))}
    return "SetNetworkProfile", {"configurationSlot": command.slot, "connectionData": data}


def decode_profile(request: dict[str, Any], response: dict[str, Any], words: Mapping[str, str]) -> CommandResult:
    """The station's yes teaches what lies in the slot."""
    result = read_status(request, response)
    if not result.accepted:
        return result
    data = request["connectionData"]
    versions = {word: version for version, word in words.items()}
    return with_lesson(
        result,
        NetworkProfileSet(
            slot=request["configurationSlot"],
            url=data["ocppCsmsUrl"],
            security_profile=data["securityProfile"],
            ocpp_version=versions.get(data.get("ocppVersion", ""), data.get("ocppVersion", "")),
            interface=data["ocppInterface"],
            details={name: data[name] for name in _DETAILS if name in data},
        ),
    )


DECODE: dict[str, Decoder] = {}
ENCODE_REPLY: dict[str, ReplyEncoder] = {}
ENCODE: dict[str, CommandEncoder] = {SetNetworkProfile.name: encode_set_network_profile}
DECODE_RESULT: dict[str, ResultDecoder] = {"SetNetworkProfile": decode_set_network_profile}
