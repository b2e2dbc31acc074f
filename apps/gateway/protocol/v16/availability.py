"""Availability in 1.6: StatusNotification (§4.9), ChangeAvailability (§5.2). Connector n is EVSE n, connector 1."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands import ChangeAvailability
from apps.chargers.messages.events import ConnectorStatus, StatusNotified
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.timestamps import read_timestamp

NO_ERROR = "NoError"


def decode_status_notification(payload: dict[str, Any], received_at: datetime) -> StatusNotified:
    deviations: list[str] = []
    text = payload.get("timestamp")
    connector_id = payload["connectorId"]
    error_code = payload.get("errorCode", NO_ERROR)
    return StatusNotified(
        evse_id=connector_id,
        connector_id=1 if connector_id else 0,
        status=ConnectorStatus(payload["status"]),
        occurred_at=None if text is None else read_timestamp(text, received_at, deviations),
        error_code="" if error_code == NO_ERROR else error_code,
        vendor_error_code=payload.get("vendorErrorCode", ""),
        vendor_id=payload.get("vendorId", ""),
        info=payload.get("info", ""),
        deviations=tuple(deviations),
    )


def encode_change_availability(command: ChangeAvailability) -> tuple[str, dict[str, Any]]:
    return "ChangeAvailability", {
        "connectorId": command.evse_id,
        "type": "Operative" if command.operative else "Inoperative",
    }


DECODE: dict[str, Decoder] = {"StatusNotification": decode_status_notification}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"StatusNotification": encode_empty}
ENCODE: dict[str, CommandEncoder] = {ChangeAvailability.name: encode_change_availability}
