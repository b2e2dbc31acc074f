"""Booking: each fact once, from one account to another."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
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

    @property
    def key(self) -> tuple[str, int | None, str]:
        return str(self.kind), self.customer.pk if self.customer else None, self.detail


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
    """Write ``transfers`` in the caller's transaction; return how many. What is booked under a key already, stays.

    The number of statements does not depend on how many transfers there are.
    """
    wanted = [_forward(transfer) for transfer in transfers if transfer.amount]
    keys = [transfer.key for transfer in wanted]
    known = set(LedgerEntry.objects.filter(issuer=issuer, key__in=keys).values_list("key", flat=True))
    new = [transfer for transfer in wanted if transfer.key not in known]
    accounts = _accounts(issuer, currency, {side for transfer in new for side in (transfer.debit, transfer.credit)})
    LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(
                issuer=issuer,
                key=transfer.key,
                booked_at=at,
                debit_id=accounts[transfer.debit.key],
                credit_id=accounts[transfer.credit.key],
                currency=currency,
                amount=transfer.amount,
                invoice=transfer.invoice,
                payment=transfer.payment,
                text=transfer.text[:120],
            )
            for transfer in new
        ),
        ignore_conflicts=True,
        batch_size=2_000,
    )
    return len(new)


def book_invoice(*, invoice: Invoice, at: datetime) -> None:
    """What an invoice makes owed, and to whom it belongs: revenue and VAT per rate; credit notes in reverse."""
    book_invoices(invoices=[invoice], at=at)


def book_invoices(*, invoices: Collection[Invoice], at: datetime) -> None:
    """As ``book_invoice`` for many."""
    taxes = defaultdict(list)
    for tax in InvoiceTax.objects.filter(invoice__in=invoices).order_by("pk"):
        taxes[tax.invoice_id].append(tax)
    transfers: dict[tuple[int, str], list[Transfer]] = defaultdict(list)
    issuers = {invoice.issuer_id: invoice.issuer for invoice in invoices}
    for invoice in invoices:
        transfers[invoice.issuer_id, invoice.currency] += _transfers_of(invoice, taxes[invoice.pk])
    for (issuer_id, currency), rows in transfers.items():
        book(issuer=issuers[issuer_id], currency=currency, transfers=rows, at=at)


def _transfers_of(invoice: Invoice, taxes: Iterable[InvoiceTax]) -> Iterable[Transfer]:
    sign = -1 if invoice.kind == InvoiceKind.CREDIT_NOTE else 1
    owed = Book(LedgerKind.RECEIVABLE, invoice.account)
    for tax in taxes:
        rate = f"{tax.vat_category} {tax.vat_percent:.2f}"
        key = f"invoice:{invoice.pk}:{rate}"
        for part, kind, amount in (("net", LedgerKind.REVENUE, tax.taxable), ("vat", LedgerKind.VAT, tax.tax)):
            text = f"{invoice.number} {part} {tax.vat_percent.normalize():f} %"
            yield Transfer(f"{key}:{part}", owed, Book(kind, detail=rate), sign * amount, text, invoice)
    rounding = Book(LedgerKind.ROUNDING)
    text = f"{invoice.number} rounding"
    yield Transfer(f"invoice:{invoice.pk}:rounding", owed, rounding, sign * invoice.rounding, text, invoice)


def _forward(transfer: Transfer) -> Transfer:
    if transfer.amount > 0:
        return transfer
    return Transfer(
        transfer.key, transfer.credit, transfer.debit, -transfer.amount, transfer.text, transfer.invoice,
        transfer.payment,
    )  # fmt: skip


def _accounts(issuer: Issuer, currency: str, books: Collection[Book]) -> dict[tuple, int]:
    """The keys of the rows of ``books``, those that are new made."""
    found = _known_accounts(issuer, currency, books)
    missing = {book.key: book for book in books if book.key not in found}
    if missing:
        LedgerAccount.objects.bulk_create(
            (
                LedgerAccount(issuer=issuer, kind=b.kind, currency=currency, account=b.customer, detail=b.detail)
                for _, b in sorted(missing.items(), key=lambda item: (item[0][0], item[0][1] or 0, item[0][2]))
            ),
            ignore_conflicts=True,
            batch_size=2_000,
        )
        found |= _known_accounts(issuer, currency, list(missing.values()))
    return found


def _known_accounts(issuer: Issuer, currency: str, books: Collection[Book]) -> dict[tuple, int]:
    rows = LedgerAccount.objects.filter(issuer=issuer, currency=currency)
    customers = {book.customer.pk for book in books if book.customer}
    of_nobody = rows.filter(account=None, kind__in={book.kind for book in books if not book.customer})
    of_customers = rows.filter(account__in=customers) if customers else rows.none()
    return {
        (kind, account_id, detail): key
        for kind, account_id, detail, key in of_nobody.union(of_customers).values_list(
            "kind", "account_id", "detail", "pk"
        )
    }
