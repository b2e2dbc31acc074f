"""What we ask about what a station knows of its customers, and what the answers teach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from apps.chargers.messages.commands.base import Command
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class CustomerInformation(Command):
    """Tell (``report``), forget (``clear``), or both, what is known of one customer.

    The customer is named by exactly one of the id token, the identifier, or the hash of a certificate (OCPP
    CertificateHashDataType: hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber).
    """

    name: ClassVar[str] = "CustomerInformation"
    announces_end: ClassVar[bool] = True
    request_id: int
    report: bool
    clear: bool
    id_token: str | None = None
    id_token_type: str = "ISO14443"
    customer_identifier: str | None = None
    certificate_hash: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CustomerInformationAnswered(Learnt):
    """What was asked and the station's word: Accepted, Rejected, Invalid."""

    status: str
    request_id: int
    report: bool
    clear: bool
    id_token: str = ""
    id_token_type: str = ""
    customer_identifier: str = ""


COMMANDS: tuple[type[Command], ...] = (CustomerInformation,)
