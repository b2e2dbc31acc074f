"""Plug & Charge over 1.6 ("Using ISO 15118 Plug & Charge with OCPP 1.6"): messages of 2.0.1 as text in DataTransfer.

The vendor is ``org.openchargealliance.iso15118pnc``, the message id is the action. Both directions use the same
tables as 2.0.1, so that a question means the same however it travels.
"""

from datetime import datetime
from functools import cache
from typing import Any

import orjson

from apps.chargers.messages.commands import Command, DataTransfer
from apps.chargers.messages.events import ChargerEvent, DataTransferred
from apps.chargers.messages.replies import (
    AuthorizeReply,
    CertificateStatusReply,
    ContractCertificateReply,
    Reply,
    SignCertificateReply,
)
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import Adapter, adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.frames import without_nul
from apps.gateway.protocol.results import read_status
from apps.gateway.protocol.violations import Violation

VENDOR = "org.openchargealliance.iso15118pnc"
REQUESTS = frozenset({"Authorize", "SignCertificate", "GetCertificateStatus", "Get15118EVCertificate"})
CALLS = frozenset(
    {"CertificateSigned", "InstallCertificate", "GetInstalledCertificateIds", "DeleteCertificate", "TriggerMessage"}
)
ACTION_OF_REPLY: dict[type[Reply], str] = {
    AuthorizeReply: "Authorize",
    SignCertificateReply: "SignCertificate",
    CertificateStatusReply: "GetCertificateStatus",
    ContractCertificateReply: "Get15118EVCertificate",
}


@cache
def _messages() -> Adapter:
    """The tables of 2.0.1, whose messages these are."""
    return adapter_for("ocpp2.0.1")


def decode(payload: dict[str, Any], received_at: datetime) -> ChargerEvent:
    """The event that the text means; what cannot be read is Rejected, what is not ours UnknownMessageId."""
    action, text = payload.get("messageId", ""), payload.get("data")
    if action not in REQUESTS:
        return DataTransferred(VENDOR, action, text, "UnknownMessageId")
    message = _read_message(action, text)
    if message is None:
        return DataTransferred(VENDOR, action, text, "Rejected")
    return _messages().decode[action](message, received_at)


def encode_reply(reply: Reply) -> dict[str, Any]:
    """The answer of 2.0.1 as text."""
    answer = _messages().encode_reply[ACTION_OF_REPLY[type(reply)]](reply)
    return {"status": "Accepted", "data": orjson.dumps(answer).decode()}


def encode(command: Command) -> tuple[str, dict[str, Any]]:
    """The call that says ``command``; raises ``CommandNotExpressible``."""
    action, message = _messages().encode[command.name](command)
    if action not in CALLS:
        raise CommandNotExpressible(f"Plug & Charge over OCPP 1.6 has nothing that says {command.name}.")
    return DataTransfer.name, {"vendorId": VENDOR, "messageId": action, "data": orjson.dumps(message).decode()}


def decode_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """What the answer within the answer means, where ours was a call of this extension; else the outer one."""
    action = request.get("messageId", "")
    if request.get("vendorId") != VENDOR or action not in CALLS or response.get("status") != "Accepted":
        return read_status(request, response)
    asked, said = _read_json(request.get("data")), _read_json(response.get("data"))
    if asked is None or said is None or isinstance(_messages().schemas.check_response(action, said), Violation):
        return CommandResult(accepted=False, status="Accepted", detail="The answer within DataTransfer is unreadable.")
    return _messages().read_result(action, asked, said)


def _read_message(action: str, text: Any) -> dict[str, Any] | None:
    message = _read_json(text)
    if message is None:
        return None
    if action == "Authorize" and isinstance(message.get("idToken"), str):
        message["idToken"] = {"idToken": message["idToken"], "type": "eMAID"}
    if action == "SignCertificate":
        message.setdefault("certificateType", "V2GCertificate")  # the station's own is asked for by 1.6's own message
    return None if isinstance(_messages().schemas.check_request(action, message), Violation) else message


def _read_json(text: Any) -> dict[str, Any] | None:
    if not isinstance(text, str):
        return None
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return without_nul(message) if isinstance(message, dict) else None
