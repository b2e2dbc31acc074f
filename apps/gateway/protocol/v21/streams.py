"""Periodic event streams in 2.1 (block N): opened and closed by the station, adjusted by us, values by SEND."""

from datetime import datetime, timedelta
from typing import Any

from apps.chargers.messages.commands.streams import AdjustPeriodicEventStream, GetPeriodicEventStream
from apps.chargers.messages.events.streams import (
    Stream,
    StreamAdjusted,
    StreamClosed,
    StreamOpened,
    StreamsListed,
    StreamValuesReported,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import encode_empty, encode_verdict, read_int
from apps.gateway.protocol.results import read_status, with_lesson_if_accepted
from apps.gateway.protocol.timestamps import FIRST_YEAR, LAST_YEAR, read_timestamp

LONGEST_OFFSET_S = 400 * 86_400.0  # a station that kept values longer has lost its clock


def decode_open(payload: dict[str, Any], received_at: datetime) -> StreamOpened:
    return StreamOpened(_stream(payload["constantStreamData"]))


def decode_close(payload: dict[str, Any], received_at: datetime) -> StreamClosed:
    return StreamClosed(int(payload["id"]))


def decode_values(payload: dict[str, Any], received_at: datetime) -> StreamValuesReported:
    """``t`` is in seconds from ``basetime``."""
    deviations: list[str] = []
    base = read_timestamp(payload.get("basetime"), received_at, deviations)
    values = tuple((_moved(base, item["t"], received_at, deviations), item["v"]) for item in payload["data"])
    return StreamValuesReported(
        int(payload["id"]), max(int(payload["pending"]), 0), values, tuple(dict.fromkeys(deviations))
    )


def _moved(base: datetime, offset_s: float, received_at: datetime, deviations: list[str]) -> datetime:
    if abs(offset_s) <= LONGEST_OFFSET_S and FIRST_YEAR + 2 <= base.year <= LAST_YEAR - 2:
        return base + timedelta(seconds=offset_s)
    deviations.append("timestamp-impossible")
    return received_at


def _stream(data: dict[str, Any]) -> Stream:
    interval_s, values = _parameters(data["params"])
    return Stream(int(data["id"]), int(data["variableMonitoringId"]), interval_s, values)


def _parameters(params: dict[str, Any]) -> tuple[int | None, int | None]:
    return read_int(params.get("interval")), read_int(params.get("values"))


def encode_adjust(command: AdjustPeriodicEventStream) -> tuple[str, dict[str, Any]]:
    wanted = {"interval": command.interval_s, "values": command.values}
    params = {name: value for name, value in wanted.items() if value is not None}
    return "AdjustPeriodicEventStream", {"id": command.stream_id, "params": params}


def encode_get(command: GetPeriodicEventStream) -> tuple[str, dict[str, Any]]:
    return "GetPeriodicEventStream", {}


def decode_adjust_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return with_lesson_if_accepted(
        read_status(request, response), StreamAdjusted(request["id"], *_parameters(request["params"]))
    )


def decode_get_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    streams = tuple(_stream(data) for data in response.get("constantStreamData", ()))
    detail = {0: "No stream is open", 1: "One stream is open"}.get(len(streams), f"{len(streams)} streams are open")
    return CommandResult(accepted=True, status="", detail=detail, learnt=(StreamsListed(streams),))


DECODE: dict[str, Decoder] = {
    "OpenPeriodicEventStream": decode_open,
    "ClosePeriodicEventStream": decode_close,
}
DECODE_SEND: dict[str, Decoder] = {"NotifyPeriodicEventStream": decode_values}
ENCODE_REPLY: dict[str, ReplyEncoder] = {
    "OpenPeriodicEventStream": encode_verdict,
    "ClosePeriodicEventStream": encode_empty,
}
ENCODE: dict[str, CommandEncoder] = {
    AdjustPeriodicEventStream.name: encode_adjust,
    GetPeriodicEventStream.name: encode_get,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "AdjustPeriodicEventStream": decode_adjust_result,
    "GetPeriodicEventStream": decode_get_result,
}
