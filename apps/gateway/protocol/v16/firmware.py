"""Firmware in 1.6: UpdateFirmware (§5.19), and signed as the security extension has it (whitepaper edition 3)."""

from typing import Any

from apps.chargers.messages.commands import PublishFirmware, UnpublishFirmware, UpdateFirmware
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.notices import decode_firmware_status
from apps.gateway.protocol.transfers import attempts, decode_update_answer, update_firmware_payload, wire_instant


def encode_update_firmware(command: UpdateFirmware) -> tuple[str, dict[str, Any]]:
    """Signed where there is a signature; both together are what the extension asks for."""
    if command.signature and command.signing_certificate:
        return "SignedUpdateFirmware", update_firmware_payload(command)
    if command.signature or command.signing_certificate:
        raise CommandNotExpressible("OCPP 1.6 wants a signature together with its certificate.")
    payload = {"location": command.location, "retrieveDate": wire_instant(command.retrieve_at)}
    return "UpdateFirmware", {**payload, **attempts(command.retries, command.retry_interval_s)}


def encode_publish_firmware(command: PublishFirmware | UnpublishFirmware) -> tuple[str, dict[str, Any]]:
    raise CommandNotExpressible("OCPP 1.6 has no local controllers that offer firmware.")


DECODE: dict[str, Decoder] = {
    "FirmwareStatusNotification": decode_firmware_status,
    "SignedFirmwareStatusNotification": decode_firmware_status,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
ENCODE: dict[str, CommandEncoder] = {
    UpdateFirmware.name: encode_update_firmware,
    PublishFirmware.name: encode_publish_firmware,
    UnpublishFirmware.name: encode_publish_firmware,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "SignedUpdateFirmware": decode_update_answer,
    "UpdateFirmware": decode_update_answer,
}
