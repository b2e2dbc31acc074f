"""Logs (block N) and security events (block A) in 2.0.1."""

from typing import Any

from apps.chargers.messages.commands import GetLog
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.notices import decode_log_status, decode_security_event
from apps.gateway.protocol.transfers import decode_log_answer, get_log_payload

KINDS = frozenset({"DiagnosticsLog", "SecurityLog"})


def encode_get_log(command: GetLog) -> tuple[str, dict[str, Any]]:
    if command.log_type not in KINDS:
        raise CommandNotExpressible(f"OCPP 2.0.1 has no {command.log_type}.")
    return "GetLog", get_log_payload(command)


DECODE: dict[str, Decoder] = {
    "LogStatusNotification": decode_log_status,
    "SecurityEventNotification": decode_security_event,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
ENCODE: dict[str, CommandEncoder] = {GetLog.name: encode_get_log}
DECODE_RESULT: dict[str, ResultDecoder] = {"GetLog": decode_log_answer}
