"""What we answer to events, in the same neutral language."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from apps.chargers.messages.events.certificate_chains import CertificateQuestion
from apps.chargers.messages.tokens import IdTokenInfo


class RegistrationStatus(StrEnum):
    """OCPP RegistrationStatusEnumType."""

    ACCEPTED = "Accepted"
    PENDING = "Pending"
    REJECTED = "Rejected"


@dataclass(frozen=True, slots=True)
class Reply:
    """Base of all replies; by itself, the empty acknowledgement."""


@dataclass(frozen=True, slots=True)
class BootReply(Reply):
    status: RegistrationStatus
    current_time: datetime
    interval_s: int


@dataclass(frozen=True, slots=True)
class HeartbeatReply(Reply):
    current_time: datetime


@dataclass(frozen=True, slots=True)
class AuthorizeReply(Reply):
    """``certificate_status`` (AuthorizeCertificateStatusEnumType) only where a contract certificate was presented.

    ``tariff`` (2.1): what the driver pays here, in OCPP's shape (TariffType).
    """

    info: IdTokenInfo
    certificate_status: str | None = None
    tariff: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TransactionReply(Reply):
    """``transaction_id`` is the id we gave (1.6 start); ``info`` only where the event carried a token.

    ``total_cost`` is gross, in the site's currency, where a tariff is known (2.x); not every update is told.
    ``max_energy_wh`` (2.1): at how much energy the station is to end the transaction, for the driver has no more.
    """

    transaction_id: int | None = None
    info: IdTokenInfo | None = None
    total_cost: Decimal | None = None
    max_energy_wh: int | None = None


@dataclass(frozen=True, slots=True)
class DataTransferReply(Reply):
    """``status`` is Accepted, Rejected, UnknownMessageId or UnknownVendorId."""

    status: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class VerdictReply(Reply):
    """Yes or no, with a reason where it is no: a code of up to 20 characters and words for people."""

    accepted: bool
    reason_code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VatNumberReply(VerdictReply):
    """``vat_number`` as it was asked for; ``company`` where it is known, in OCPP's shape (AddressType)."""

    vat_number: str = ""
    evse_id: int | None = None
    company: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SettlementReply(Reply):
    """Where the receipt is, if we made one."""

    receipt_id: str = ""
    receipt_url: str = ""


@dataclass(frozen=True, slots=True)
class DynamicScheduleReply(VerdictReply):
    """``update`` are the values that hold now, in OCPP's shape (ChargingScheduleUpdateType)."""

    update: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class CertificateChainStatusReply(Reply):
    """One ``(question, status, next update)`` for each that was asked; a status is Good, Revoked, Unknown or Failed."""

    statuses: tuple[tuple[CertificateQuestion, str, datetime], ...]


@dataclass(frozen=True, slots=True)
class ChargingNeedsReply(Reply):
    """``status`` is Accepted, Processing, Rejected or NoChargingProfile (before 2.1 said as Rejected)."""

    status: str


@dataclass(frozen=True, slots=True)
class ChargingScheduleReply(Reply):
    """``status`` is Accepted, or Rejected where the car would draw more than it may; ``reason`` for people."""

    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SignCertificateReply(Reply):
    """``status``: Accepted (the certificate will follow) or Rejected, with the reason for people."""

    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CertificateStatusReply(Reply):
    """``status``: Accepted or Failed; ``ocsp_result``: the responder's answer, base64 of DER."""

    status: str
    ocsp_result: str = ""


@dataclass(frozen=True, slots=True)
class ContractCertificateReply(Reply):
    """``status``: Accepted or Failed; ``exi_response``: the answer to the vehicle, base64 of EXI.

    ``remaining_contracts`` (2.1): how many more could be asked for.
    """

    status: str
    exi_response: str = ""
    remaining_contracts: int | None = None
