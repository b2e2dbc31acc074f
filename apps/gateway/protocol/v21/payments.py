"""Payments in 2.1 (block C): web payment, settlement, numbers of value-added tax."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.chargers.messages.events.payments import SettlementNotified, VatNumberAsked, WebPaymentStarted
from apps.chargers.messages.replies import SettlementReply, VatNumberReply
from apps.gateway.protocol.adapter import Decoder, ReplyEncoder
from apps.gateway.protocol.fields import encode_empty, encode_verdict, read_int
from apps.gateway.protocol.timestamps import read_timestamp


def decode_web_payment(payload: dict[str, Any], received_at: datetime) -> WebPaymentStarted:
    return WebPaymentStarted(int(payload["evseId"]), int(payload["timeout"]))


def decode_vat_number(payload: dict[str, Any], received_at: datetime) -> VatNumberAsked:
    return VatNumberAsked(payload["vatNumber"], read_int(payload.get("evseId")))


def decode_settlement(payload: dict[str, Any], received_at: datetime) -> SettlementNotified:
    deviations: list[str] = []
    return SettlementNotified(
        psp_ref=payload["pspRef"],
        status=payload["status"],
        amount=Decimal(str(payload["settlementAmount"])),
        settled_at=read_timestamp(payload.get("settlementTime"), received_at, deviations),
        transaction_id=payload.get("transactionId"),
        info=payload.get("statusInfo", ""),
        receipt_id=payload.get("receiptId", ""),
        receipt_url=payload.get("receiptUrl", ""),
        vat_number=payload.get("vatNumber", ""),
        vat_company=payload.get("vatCompany"),
        deviations=tuple(deviations),
    )


def encode_vat_number_reply(reply: VatNumberReply) -> dict[str, Any]:
    encoded = encode_verdict(reply) | {"vatNumber": reply.vat_number}
    if reply.evse_id is not None:
        encoded["evseId"] = reply.evse_id
    if reply.company is not None:
        encoded["company"] = reply.company
    return encoded


def encode_settlement_reply(reply: SettlementReply) -> dict[str, Any]:
    said = {"receiptId": reply.receipt_id, "receiptUrl": reply.receipt_url}
    return {name: value for name, value in said.items() if value}


DECODE: dict[str, Decoder] = {
    "NotifyWebPaymentStarted": decode_web_payment,
    "VatNumberValidation": decode_vat_number,
    "NotifySettlement": decode_settlement,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = {
    "NotifyWebPaymentStarted": encode_empty,
    "VatNumberValidation": encode_vat_number_reply,
    "NotifySettlement": encode_settlement_reply,
}
