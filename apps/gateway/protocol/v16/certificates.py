"""Certificates in 1.6: of the station (security whitepaper edition 3); those of ISO 15118 go by ``plug_and_charge``."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.certificate_lessons import InstalledCertificate
from apps.chargers.messages.commands import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
)
from apps.chargers.messages.events import CertificateSigningRequested
from apps.chargers.messages.replies import SignCertificateReply
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder, ResultDecoder
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.v16 import plug_and_charge
from apps.gateway.protocol.v201 import certificates as newer

ROOTS = {
    "CSMSRootCertificate": "CentralSystemRootCertificate",
    "ManufacturerRootCertificate": "ManufacturerRootCertificate",
}
NEUTRAL_ROOTS = {word: name for name, word in ROOTS.items()}
V2G_ROOTS = frozenset({"V2GRootCertificate", "MORootCertificate", "V2GCertificateChain", "OEMRootCertificate"})


def decode_sign_certificate(payload: dict[str, Any], received_at: datetime) -> CertificateSigningRequested:
    return CertificateSigningRequested(payload["csr"])


def encode_sign_certificate_reply(reply: SignCertificateReply) -> dict[str, Any]:
    return {"status": reply.status}


def encode_certificate_signed(command: CertificateSigned) -> tuple[str, dict[str, Any]]:
    if command.certificate_type != "ChargingStationCertificate":
        return plug_and_charge.encode(command)
    return "CertificateSigned", {"certificateChain": command.certificate_chain}


def encode_install_certificate(command: InstallCertificate) -> tuple[str, dict[str, Any]]:
    if command.certificate_type not in ROOTS:
        return plug_and_charge.encode(command)
    kind = ROOTS[command.certificate_type]
    return "InstallCertificate", {"certificateType": kind, "certificate": command.certificate}


def decode_install_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    return newer.decode_install_result({**request, "certificateType": _neutral(request)}, response)


def encode_get_installed(command: GetInstalledCertificateIds) -> tuple[str, dict[str, Any]]:
    types = command.certificate_types
    if types and all(kind in V2G_ROOTS for kind in types):
        return plug_and_charge.encode(command)
    if len(types) != 1 or types[0] not in ROOTS:
        raise CommandNotExpressible("OCPP 1.6 asks for one type of certificate at a time.")
    return "GetInstalledCertificateIds", {"certificateType": ROOTS[types[0]]}


def decode_installed_result(request: dict[str, Any], response: dict[str, Any]) -> CommandResult:
    kind = _neutral(request)
    entries = response.get("certificateHashData", ())
    installed = tuple(InstalledCertificate(kind, newer.read_hash_data(entry)) for entry in entries)
    return newer.listed((kind,), installed, response)


def encode_delete_certificate(command: DeleteCertificate) -> tuple[str, dict[str, Any]]:
    if command.certificate_type in V2G_ROOTS:
        return plug_and_charge.encode(command)
    _, payload = newer.encode_delete_certificate(command)
    return "DeleteCertificate", payload


def _neutral(request: dict[str, Any]) -> str:
    return NEUTRAL_ROOTS[request["certificateType"]]


DECODE: dict[str, Decoder] = {"SignCertificate": decode_sign_certificate}
ENCODE_REPLY: dict[str, ReplyEncoder] = {"SignCertificate": encode_sign_certificate_reply}
ENCODE: dict[str, CommandEncoder] = {
    CertificateSigned.name: encode_certificate_signed,
    InstallCertificate.name: encode_install_certificate,
    GetInstalledCertificateIds.name: encode_get_installed,
    DeleteCertificate.name: encode_delete_certificate,
}
DECODE_RESULT: dict[str, ResultDecoder] = {
    "CertificateSigned": newer.decode_certificate_signed_result,
    "InstallCertificate": decode_install_result,
    "GetInstalledCertificateIds": decode_installed_result,
    "DeleteCertificate": newer.decode_delete_result,
}
