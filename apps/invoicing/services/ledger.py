"""Booking: each fact once, from one account to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.drivers.models import BillingAccount
from apps.invoicing.choices import InvoiceKind, LedgerKind
from apps.invoicing.models import Invoice, InvoiceTax, Issuer, LedgerAccount, LedgerEntry, Payment


@dataclass(frozen=True, slots=True)
class Book:
    """Names an account of an issuer; receivables are kept per ``customer``, VAT and revenue per ``detail``."""

    kind: LedgerKind
    customer: BillingAccount | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """``amount`` from ``credit`` to ``debit``. A negative amount is booked the other way round, none not at all."""

    key: str
    debit: Book
    credit: Book
    amount: Decimal
    text: str
    invoice: Invoice | None = None
    payment: Payment | None = None


def book(*, issuer: Issuer, currency: str, transfers: Sequence[Transfer], at: datetime) -> int:
    """Write ``transfers`` in the caller's transaction; return how many. What is booked under a key already, stays."""
    rows = [_entry(issuer, currency, _forward(transfer), at) for transfer in transfers if transfer.amount]
    known = set(
        LedgerEntry.objects.filter(issuer=issuer, key__in=[row.key for row in rows]).values_list("key", flat=True)
    )
    new = [row for row in rows if row.key not in known]
    LedgerEntry.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def book_invoice(*, invoice: Invoice, at: datetime) -> None:
    """What an invoice makes owed, and to whom it belongs: revenue and VAT per rate; credit notes in reverse."""
    sign = -1 if invoice.kind == InvoiceKind.CREDIT_NOTE else 1
    owed = Book(LedgerKind.RECEIVABLE, invoice.account)
    transfers = []
    for tax in InvoiceTax.objects.filter(invoice=invoice):
        rate = f"{tax.vat_category} {tax.vat_percent:.2f}"
        key = f"invoice:{invoice.pk}:{rate}"
        for part, kind, amount in (("net", LedgerKind.REVENUE, tax.taxable), ("vat", LedgerKind.VAT, tax.tax)):
            text = f"{invoice.number} {part} {tax.vat_percent.normalize():f} %"
            transfers.append(Transfer(f"{key}:{part}", owed, Book(kind, detail=rate), sign * amount, text, invoice))
    rounding = Book(LedgerKind.ROUNDING)
    text = f"{invoice.number} rounding"
    transfers.append(Transfer(f"invoice:{invoice.pk}:rounding", owed, rounding, sign * invoice.rounding, text, invoice))
    book(issuer=invoice.issuer, currency=invoice.currency, transfers=transfers, at=at)


def _forward(transfer: Transfer) -> Transfer:
    if transfer.amount > 0:
        return transfer
    return Transfer(
        transfer.key, transfer.credit, transfer.debit, -transfer.amount, transfer.text, transfer.invoice,
        transfer.payment,
    )  # fmt: skip


def _entry(issuer: Issuer, currency: str, transfer: Transfer, at: datetime) -> LedgerEntry:
    return LedgerEntry(
        issuer=issuer,
        key=transfer.key,
        booked_at=at,
        debit=_account(issuer, currency, transfer.debit),
        credit=_account(issuer, currency, transfer.credit),
        currency=currency,
        amount=transfer.amount,
        invoice=transfer.invoice,
        payment=transfer.payment,
        text=transfer.text[:120],
    )


def _account(issuer: Issuer, currency: str, wanted: Book) -> LedgerAccount:
    account, _ = LedgerAccount.objects.get_or_create(
        issuer=issuer, kind=wanted.kind, currency=currency, account=wanted.customer, detail=wanted.detail
    )
    return account
