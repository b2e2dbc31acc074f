"""Firmware and logs as 2.x and the security extension of 1.6 both say them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from apps.chargers.messages.commands import GetLog, UpdateFirmware
from apps.chargers.messages.learnt_transfers import LogAnswered, TransferAsked, UpdateAnswered
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.results import read_status
from apps.gateway.protocol.timestamps import format_timestamp

Payload = dict[str, Any]


def wire_instant(text: str) -> str:
    """An instant of a command, as chargers read it."""
    instant = datetime.fromisoformat(text)
    return format_timestamp(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


def attempts(retries: int | None, retry_interval_s: int | None) -> Payload:
    """How often to try, and with what pauses, where we said so."""
    said = {"retries": retries, "retryInterval": retry_interval_s}
    return {name: value for name, value in said.items() if value is not None}


def update_firmware_payload(command: UpdateFirmware) -> Payload:
    firmware = {"location": command.location, "retrieveDateTime": wire_instant(command.retrieve_at)}
    if command.install_at:
        firmware["installDateTime"] = wire_instant(command.install_at)
    if command.signing_certificate:
        firmware["signingCertificate"] = command.signing_certificate
    if command.signature:
        firmware["signature"] = command.signature
    return {
        "requestId": command.request_id,
        "firmware": firmware,
        **attempts(command.retries, command.retry_interval_s),
    }


def get_log_payload(command: GetLog) -> Payload:
    log = {"remoteLocation": command.location}
    if command.oldest_at:
        log["oldestTimestamp"] = wire_instant(command.oldest_at)
    if command.latest_at:
        log["latestTimestamp"] = wire_instant(command.latest_at)
    return {
        "logType": command.log_type,
        "requestId": command.request_id,
        "log": log,
        **attempts(command.retries, command.retry_interval_s),
    }


def decode_update_answer(request: Payload, response: Payload) -> CommandResult:
    """UpdateFirmware and SignedUpdateFirmware; the empty answer of 1.6 is agreement."""
    result = read_status(request, response)
    firmware = request.get("firmware", request)  # flat in 1.6
    asked = TransferAsked(
        request_id=read_int(request.get("requestId")),
        location=firmware["location"],
        retrieve_at=firmware.get("retrieveDateTime") or firmware.get("retrieveDate", ""),
        is_signed="signature" in firmware,
    )
    return replace(result, learnt=(UpdateAnswered(result.status or "Accepted", result.detail, asked),))


def decode_log_answer(request: Payload, response: Payload) -> CommandResult:
    result = read_status(request, response)
    asked = TransferAsked(read_int(request["requestId"]), request["log"]["remoteLocation"], request["logType"])
    return replace(result, learnt=(LogAnswered(result.status, response.get("filename") or "", result.detail, asked),))
