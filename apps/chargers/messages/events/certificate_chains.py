"""Whether the certificates of a vehicle's chain are still good (OCPP 2.1 block M)."""

from dataclasses import dataclass

from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class CertificateQuestion:
    """One certificate by OCPP's hashes, to be asked of ``urls`` by ``source``: OCSP or CRL."""

    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str
    source: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificateChainStatusAsked(ChargerEvent):
    """GetCertificateChainStatus: at most four certificates."""

    questions: tuple[CertificateQuestion, ...]
