"""Transactions in 2.0.1 (block E): TransactionEvent, GetTransactionStatus."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands.transactions import GetTransactionStatus
from apps.chargers.messages.events import ChargingState, TransactionDetails, TransactionEvent, TransactionEventType
from apps.chargers.messages.replies import TransactionReply
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import gather_deviations, read_int
from apps.gateway.protocol.timestamps import read_timestamp
from apps.gateway.protocol.v201.authorisation import encode_id_token_info, read_id_token
from apps.gateway.protocol.v201.metering import read_meter_values

TYPES = {kind.value: kind for kind in TransactionEventType}
CHARGING_STATES = {state.value: state for state in ChargingState}


def decode_transaction_event(
    payload: dict[str, Any], received_at: datetime, details: TransactionDetails | None = None
) -> TransactionEvent:
    """``details`` are what 2.1 says beside."""
    deviations: list[str] = []
    get = payload.get
    info = payload["transactionInfo"]
    evse = get("evse", {})
    token = get("idToken")
    readings = read_meter_values(get("meterValue", ()), received_at)
    occurred_at = read_timestamp(get("timestamp"), received_at, deviations)
    return TransactionEvent(
        type=TYPES[payload["eventType"]],
        transaction_id=info["transactionId"],
        occurred_at=occurred_at,
        trigger_reason=get("triggerReason", ""),
        seq_no=read_int(get("seqNo")),
        offline=get("offline", False),
        evse_id=read_int(evse.get("id")),
        connector_id=read_int(evse.get("connectorId")),
        id_token=None if token is None else read_id_token(token),
        charging_state=CHARGING_STATES.get(info.get("chargingState", "")),
        stopped_reason=info.get("stoppedReason", ""),
        remote_start_id=read_int(info.get("remoteStartId")),
        reservation_id=read_int(get("reservationId")),
        readings=readings,
        number_of_phases_used=read_int(get("numberOfPhasesUsed")),
        cable_max_current_a=read_int(get("cableMaxCurrent")),
        details=details,
        deviations=gather_deviations(readings, deviations),
    )


def encode_transaction_reply(reply: TransactionReply) -> dict[str, Any]:
    encoded: dict[str, Any] = {}
    if reply.total_cost is not None:
        encoded["totalCost"] = float(reply.total_cost)
    if reply.info is not None:
        encoded["idTokenInfo"] = encode_id_token_info(reply.info)
    return encoded


def encode_get_transaction_status(command: GetTransactionStatus) -> tuple[str, dict[str, Any]]:
    return "GetTransactionStatus", {} if command.transaction_id is None else {"transactionId": command.transaction_id}


def decode_get_transaction_status(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """Without a transaction named, only whether messages of any wait."""
    ongoing = response.get("ongoingIndicator")
    said = [] if ongoing is None else ["The transaction runs." if ongoing else "The transaction does not run."]
    waits = response["messagesInQueue"]
    said.append("Messages about it wait at the charger." if waits else "No messages about it wait at the charger.")
    return CommandResult(accepted=True, status="", detail=" ".join(said))


DECODE: dict[str, Decoder] = {"TransactionEvent": decode_transaction_event}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"TransactionEvent": encode_transaction_reply}
ENCODE: dict[str, CommandEncoder] = {GetTransactionStatus.name: encode_get_transaction_status}
DECODE_RESULT: dict[str, ResultDecoder] = {"GetTransactionStatus": decode_get_transaction_status}
