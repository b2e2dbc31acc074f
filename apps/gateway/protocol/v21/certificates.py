"""Certificates in 2.1 (blocks A and M): numbered requests, several contracts, the state of a vehicle's whole chain."""

from datetime import datetime
from typing import Any

from apps.chargers.messages.commands import CertificateSigned
from apps.chargers.messages.events.certificate_chains import CertificateChainStatusAsked, CertificateQuestion
from apps.chargers.messages.replies import CertificateChainStatusReply, ContractCertificateReply
from apps.gateway.protocol.adapter import CommandEncoder, Decoder, ReplyEncoder
from apps.gateway.protocol.timestamps import format_timestamp
from apps.gateway.protocol.v201 import certificates as older


def decode_chain_status(payload: dict[str, Any], received_at: datetime) -> CertificateChainStatusAsked:
    return CertificateChainStatusAsked(tuple(_question(item) for item in payload["certificateStatusRequests"]))


def _question(item: dict[str, Any]) -> CertificateQuestion:
    hashes = item["certificateHashData"]
    return CertificateQuestion(
        hash_algorithm=hashes["hashAlgorithm"],
        issuer_name_hash=hashes["issuerNameHash"],
        issuer_key_hash=hashes["issuerKeyHash"],
        serial_number=hashes["serialNumber"],
        source=item["source"],
        urls=tuple(item["urls"]),
    )


def encode_chain_status_reply(reply: CertificateChainStatusReply) -> dict[str, Any]:
    return {
        "certificateStatus": [
            {
                "certificateHashData": {
                    "hashAlgorithm": asked.hash_algorithm,
                    "issuerNameHash": asked.issuer_name_hash,
                    "issuerKeyHash": asked.issuer_key_hash,
                    "serialNumber": asked.serial_number,
                },
                "source": asked.source,
                "status": status,
                "nextUpdate": format_timestamp(next_update),
            }
            for asked, status, next_update in reply.statuses
        ]
    }


def encode_contract_certificate_reply(reply: ContractCertificateReply) -> dict[str, Any]:
    remaining = {} if reply.remaining_contracts is None else {"remainingContracts": reply.remaining_contracts}
    return {**older.encode_contract_certificate_reply(reply), **remaining}


def encode_certificate_signed(command: CertificateSigned) -> tuple[str, dict[str, Any]]:
    _, payload = older.encode_certificate_signed(command)
    number = {} if command.request_id is None else {"requestId": command.request_id}
    return "CertificateSigned", {**payload, **number}


DECODE: dict[str, Decoder] = {"GetCertificateChainStatus": decode_chain_status}
ENCODE_REPLY: dict[str, ReplyEncoder] = {
    "GetCertificateChainStatus": encode_chain_status_reply,
    "Get15118EVCertificate": encode_contract_certificate_reply,
}
ENCODE: dict[str, CommandEncoder] = {CertificateSigned.name: encode_certificate_signed}
