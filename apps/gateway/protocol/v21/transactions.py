"""Transactions in 2.1 (block E): what a TransactionEvent may say beside 2.0.1's."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.events import TransactionDetails, TransactionEvent
from apps.chargers.messages.replies import TransactionReply
from apps.gateway.protocol.adapter import Decoder, ReplyEncoder
from apps.gateway.protocol.v21.authorisation import encode_id_token_info
from apps.gateway.protocol.v201.transactions import decode_transaction_event as decode_in_201

SAID_OF_THE_EVENT = frozenset({"costDetails", "preconditioningStatus", "evseSleep"})
SAID_OF_THE_TRANSACTION = frozenset({"operationMode", "tariffId", "transactionLimit"})


def decode_transaction_event(payload: dict[str, Any], received_at: datetime) -> TransactionEvent:
    return decode_in_201(payload, received_at, details=read_details(payload))


def read_details(payload: dict[str, Any]) -> TransactionDetails | None:
    """What is new in 2.1, or ``None`` where nothing of it is said, as in most events."""
    info = payload["transactionInfo"]
    if SAID_OF_THE_EVENT.isdisjoint(payload) and SAID_OF_THE_TRANSACTION.isdisjoint(info):
        return None
    return TransactionDetails(
        operation_mode=info.get("operationMode", ""),
        tariff_id=info.get("tariffId", ""),
        limit=info.get("transactionLimit"),
        cost_details=payload.get("costDetails"),
        preconditioning_status=payload.get("preconditioningStatus", ""),
        evse_sleep=payload.get("evseSleep"),
    )


def encode_transaction_reply(reply: TransactionReply) -> dict[str, Any]:
    encoded: dict[str, Any] = {}
    if reply.total_cost is not None:
        encoded["totalCost"] = float(reply.total_cost)
    if reply.info is not None:
        encoded["idTokenInfo"] = encode_id_token_info(reply.info)
    if reply.max_energy_wh is not None:
        encoded["transactionLimit"] = {"maxEnergy": float(reply.max_energy_wh)}
    return encoded


DECODE: dict[str, Decoder] = {"TransactionEvent": decode_transaction_event}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"TransactionEvent": encode_transaction_reply}
