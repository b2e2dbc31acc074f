"""Certificates in 2.0.1 (blocks A and M): signing, installing, and what vehicles need of them (ISO 15118)."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.certificate_lessons import (
    CertificateAnswered,
    CertificateDeleted,
    CertificateInstalled,
    CertificatesListed,
    InstalledCertificate,
)
from apps.chargers.messages.certificates import HashData, StatusQuery
from apps.chargers.messages.commands import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
)
from apps.chargers.messages.events import (
    CertificateSigningRequested,
    CertificateStatusRequested,
    ContractCertificateRequested,
)
from apps.chargers.messages.replies import CertificateStatusReply, ContractCertificateReply, SignCertificateReply
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.fields import read_int
from apps.gateway.protocol.results import read_status

MAX_INFO_LENGTH = 512
FAILED = {"status": "Failed"}


def read_hash_data(data: dict[str, Any]) -> HashData:
    """CertificateHashDataType."""
    return HashData(data["hashAlgorithm"], data["issuerNameHash"], data["issuerKeyHash"], data["serialNumber"])


def write_hash_data(data: HashData) -> dict[str, str]:
    return {
        "hashAlgorithm": data.algorithm,
        "issuerNameHash": data.issuer_name_hash,
        "issuerKeyHash": data.issuer_key_hash,
        "serialNumber": data.serial_number,
    }


def read_ocsp_data(data: dict[str, Any]) -> StatusQuery:
    """OCSPRequestDataType."""
    return StatusQuery(read_hash_data(data), (data["responderURL"],))


def decode_sign_certificate(payload: dict[str, Any], received_at: datetime) -> CertificateSigningRequested:
    """A02, A03. ``requestId`` came with 2.1; without a type it is the station's own."""
    kind = payload.get("certificateType", "ChargingStationCertificate")
    return CertificateSigningRequested(payload["csr"], kind, read_int(payload.get("requestId")))


def encode_sign_certificate_reply(reply: SignCertificateReply) -> dict[str, Any]:
    encoded: dict[str, Any] = {"status": reply.status}
    if reply.reason:
        encoded["statusInfo"] = {"reasonCode": "InvalidCSR", "additionalInfo": reply.reason[:MAX_INFO_LENGTH]}
    return encoded


def decode_certificate_status(payload: dict[str, Any], received_at: datetime) -> CertificateStatusRequested:
    """M06."""
    return CertificateStatusRequested(read_ocsp_data(payload["ocspRequestData"]))


def encode_certificate_status_reply(reply: CertificateStatusReply) -> dict[str, Any]:
    return {"status": reply.status, **({"ocspResult": reply.ocsp_result} if reply.ocsp_result else {})}


def decode_contract_certificate(payload: dict[str, Any], received_at: datetime) -> ContractCertificateRequested:
    """M01, M02. How many chains and which contracts are wanted came with 2.1."""
    return ContractCertificateRequested(
        payload["iso15118SchemaVersion"],
        payload["action"],
        payload["exiRequest"],
        read_int(payload.get("maximumContractCertificateChains")),
        tuple(payload.get("prioritizedEMAIDs", ())),
    )


def encode_contract_certificate_reply(reply: ContractCertificateReply) -> dict[str, Any]:
    """2.1 has ``remainingContracts`` beside it."""
    return {"status": reply.status, "exiResponse": reply.exi_response}


def encode_certificate_signed(command: CertificateSigned) -> tuple[str, dict[str, Any]]:
    """2.1 has ``requestId`` beside it."""
    chain, kind = command.certificate_chain, command.certificate_type
    return "CertificateSigned", {"certificateChain": chain, "certificateType": kind}


def decode_certificate_signed_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return _teaching(request, response, lambda result: CertificateAnswered(
        request["certificateChain"], result.accepted, result.status
    ))  # fmt: skip


def encode_install_certificate(command: InstallCertificate) -> tuple[str, dict[str, Any]]:
    kind, certificate = command.certificate_type, command.certificate
    return "InstallCertificate", {"certificateType": kind, "certificate": certificate}


def decode_install_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return _teaching(request, response, lambda result: (
        CertificateInstalled(request["certificateType"], request["certificate"]) if result.accepted else None
    ))  # fmt: skip


def encode_get_installed(command: GetInstalledCertificateIds) -> tuple[str, dict[str, Any]]:
    types = list(command.certificate_types)
    return "GetInstalledCertificateIds", {"certificateType": types} if types else {}


def decode_installed_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    """NotFound is an answer, too: there is none of these types."""
    installed = tuple(
        InstalledCertificate(
            entry["certificateType"],
            read_hash_data(entry["certificateHashData"]),
            tuple(read_hash_data(child) for child in entry.get("childCertificateHashData", ())),
        )
        for entry in response.get("certificateHashDataChain", ())
    )
    return listed(tuple(request.get("certificateType", ())), installed, response)


def listed(
    types: tuple[str, ...], installed: tuple[InstalledCertificate, ...], response: dict[str, Any]
) -> CommandResult:
    """The result of asking what is installed."""
    known = response.get("status") in ("Accepted", "NotFound")
    words = f"{len(installed)} installed." if installed else "None is installed."
    learnt = (CertificatesListed(types, installed),) if known else ()
    return CommandResult(known, str(response.get("status", "")), words if known else "", learnt=learnt)


def encode_delete_certificate(command: DeleteCertificate) -> tuple[str, dict[str, Any]]:
    data = HashData(
        command.hash_algorithm, command.issuer_name_hash, command.issuer_key_hash, command.serial_number
    )  # fmt: skip
    return "DeleteCertificate", {"certificateHashData": write_hash_data(data)}


def decode_delete_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    gone = response.get("status") in ("Accepted", "NotFound")
    return _teaching(request, response, lambda result: (
        CertificateDeleted(read_hash_data(request["certificateHashData"])) if gone else None
    ))  # fmt: skip


def _teaching(request: dict[str, Any], response: dict[str, Any], lesson: Any) -> CommandResult:
    result = read_status(request, response)
    learnt = lesson(result)
    return CommandResult(
        result.accepted, result.status, result.detail, learnt=(learnt,) if learnt is not None else ()
    )  # fmt: skip


DECODE: dict[str, Decoder] = {
    "SignCertificate": decode_sign_certificate,
    "GetCertificateStatus": decode_certificate_status,
    "Get15118EVCertificate": decode_contract_certificate,
}
ENCODE_REPLY: dict[str, ReplyEncoder] = {
    "SignCertificate": encode_sign_certificate_reply,
    "GetCertificateStatus": encode_certificate_status_reply,
    "Get15118EVCertificate": encode_contract_certificate_reply,
}
ENCODE: dict[str, CommandEncoder] = {
    CertificateSigned.name: encode_certificate_signed,
    InstallCertificate.name: encode_install_certificate,
    GetInstalledCertificateIds.name: encode_get_installed,
    DeleteCertificate.name: encode_delete_certificate,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "CertificateSigned": decode_certificate_signed_result,
    "InstallCertificate": decode_install_result,
    "GetInstalledCertificateIds": decode_installed_result,
    "DeleteCertificate": decode_delete_result,
}
