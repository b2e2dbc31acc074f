"""Logs in 2.1 (block N): as in 2.0.1, and the log of the data collector."""

from typing import Any

from apps.chargers.messages.commands import GetLog
from apps.gateway.protocol.adapter import CommandEncoder
from apps.gateway.protocol.transfers import get_log_payload


def encode_get_log(command: GetLog) -> tuple[str, dict[str, Any]]:
    return "GetLog", get_log_payload(command)


ENCODE: dict[str, CommandEncoder] = {GetLog.name: encode_get_log}
