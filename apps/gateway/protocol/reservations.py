"""CancelReservation, which is the same in all versions."""

from typing import Any

from apps.chargers.messages.commands.reservations import CancellationAnswered, CancelReservation
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.results import read_status, with_lesson


def encode_cancel_reservation(command: CancelReservation) -> tuple[str, dict[str, Any]]:
    return "CancelReservation", {"reservationId": command.reservation_id}


def read_cancel_reservation(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    return with_lesson(result, CancellationAnswered(int(request["reservationId"]), result.accepted, result.status))
