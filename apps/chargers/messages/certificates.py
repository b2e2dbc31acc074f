"""Certificates in the words of OCPP 2.x: hash data, and questions about their status."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HashData:
    """CertificateHashDataType, as somebody wrote it. ``algorithm``: SHA256, SHA384 or SHA512."""

    algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """A certificate, and where an OCSP responder tells its status."""

    hash_data: HashData
    addresses: tuple[str, ...]
