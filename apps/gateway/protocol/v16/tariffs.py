"""1.6: prices and cost for the display ("OCPP & California Pricing Requirements"), as text in DataTransfer."""

from typing import Any

import orjson

from apps.chargers.messages.commands import DataTransfer
from apps.chargers.messages.commands.tariffs import CostUpdated, FinalCost, SetUserPrice
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible

VENDOR = "org.openchargealliance.costmsg"


def encode_cost_updated(command: CostUpdated) -> tuple[str, dict[str, Any]]:
    said = {
        "transactionId": _transaction(command.transaction_id),
        "timestamp": command.timestamp,
        "meterValue": command.meter_wh,
        "cost": float(command.total_cost),
        "state": "Idle" if command.is_idle else "Charging",
        "chargingPrice": dict(command.charging_price or {}),
    }
    return _message("RunningCost", said)


def encode_final_cost(command: FinalCost) -> tuple[str, dict[str, Any]]:
    said = {
        "transactionId": _transaction(command.transaction_id),
        "cost": float(command.total_cost),
        "priceText": command.price_text,
    }
    return _message("FinalCost", said)


def encode_set_user_price(command: SetUserPrice) -> tuple[str, dict[str, Any]]:
    return _message("SetUserPrice", {"idToken": command.id_token, "priceText": command.price_text})


def _transaction(transaction_id: str) -> int:
    try:
        return int(transaction_id)
    except ValueError:
        raise CommandNotExpressible("OCPP 1.6 numbers its transactions.") from None


def _message(name: str, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return DataTransfer.name, {"vendorId": VENDOR, "messageId": name, "data": orjson.dumps(said).decode()}


DECODE: dict[str, Decoder] = {}
ENCODE_REPLY: dict[str, ReplyEncoder] = {}
ENCODE: dict[str, CommandEncoder] = {
    CostUpdated.name: encode_cost_updated,
    FinalCost.name: encode_final_cost,
    SetUserPrice.name: encode_set_user_price,
}
DECODE_RESULT: dict[str, ResultDecoder] = {}
