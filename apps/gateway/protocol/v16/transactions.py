"""Transactions in 1.6: StartTransaction (§4.8), StopTransaction (§4.10)."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.events import TransactionEvent, TransactionEventType
from apps.chargers.messages.replies import TransactionReply
from apps.chargers.messages.tokens import IdToken
from apps.gateway.protocol.adapter import Decoder, ReplyEncoder
from apps.gateway.protocol.fields import gather_deviations, read_wh
from apps.gateway.protocol.timestamps import read_timestamp
from apps.gateway.protocol.v16.authorisation import encode_id_tag_info
from apps.gateway.protocol.v16.metering import read_meter_values, read_transaction_id


def decode_start_transaction(payload: dict[str, Any], received_at: datetime) -> TransactionEvent:
    deviations: list[str] = []
    connector_id = payload["connectorId"]
    reservation_id = payload.get("reservationId")
    return TransactionEvent(
        type=TransactionEventType.STARTED,
        transaction_id=None,
        occurred_at=read_timestamp(payload.get("timestamp"), received_at, deviations),
        evse_id=connector_id,
        connector_id=1 if connector_id else 0,
        id_token=IdToken(payload["idTag"]),
        # Some send 0 or -1 for "none".
        reservation_id=reservation_id if reservation_id is not None and reservation_id > 0 else None,
        meter_start_wh=read_wh(payload["meterStart"], deviations),
        deviations=tuple(deviations),
    )


def decode_stop_transaction(payload: dict[str, Any], received_at: datetime) -> TransactionEvent:
    deviations: list[str] = []
    occurred_at = read_timestamp(payload.get("timestamp"), received_at, deviations)
    readings = read_meter_values(payload.get("transactionData", ()), received_at)
    id_tag = payload.get("idTag")
    return TransactionEvent(
        type=TransactionEventType.ENDED,
        transaction_id=read_transaction_id(payload, deviations),
        occurred_at=occurred_at,
        id_token=IdToken(id_tag) if id_tag else None,
        stopped_reason=payload.get("reason", "Local"),  # §6.49: absent means Local
        meter_stop_wh=read_wh(payload["meterStop"], deviations),
        readings=readings,
        deviations=gather_deviations(readings, deviations),
    )


def encode_start_reply(reply: TransactionReply) -> dict[str, Any]:
    """Both fields are required by 1.6: a reply to a start always carries them."""
    if reply.transaction_id is None or reply.info is None:
        raise ValueError("the reply to a StartTransaction needs a transaction id and a verdict on the tag")
    return {"transactionId": reply.transaction_id, "idTagInfo": encode_id_tag_info(reply.info)}


def encode_stop_reply(reply: TransactionReply) -> dict[str, Any]:
    return {} if reply.info is None else {"idTagInfo": encode_id_tag_info(reply.info)}


DECODE: dict[str, Decoder] = {"StartTransaction": decode_start_transaction, "StopTransaction": decode_stop_transaction}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"StartTransaction": encode_start_reply, "StopTransaction": encode_stop_reply}
