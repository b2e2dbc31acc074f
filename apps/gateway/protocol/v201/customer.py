"""What a station knows of its customers in 2.0.1 (block N): CustomerInformation, NotifyCustomerInformation."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands.customer import CustomerInformation, CustomerInformationAnswered
from apps.chargers.messages.events.customer import CustomerInformationNotified
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import encode_empty
from apps.gateway.protocol.results import read_status
from apps.gateway.protocol.timestamps import read_timestamp


def decode_notify(payload: dict[str, Any], received_at: datetime) -> CustomerInformationNotified:
    deviations: list[str] = []
    return CustomerInformationNotified(
        request_id=int(payload["requestId"]),
        seq_no=int(payload.get("seqNo", 0)),
        generated_at=read_timestamp(payload.get("generatedAt"), received_at, deviations),
        to_be_continued=payload.get("tbc", False),
        data=payload["data"],
        deviations=tuple(deviations),
    )


def encode_customer_information(command: CustomerInformation) -> tuple[str, dict[str, Any]]:
    payload: dict[str, Any] = {
        "requestId": command.request_id,
        "report": command.report,
        "clear": command.clear,
    }
    if command.id_token is not None:
        payload["idToken"] = {"idToken": command.id_token, "type": command.id_token_type}
    if command.customer_identifier is not None:
        payload["customerIdentifier"] = command.customer_identifier
    if command.certificate_hash is not None:
        payload["customerCertificate"] = dict(command.certificate_hash)
    return "CustomerInformation", payload


def decode_customer_information(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    result = read_status(request, response)
    token = request.get("idToken") or {}
    learnt = CustomerInformationAnswered(
        status=result.status,
        request_id=int(request["requestId"]),
        report=request["report"],
        clear=request["clear"],
        id_token=token.get("idToken", ""),
        id_token_type=token.get("type", ""),
        customer_identifier=request.get("customerIdentifier", ""),
    )
    return CommandResult(result.accepted, result.status, result.detail, learnt=(learnt,))


DECODE: dict[str, Decoder] = {"NotifyCustomerInformation": decode_notify}
ENCODE_REPLY: dict[str, ReplyEncoder] = dict.fromkeys(DECODE, encode_empty)
ENCODE: dict[str, CommandEncoder] = {CustomerInformation.name: encode_customer_information}
DECODE_RESULT: dict[str, ResultDecoder] = {"CustomerInformation": decode_customer_information}
