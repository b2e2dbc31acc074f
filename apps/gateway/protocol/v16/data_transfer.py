"""DataTransfer in 1.6 (§4.3, §5.6): ``data`` is text; a value of another kind is sent as JSON text."""

from datetime import datetime
from typing import Any

import orjson

from apps.chargers.messages.commands import DataTransfer
from apps.chargers.messages.events import DataTransferred
from apps.chargers.messages.replies import DataTransferReply
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder


def decode_data_transfer(payload: dict[str, Any], received_at: datetime) -> DataTransferred:
    return DataTransferred(payload["vendorId"], payload.get("messageId", ""), payload.get("data"))


def encode_data_transfer_reply(reply: DataTransferReply) -> dict[str, Any]:
    return {"status": reply.status, **_data(reply.data)}


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
