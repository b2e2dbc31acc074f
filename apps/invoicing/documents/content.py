"""All that a document of an invoice says, read once and handed to each form of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from apps.drivers.choices import AccountKind, PayBy
from apps.invoicing.choices import InvoiceKind
from apps.invoicing.models import Invoice, InvoiceLine, InvoiceTax

ITEMISED = frozenset({AccountKind.FLEET, AccountKind.TENANT})


@dataclass(frozen=True, slots=True)
class Content:
    """An issued invoice with its lines in order and its VAT groups; ``corrects_number`` of the invoice it credits."""

    invoice: Invoice
    lines: list[InvoiceLine]
    taxes: list[InvoiceTax]
    corrects_number: str
    corrects_issued_on: date | None

    @property
    def seller(self) -> dict[str, str]:
        return self.invoice.seller

    @property
    def buyer(self) -> dict[str, str]:
        return self.invoice.buyer

    @property
    def last_day(self) -> date:
        """The last day of supply; the invoice keeps the day after it."""
        return self.invoice.end_date - timedelta(days=1)

    @property
    def prepaid(self) -> Decimal:
        """What was paid when the document was issued: all of a receipt, nothing of others."""
        return self.invoice.payable if self.invoice.kind == InvoiceKind.RECEIPT else Decimal(0)

    @property
    def due(self) -> Decimal:
        return self.invoice.payable - self.prepaid

    @property
    def pays_by(self) -> PayBy:
        """How the amount due is to come in; without a mandate a direct debit is a transfer."""
        way = PayBy(self.buyer.get("pay_by") or PayBy.TRANSFER)
        return PayBy.TRANSFER if way == PayBy.DIRECT_DEBIT and not self.buyer.get("mandate") else way

    @property
    def is_itemised(self) -> bool:
        """Companies read every stay on paper; residents find theirs in the portal."""
        return self.buyer.get("kind") in ITEMISED


def read_content(invoice_id: int) -> Content:
    """Three queries, however many lines."""
    invoice = Invoice.objects.select_related("corrects", "account").get(pk=invoice_id)
    lines = (
        InvoiceLine.objects.filter(invoice=invoice)
        .select_related("session__site")
        .only("invoice", "position", "kind", "description", "details", "supplied_on", "quantity", "unit", "unit_price",
              "net", "vat_category", "vat_percent", "energy_wh", "allocation", "session__site__name")
        .order_by("position")
    )  # fmt: skip
    taxes = InvoiceTax.objects.filter(invoice=invoice).order_by("-vat_percent", "vat_category")
    corrects = invoice.corrects
    return Content(
        invoice=invoice,
        lines=list(lines),
        taxes=list(taxes),
        corrects_number=(corrects.number or "") if corrects else "",
        corrects_issued_on=corrects.issued_on if corrects else None,
    )
