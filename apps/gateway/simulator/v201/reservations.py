"""Reservations of 2.0.1 (block H)."""

from apps.gateway.simulator import clock, reservations
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v201 import device_model

REJECTED = {"status": "Rejected"}


def reserve_now(station: Station, payload: dict) -> Reply:
    evse_id, number = payload.get("evseId"), payload["id"]
    if evse_id is not None and evse_id not in station.evses:
        return Reply(REJECTED)
    if payload.get("connectorType") not in (None, device_model.plug_of(station)):
        return Reply(REJECTED)
    evse = station.evses[evse_id] if evse_id else None
    word = reservations.judge(station, evse, number)
    if word != "Accepted":
        return Reply({"status": word})
    group = payload.get("groupIdToken", {}).get("idToken")
    expires_at = clock.parse(payload["expiryDateTime"])
    hold = reservations.Hold(number, payload["idToken"]["idToken"], expires_at, evse, group)
    station.holds[number] = hold
    return Reply({"status": word}, lambda: reservations.keep(station, hold))


def cancel_reservation(station: Station, payload: dict) -> Reply:
    hold = station.holds.get(payload["reservationId"])
    if hold is None:
        return Reply(REJECTED)
    return Reply({"status": "Accepted"}, lambda: reservations.release(station, hold))


def status_update(number: int, status: str) -> Message:
    """ReservationStatusUpdate; `status` is Expired or Removed."""
    return Message("ReservationStatusUpdate", {"reservationId": number, "reservationUpdateStatus": status})


HANDLERS: dict[str, Handler] = {"CancelReservation": cancel_reservation, "ReserveNow": reserve_now}
