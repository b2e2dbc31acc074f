"""Diagnostics (§4.4, §5.7), logs and security events (whitepaper edition 3) in 1.6."""

from dataclasses import replace
from typing import Any

from apps.chargers.messages.commands import GetLog
from apps.chargers.messages.learnt_transfers import LogAnswered, TransferAsked
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.notices import decode_log_status, decode_security_event
from apps.gateway.protocol.results import read_status
from apps.gateway.protocol.transfers import attempts, decode_log_answer, get_log_payload, wire_instant

KINDS = frozenset({"DiagnosticsLog", "SecurityLog"})


def encode_get_log(command: GetLog) -> tuple[str, dict[str, Any]]:
    if command.log_type not in KINDS:
        raise CommandNotExpressible(f"OCPP 1.6 has no {command.log_type}.")
    if command.log_type != "DiagnosticsLog" or command.security_extension:
        return "GetLog", get_log_payload(command)
    payload: dict[str, Any] = {"location": command.location, **attempts(command.retries, command.retry_interval_s)}
    if command.oldest_at:
        payload["startTime"] = wire_instant(command.oldest_at)
    if command.latest_at:
        payload["stopTime"] = wire_instant(command.latest_at)
    return "GetDiagnostics", payload


def decode_get_diagnostics(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """No file name means that there is nothing to upload (§5.7)."""
    name = response.get("fileName") or None
    asked = TransferAsked(None, request["location"], "DiagnosticsLog")
    return replace(read_status(request, response), learnt=(LogAnswered("Accepted", name, asked=asked),))


DECODE: dict[str, Decoder] = {
    "DiagnosticsStatusNotification": decode_log_status,
    "LogStatusNotification": decode_log_status,
    "SecurityEventNotification": decode_security_event,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
ENCODE: dict[str, CommandEncoder] = {GetLog.name: encode_get_log}
DECODE_RESULT: dict[str, ResultDecoder] = {"GetDiagnostics": decode_get_diagnostics, "GetLog": decode_log_answer}
