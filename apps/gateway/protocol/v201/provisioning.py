"""Provisioning in 2.0.1 (part 2, block B): BootNotification, Heartbeat, Reset."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands import Reset
from apps.chargers.messages.events import BootNotified, HeartbeatReceived
from apps.chargers.messages.replies import BootReply, HeartbeatReply
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.timestamps import format_timestamp


def decode_boot_notification(payload: dict[str, Any], received_at: datetime) -> BootNotified:
    station = payload["chargingStation"]
    modem = station.get("modem", {})
    return BootNotified(
        vendor=station["vendorName"],
        model=station["model"],
        serial_number=station.get("serialNumber", ""),
        firmware_version=station.get("firmwareVersion", ""),
        reason=payload.get("reason", ""),
        iccid=modem.get("iccid", ""),
        imsi=modem.get("imsi", ""),
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
    where = {"evseId": command.evse_id} if command.evse_id else {}
    return "Reset", {"type": command.type, **where}


DECODE: dict[str, Decoder] = {"BootNotification": decode_boot_notification, "Heartbeat": decode_heartbeat}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"BootNotification": encode_boot_reply, "Heartbeat": encode_heartbeat_reply}
ENCODE: dict[str, CommandEncoder] = {Reset.name: encode_reset}
