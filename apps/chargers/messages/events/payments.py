"""Payments at the station (OCPP 2.1 block C): by terminal and by web page."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from apps.chargers.messages.events.base import ChargerEvent


@dataclass(frozen=True, slots=True)
class WebPaymentStarted(ChargerEvent):
    """NotifyWebPaymentStarted: somebody opened the payment page for this EVSE, which waits for them so long."""

    evse_id: int
    timeout_s: int


@dataclass(frozen=True, slots=True)
class VatNumberAsked(ChargerEvent):
    """VatNumberValidation."""

    vat_number: str
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class SettlementNotified(ChargerEvent):
    """NotifySettlement. ``status`` is Settled, Canceled, Rejected or Failed; ``amount`` what was settled, gross.

    ``transaction_id`` is ``None`` where nothing was charged for it.
    """

    psp_ref: str
    status: str
    amount: Decimal
    settled_at: datetime
    transaction_id: str | None = None
    info: str = ""
    receipt_id: str = ""
    receipt_url: str = ""
    vat_number: str = ""
    vat_company: dict[str, Any] | None = None
    deviations: tuple[str, ...] = ()
