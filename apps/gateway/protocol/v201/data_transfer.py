"""DataTransfer in 2.0.1 (block P): ``data`` is any JSON value."""

from datetime import datetime
from typing import Any

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


def _data(data: Any) -> dict[str, Any]:
    return {} if data is None else {"data": data}


DECODE: dict[str, Decoder] = {"DataTransfer": decode_data_transfer}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"DataTransfer": encode_data_transfer_reply}
ENCODE: dict[str, CommandEncoder] = {DataTransfer.name: encode_data_transfer}
