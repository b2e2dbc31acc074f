"""What chargers ask about certificates of their own and of vehicles."""

from dataclasses import dataclass

from apps.chargers.messages.certificates import StatusQuery
from apps.chargers.messages.events.base import ChargerEvent
from apps.chargers.messages.events.core import AuthorizeRequested


@dataclass(frozen=True, slots=True)
class CertificateSigningRequested(ChargerEvent):
    """SignCertificate. ``csr``: PKCS #10 in PEM; ``request_id`` only in 2.1, to be told again with the certificate."""

    csr: str
    certificate_type: str = "ChargingStationCertificate"
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class CertificateStatusRequested(ChargerEvent):
    """GetCertificateStatus: the responder's own answer is wanted, to be shown to a vehicle."""

    query: StatusQuery


@dataclass(frozen=True, slots=True)
class ContractCertificateRequested(ChargerEvent):
    """Get15118EVCertificate. ``action``: Install or Update; ``exi_request``: the vehicle's words, base64 of EXI."""

    schema_version: str
    action: str
    exi_request: str
    max_chains: int | None = None
    prioritised_emaids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractAuthorizeRequested(AuthorizeRequested):
    """Authorize by a contract certificate: ``queries`` about each of its chain, or the chain itself in PEM, or both."""

    queries: tuple[StatusQuery, ...] = ()
    certificate_chain: str = ""
