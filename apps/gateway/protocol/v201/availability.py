"""Availability in 2.0.1 (block G): StatusNotification, ChangeAvailability."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands import ChangeAvailability
from apps.chargers.messages.events import ConnectorStatus, StatusNotified
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.timestamps import read_timestamp


def decode_status_notification(payload: dict[str, Any], received_at: datetime) -> StatusNotified:
    deviations: list[str] = []
    return StatusNotified(
        evse_id=int(payload["evseId"]),
        connector_id=int(payload["connectorId"]),
        status=ConnectorStatus(payload["connectorStatus"]),
        occurred_at=read_timestamp(payload.get("timestamp"), received_at, deviations),
        deviations=tuple(deviations),
    )


def encode_change_availability(command: ChangeAvailability) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {"operationalStatus": "Operative" if command.operative else "Inoperative"}
    if command.evse_id:
        payload["evse"] = {"id": command.evse_id}
        if command.connector_id is not None:
            payload["evse"]["connectorId"] = command.connector_id
    return "ChangeAvailability", payload


DECODE: dict[str, Decoder] = {"StatusNotification": decode_status_notification}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"StatusNotification": encode_empty}
ENCODE: dict[str, CommandEncoder] = {ChangeAvailability.name: encode_change_availability}
