"""Periodic event streams: opened by the station, adjusted by the central system, values sent unanswered."""

from collections.abc import Sequence

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station


async def open_stream(
    station: Station, stream_id: int, *, monitoring_id: int, interval_s: int = 60, values: int = 2
) -> dict:
    """Ask to open a stream; it is open where the answer says Accepted."""
    params = {"interval": interval_s, "values": values}
    data = {"id": stream_id, "variableMonitoringId": monitoring_id, "params": params}
    answer = await station.send(Message("OpenPeriodicEventStream", {"constantStreamData": data}))
    if answer["status"] == "Accepted":
        station.streams[stream_id] = data
    return answer


async def close_stream(station: Station, stream_id: int) -> dict:
    station.streams.pop(stream_id, None)
    return await station.send(Message("ClosePeriodicEventStream", {"id": stream_id}))


async def send_values(
    station: Station, stream_id: int, values: Sequence[tuple[float, str]], *, pending: int = 0
) -> None:
    """Send ``(seconds from now, value)``; nobody answers."""
    payload = {
        "id": stream_id,
        "pending": pending,
        "basetime": station.now(),
        "data": [{"t": offset_s, "v": value} for offset_s, value in values],
    }
    await station.send_unanswered("NotifyPeriodicEventStream", payload)


def adjust(station: Station, payload: dict) -> Reply:
    stream = station.streams.get(payload["id"])
    if stream is None:
        return Reply({"status": "Rejected"})
    stream["params"] = stream["params"] | payload["params"]
    return Reply({"status": "Accepted"})


def get(station: Station, payload: dict) -> Reply:
    return Reply({"constantStreamData": list(station.streams.values())} if station.streams else {})


HANDLERS: dict[str, Handler] = {"AdjustPeriodicEventStream": adjust, "GetPeriodicEventStream": get}
