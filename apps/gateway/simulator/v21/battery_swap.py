"""A cabinet that takes one battery in and gives another out."""

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station


def request_swap(station: Station, payload: dict) -> Reply:
    notices = [
        swap(1, "BatteryIn", payload["idToken"], payload["requestId"], serial="EMPTY-1", soc=11.5),
        swap(1, "BatteryOut", payload["idToken"], payload["requestId"], serial="FULL-1", soc=98.0),
    ]
    return Reply({"status": "Accepted"}, lambda: station.notify(*notices))


def swap(evse: int, kind: str, token: dict, request_id: int, *, serial: str, soc: float, soh: float = 93.0) -> Message:
    """One battery in or out of the slot ``evse``."""
    battery = {"evseId": evse, "serialNumber": serial, "soC": soc, "soH": soh}
    payload = {"eventType": kind, "idToken": token, "requestId": request_id, "batteryData": [battery]}
    return Message("BatterySwap", payload)


HANDLERS: dict[str, Handler] = {"RequestBatterySwap": request_swap}
