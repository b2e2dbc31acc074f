"""DataTransfer in 1.6 (§4.3, §5.6): ``data`` is text; a value of another kind is sent as JSON text."""

from datetime import datetime
from typing import Any

import orjson

from apps.chargers.messages.commands import DataTransfer
from apps.chargers.messages.events import ChargerEvent, DataTransferred
from apps.chargers.messages.replies import DataTransferReply, Reply
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.v16 import plug_and_charge


def decode_data_transfer(payload: dict[str, Any], received_at: datetime) -> DataTransferred | ChargerEvent:
    """A vendor's own words, or a message of the Plug & Charge extension."""
    if payload["vendorId"] == plug_and_charge.VENDOR:
        return plug_and_charge.decode(payload, received_at)
    return DataTransferred(payload["vendorId"], payload.get("messageId", ""), payload.get("data"))


def encode_data_transfer_reply(reply: Reply) -> dict[str, Any]:
    if isinstance(reply, DataTransferReply):
        return {"status": reply.status, **_data(reply.data)}
    return plug_and_charge.encode_reply(reply)


def encode_data_transfer(command: DataTransfer) -> tuple[str, dict[str, Any]]:
    message = {"messageId": command.message_id} if command.message_id else {}
    return "DataTransfer", {"vendorId": command.vendor_id, **message, **_data(command.data)}


def _data(data: Any) -> dict[str, str]:
    if data is None:
        return {}
    return {"data": data if isinstance(data, str) else orjson.dumps(data).decode()}


DECODE: dict[str, Decoder] = {"DataTransfer": decode_data_transfer}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"DataTransfer": encode_data_transfer_reply}
ENCODE: dict[str, CommandEncoder] = {DataTransfer.name: encode_data_transfer}
DECODE_RESULT: dict[str, ResultDecoder] = {"DataTransfer": plug_and_charge.decode_result}
