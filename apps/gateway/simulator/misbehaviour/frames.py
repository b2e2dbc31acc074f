"""Stations that disturb the socket: after each boot and heartbeat they send what OCPP-J does not allow."""

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

import orjson

from apps.gateway.simulator.misbehaviour.base import OF_2, Misbehaviour
from apps.gateway.simulator.misbehaviour.payloads import PayloadMisbehaviour

if TYPE_CHECKING:
    from apps.gateway.simulator.station import Station

HUGE_BYTES = 600 * 1024
FLOOD = 500


def _heartbeat(message_id: object) -> str:
    return orjson.dumps([2, message_id, "Heartbeat", {}]).decode()


class RawFrames(Misbehaviour):
    """Sends frames without waiting for answers; the answers are only recorded."""

    async def disturb(self, station: "Station") -> None:
        for frame in self.frames():
            await station.link.send(frame)

    def frames(self) -> list[str | bytes]:
        raise NotImplementedError


class InvalidJson(RawFrames):
    name = "invalid-json"
    sentence = "A frame that is not JSON."

    def frames(self) -> list[str | bytes]:
        return ['{"this" is: not JSON']


class TruncatedFrame(RawFrames):
    name = "truncated-frame"
    sentence = "A CALL that is cut off in the middle."

    def frames(self) -> list[str | bytes]:
        return [_heartbeat(str(uuid4()))[:-6]]


class BinaryFrame(RawFrames):
    name = "binary-frame"
    sentence = "A correct CALL in a binary frame."

    def frames(self) -> list[str | bytes]:
        return [_heartbeat(str(uuid4())).encode()]


class HugeFrame(RawFrames):
    name = "huge-frame"
    sentence = f"A DataTransfer of {HUGE_BYTES // 1024} KiB."

    def frames(self) -> list[str | bytes]:
        payload = {"vendorId": "huge", "data": "x" * HUGE_BYTES}
        return [orjson.dumps([2, str(uuid4()), "DataTransfer", payload]).decode()]


class NotAnArray(RawFrames):
    name = "not-an-array"
    sentence = "A JSON object where an OCPP-J array belongs."

    def frames(self) -> list[str | bytes]:
        return ['{"messageTypeId":2,"action":"Heartbeat","payload":{}}']


class NumberMessageId(RawFrames):
    name = "number-message-id"
    sentence = "The message id is a number."

    def frames(self) -> list[str | bytes]:
        return [_heartbeat(4711)]


class LongMessageId(RawFrames):
    name = "long-message-id"
    sentence = "The message id has 60 characters; 36 are allowed."

    def frames(self) -> list[str | bytes]:
        return [_heartbeat(str(uuid4()).ljust(60, "0"))]


class DuplicateMessageId(RawFrames):
    name = "duplicate-message-id"
    sentence = "A second CALL has the id of one that is not answered yet."

    def frames(self) -> list[str | bytes]:
        return [_heartbeat(str(uuid4()))] * 2


class UnknownMessageType(RawFrames):
    name = "unknown-message-type"
    sentence = "A message of type 9."

    def frames(self) -> list[str | bytes]:
        return [f'[9,"{uuid4()}","Heartbeat",{{}}]']


class StrayAnswer(RawFrames):
    name = "stray-answer"
    sentence = "Answers to requests that nobody made."

    def frames(self) -> list[str | bytes]:
        return [f'[3,"{uuid4()}",{{}}]', f'[4,"{uuid4()}","InternalError","",{{}}]']


class PipelinedCalls(RawFrames):
    name = "pipelined-calls"
    sentence = "Three CALLs at once, without waiting for the answers."

    def frames(self) -> list[str | bytes]:
        return [_heartbeat(str(uuid4())) for _ in range(3)]


class Flood(RawFrames):
    name = "flood"
    sentence = f"{FLOOD} heartbeats at once."

    def frames(self) -> list[str | bytes]:
        return [_heartbeat(str(uuid4())) for _ in range(FLOOD)]


class UnknownAction(Misbehaviour):
    name = "unknown-action"
    sentence = "A request for CustomOperation, which is in no version of OCPP."

    async def disturb(self, station: "Station") -> None:
        await station.send_extra("CustomOperation", {})


class ExtraProperty(PayloadMisbehaviour):
    name = "extra-property"
    sentence = "Every request has a property that its schema does not know."
    PROPERTY: ClassVar[dict] = {"vendorMood": "good"}

    def change(self, action: str, payload: dict) -> None:
        payload |= self.PROPERTY


class EmptyReportData(PayloadMisbehaviour):
    name = "empty-report-data"
    sentence = "NotifyReport carries an empty list of variables."
    versions = OF_2

    def change(self, action: str, payload: dict) -> None:
        if action == "NotifyReport":
            payload["reportData"] = []


KINDS = (
    InvalidJson,
    TruncatedFrame,
    BinaryFrame,
    HugeFrame,
    NotAnArray,
    NumberMessageId,
    LongMessageId,
    DuplicateMessageId,
    UnknownMessageType,
    StrayAnswer,
    PipelinedCalls,
    Flood,
    UnknownAction,
    ExtraProperty,
    EmptyReportData,
)
