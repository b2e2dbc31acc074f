"""Firmware in 2.0.1 (block L): updated, and published by a local controller."""

from dataclasses import replace
from typing import Any

from apps.chargers.messages.commands import PublishFirmware, UnpublishFirmware, UpdateFirmware
from apps.chargers.messages.learnt_transfers import PublishAnswered, TransferAsked, UnpublishAnswered
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import encode_empty, read_int
from apps.gateway.protocol.notices import decode_firmware_status, decode_publish_status
from apps.gateway.protocol.results import read_status
from apps.gateway.protocol.transfers import attempts, decode_update_answer, update_firmware_payload


def encode_update_firmware(command: UpdateFirmware) -> tuple[str, dict[str, Any]]:
    return "UpdateFirmware", update_firmware_payload(command)


def encode_publish_firmware(command: PublishFirmware) -> tuple[str, dict[str, Any]]:
    payload = {"location": command.location, "checksum": command.checksum, "requestId": command.request_id}
    return "PublishFirmware", {**payload, **attempts(command.retries, command.retry_interval_s)}


def encode_unpublish_firmware(command: UnpublishFirmware) -> tuple[str, dict[str, Any]]:
    return "UnpublishFirmware", {"checksum": command.checksum}


def decode_publish_answer(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    asked = TransferAsked(read_int(request["requestId"]), request["location"])
    return replace(result, learnt=(PublishAnswered(result.status, result.detail, asked, request["checksum"]),))


def decode_unpublish_answer(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """NoFirmware is what we wanted, too: it is not offered."""
    result = read_status(request, response)
    learnt = (UnpublishAnswered(result.status, request["checksum"]),)
    return replace(result, accepted=result.status in ("Unpublished", "NoFirmware"), learnt=learnt)


DECODE: dict[str, Decoder] = {
    "FirmwareStatusNotification": decode_firmware_status,
    "PublishFirmwareStatusNotification": decode_publish_status,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
ENCODE: dict[str, CommandEncoder] = {
    UpdateFirmware.name: encode_update_firmware,
    PublishFirmware.name: encode_publish_firmware,
    UnpublishFirmware.name: encode_unpublish_firmware,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "UpdateFirmware": decode_update_answer,
    "PublishFirmware": decode_publish_answer,
    "UnpublishFirmware": decode_unpublish_answer,
}
