"""2.0.1: running cost, told to the station (block I)."""

from typing import Any

from apps.chargers.messages.commands.tariffs import CostUpdated
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder


def encode_cost_updated(command: CostUpdated) -> tuple[str, dict[str, Any]]:
    return "CostUpdated", {"totalCost": float(command.total_cost), "transactionId": command.transaction_id}


DECODE: dict[str, Decoder] = {}
ENCODE_REPLY: dict[str, ReplyEncoder] = {}
ENCODE: dict[str, CommandEncoder] = {CostUpdated.name: encode_cost_updated}
DECODE_RESULT: dict[str, ResultDecoder] = {}
