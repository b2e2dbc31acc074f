"""Reservations of 1.6. Connector 0 is any connector."""

from apps.gateway.simulator import clock, reservations
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station


def reserve_now(station: Station, payload: dict) -> Reply:
    connector_id, number = payload["connectorId"], payload["reservationId"]
    if connector_id and connector_id not in station.evses:
        return Reply({"status": "Rejected"})
    evse = station.evses[connector_id] if connector_id else None
    word = reservations.judge(station, evse, number)
    if word != "Accepted":
        return Reply({"status": word})
    expires_at = clock.parse(payload["expiryDate"])
    hold = reservations.Hold(number, payload["idTag"], expires_at, evse, payload.get("parentIdTag"))
    station.holds[number] = hold
    return Reply({"status": word}, lambda: reservations.keep(station, hold))


def cancel_reservation(station: Station, payload: dict) -> Reply:
    hold = station.holds.get(payload["reservationId"])
    if hold is None:
        return Reply({"status": "Rejected"})
    return Reply({"status": "Accepted"}, lambda: reservations.release(station, hold))


HANDLERS: dict[str, Handler] = {"CancelReservation": cancel_reservation, "ReserveNow": reserve_now}
