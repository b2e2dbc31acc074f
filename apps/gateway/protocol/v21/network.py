"""2.1: network connection profiles tell 2.0.1 from 2.1, which 2.0.1 had one word for."""

from typing import Any

from apps.chargers.messages.commands.network import SetNetworkProfile
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, ResultDecoder
from apps.gateway.protocol.v201 import network

VERSION_WORDS = {"ocpp1.6": "OCPP16", "ocpp2.0.1": "OCPP201", "ocpp2.1": "OCPP21"}


def encode_set_network_profile(command: SetNetworkProfile) -> tuple[str, dict[str, Any]]:
    return network.encode_profile(command, VERSION_WORDS)


def decode_set_network_profile(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return network.decode_profile(request, response, VERSION_WORDS)


ENCODE: dict[str, CommandEncoder] = {SetNetworkProfile.name: encode_set_network_profile}
DECODE_RESULT: dict[str, ResultDecoder] = {"SetNetworkProfile": decode_set_network_profile}
