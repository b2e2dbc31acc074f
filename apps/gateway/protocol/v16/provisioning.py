"""Provisioning in 1.6: BootNotification, Heartbeat (edition 2 §4.2, §4.6), Reset (§5.14)."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands import Reset
from apps.chargers.messages.events import BootNotified, HeartbeatReceived
from apps.chargers.messages.replies import BootReply, HeartbeatReply
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.timestamps import format_timestamp

RESET_TYPES = {"Immediate": "Hard", "OnIdle": "Soft"}


def decode_boot_notification(payload: dict[str, Any], received_at: datetime) -> BootNotified:
    return BootNotified(
        vendor=payload["chargePointVendor"],
        model=payload["chargePointModel"],
        # chargeBoxSerialNumber is its deprecated forerunner, still the only one on old stations.
        serial_number=payload.get("chargePointSerialNumber") or payload.get("chargeBoxSerialNumber") or "",
        firmware_version=payload.get("firmwareVersion", ""),
        iccid=payload.get("iccid", ""),
        imsi=payload.get("imsi", ""),
        meter_type=payload.get("meterType", ""),
        meter_serial_number=payload.get("meterSerialNumber", ""),
    )


def encode_boot_reply(reply: BootReply) -> dict[str, Any]:
    return {
        "status": reply.status.value,
        "currentTime": format_timestamp(reply.current_time),
        "interval": reply.interval_s,
    }


def decode_heartbeat(payload: dict[str, Any], received_at: datetime) -> HeartbeatReceived:
    return HeartbeatReceived()


def encode_heartbeat_reply(reply: HeartbeatReply) -> dict[str, Any]:
    return {"currentTime": format_timestamp(reply.current_time)}


def encode_reset(command: Reset) -> tuple[str, dict[str, Any]]:
    if command.evse_id:
        raise CommandNotExpressible("OCPP 1.6 can only reset the whole station.")
    return "Reset", {"type": RESET_TYPES.get(command.type, command.type)}


DECODE: dict[str, Decoder] = {"BootNotification": decode_boot_notification, "Heartbeat": decode_heartbeat}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"BootNotification": encode_boot_reply, "Heartbeat": encode_heartbeat_reply}
ENCODE: dict[str, CommandEncoder] = {Reset.name: encode_reset}
