"""Reservations in 2.0.1 (block H): ReserveNow, CancelReservation, ReservationStatusUpdate."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands.reservations import (
    CancelReservation,
    ReservationAnswered,
    ReserveNow,
)
from apps.chargers.messages.events.reservations import ReservationUpdated
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.reservations import encode_cancel_reservation, read_cancel_reservation
from apps.gateway.protocol.results import read_status, with_lesson
from apps.gateway.protocol.timestamps import parse_timestamp


def decode_status_update(payload: dict[str, Any], received_at: datetime) -> ReservationUpdated:
    return ReservationUpdated(int(payload["reservationId"]), payload["reservationUpdateStatus"])


def encode_reserve_now(command: ReserveNow) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {
        "id": command.reservation_id,
        "expiryDateTime": command.expires_at,
        "idToken": {"idToken": command.id_token, "type": command.id_token_type},
    }
    if command.evse_id:
        payload["evseId"] = command.evse_id
    if command.connector_type:
        payload["connectorType"] = command.connector_type
    if command.group_id_token:
        payload["groupIdToken"] = {"idToken": command.group_id_token, "type": "Central"}
    return "ReserveNow", payload


def read_reserve_now(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    learnt = ReservationAnswered(
        reservation_id=int(request["id"]),
        is_held=result.accepted,
        status=result.status,
        evse_id=int(request.get("evseId", 0)),
        id_token=request["idToken"]["idToken"],
        id_token_type=request["idToken"]["type"],
        group_id_token=request.get("groupIdToken", {}).get("idToken", ""),
        connector_type=request.get("connectorType", ""),
        expires_at=parse_timestamp(request["expiryDateTime"])[0],
    )
    return with_lesson(result, learnt)


DECODE: dict[str, Decoder] = {"ReservationStatusUpdate": decode_status_update}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"ReservationStatusUpdate": encode_empty}
ENCODE: dict[str, CommandEncoder] = {
    ReserveNow.name: encode_reserve_now,
    CancelReservation.name: encode_cancel_reservation,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "ReserveNow": read_reserve_now,
    "CancelReservation": read_cancel_reservation,
}
