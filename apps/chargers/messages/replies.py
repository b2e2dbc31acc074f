"""What we answer to events, in the same neutral language."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

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
    info: IdTokenInfo


@dataclass(frozen=True, slots=True)
class TransactionReply(Reply):
    """``transaction_id`` is the id we gave (1.6 start); ``info`` only where the event carried a token.

    ``total_cost`` is gross, in the site's currency, where a tariff is known (2.x); not every update is told.
    """

    transaction_id: int | None = None
    info: IdTokenInfo | None = None
    total_cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DataTransferReply(Reply):
    """``status`` is Accepted, Rejected, UnknownMessageId or UnknownVendorId."""

    status: str
    data: Any = None
