"""The display of a simulated 2.0.1 station (block O): messages by id, told in parts of two."""

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v201 import device_model

PER_PART = 2


def _can(station: Station, variable: str, word: str) -> bool:
    """Whether the device model lists `word`; a station without such a list knows every word."""
    setting = station.settings.get(device_model.key({"name": "DisplayMessageCtrlr"}, {"name": variable}))
    return setting is None or word in setting.value.split(",")


def set_display_message(station: Station, payload: dict) -> Reply:
    message = payload["message"]
    return Reply({"status": _judge(station, message)})


def _judge(station: Station, message: dict) -> str:
    if not _can(station, "SupportedFormats", message["message"]["format"]):
        return "NotSupportedMessageFormat"
    if not _can(station, "SupportedPriorities", message["priority"]):
        return "NotSupportedPriority"
    if "state" in message and not _can(station, "SupportedStates", message["state"]):
        return "NotSupportedState"
    if "transactionId" in message and station.evse_of_transaction(message["transactionId"]) is None:
        return "UnknownTransaction"
    station.display[message["id"]] = message
    return "Accepted"


def get_display_messages(station: Station, payload: dict) -> Reply:
    found = [
        message
        for number, message in sorted(station.display.items())
        if number in payload.get("id", (number,))
        and payload.get("priority") in (None, message["priority"])
        and payload.get("state") in (None, message.get("state"))
    ]
    if not found:
        return Reply({"status": "Unknown"})
    return Reply({"status": "Accepted"}, lambda: station.notify(*_parts(payload["requestId"], found)))


def _parts(request_id: int, found: list[dict]) -> list[Message]:
    chunks = [found[at : at + PER_PART] for at in range(0, len(found), PER_PART)]
    return [
        Message(
            "NotifyDisplayMessages",
            {"requestId": request_id, "messageInfo": chunk, "tbc": number < len(chunks)},
        )
        for number, chunk in enumerate(chunks, start=1)
    ]


def clear_display_message(station: Station, payload: dict) -> Reply:
    return Reply({"status": "Unknown" if station.display.pop(payload["id"], None) is None else "Accepted"})


HANDLERS: dict[str, Handler] = {
    "ClearDisplayMessage": clear_display_message,
    "GetDisplayMessages": get_display_messages,
    "SetDisplayMessage": set_display_message,
}
