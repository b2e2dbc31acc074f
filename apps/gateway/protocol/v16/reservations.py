"""Reservations in 1.6: ReserveNow (§5.13), CancelReservation (§5.4). Connector n is EVSE n; 0 is any connector."""

from typing import Any

from apps.chargers.messages.commands.reservations import (
    CancelReservation,
    ReservationAnswered,
    ReserveNow,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.reservations import encode_cancel_reservation, read_cancel_reservation
from apps.gateway.protocol.results import read_status, with_lesson
from apps.gateway.protocol.timestamps import parse_timestamp
from apps.gateway.protocol.v16.authorisation import MAX_TAG_LENGTH


def encode_reserve_now(command: ReserveNow) -> tuple[str, dict[str, Any]]:
    if command.connector_type:
        raise CommandNotExpressible("OCPP 1.6 cannot reserve by the type of connector.")
    payload = {
        "connectorId": command.evse_id,
        "expiryDate": command.expires_at,
        "idTag": command.id_token,
        "reservationId": command.reservation_id,
    }
    group = (command.group_id_token or "")[:MAX_TAG_LENGTH]
    return "ReserveNow", payload | ({"parentIdTag": group} if group else {})


def read_reserve_now(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    learnt = ReservationAnswered(
        reservation_id=int(request["reservationId"]),
        is_held=result.accepted,
        status=result.status,
        evse_id=int(request["connectorId"]),
        id_token=request["idTag"],
        id_token_type="ISO14443",
        group_id_token=request.get("parentIdTag", ""),
        connector_type="",
        expires_at=parse_timestamp(request["expiryDate"])[0],
    )
    return with_lesson(result, learnt)


DECODE: dict[str, Decoder] = {}
ENCODE_REPLY: dict[str, ReplyEncoder] = {}
ENCODE: dict[str, CommandEncoder] = {
    ReserveNow.name: encode_reserve_now,
    CancelReservation.name: encode_cancel_reservation,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "ReserveNow": read_reserve_now,
    "CancelReservation": read_cancel_reservation,
}
