"""Incoming money becomes payments: of the bills that were named, of the customer's others, or a credit of his."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.core import outbox
from apps.core.outbox import Event
from apps.drivers.models import BillingAccount
from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.choices import InvoiceState, LedgerKind, PaymentMethodKind, PaymentState
from apps.invoicing.events import PAYMENT_CAPTURED
from apps.invoicing.models import BankAssignment, BankTransaction, Invoice, Payment
from apps.invoicing.services.allocations import allocate, allocate_to, lock_payment
from apps.invoicing.services.ledger import Book, Transfer, book

PROVIDER = "bank"


@dataclass(frozen=True, slots=True)
class Share:
    """What of a transaction is a customer's, and which bills it is meant for, in order."""

    account: BillingAccount
    amount: Decimal
    invoices: tuple[Invoice, ...] = ()


def pay_shares(
    *, entry: BankTransaction, shares: Sequence[Share], at: datetime, is_by_hand: bool = False, actor=None
) -> tuple[BankOutcome, str]:
    """Book a payment for each share and pay the bills with it, the named ones first, then the oldest.

    The caller holds the transaction's row. Return what became of it, in a sentence.
    """
    in_order = sorted(shares, key=lambda share: share.account.pk)  # customers' bills are locked one after the other
    results = [_pay(entry, share, at, is_by_hand, actor) for share in in_order]
    outcomes = {outcome for outcome, _ in results}
    outcome = outcomes.pop() if len(outcomes) == 1 else BankOutcome.PARTIAL
    return outcome, " ".join(words for _, words in results)


def _pay(
    entry: BankTransaction, share: Share, at: datetime, is_by_hand: bool, actor
) -> tuple[BankOutcome, str]:  # fmt: skip
    payment = Payment.objects.create(
        issuer=entry.issuer, account=share.account, kind=PaymentMethodKind.TRANSFER, provider=PROVIDER,
        key=f"bank:{entry.pk}:{entry.assignments.count()}", invoice=share.invoices[0] if share.invoices else None,
        state=PaymentState.CAPTURED, currency=entry.currency, amount=share.amount, captured_amount=share.amount,
        created_at=at, settled_at=at, note=f"{entry.name} {entry.text}".strip().replace("\n", " ")[:200],
    )  # fmt: skip
    BankAssignment.objects.create(
        transaction=entry, payment=payment, account=share.account, is_by_hand=is_by_hand
    )  # fmt: skip
    money, owed = Book(LedgerKind.BANK, detail=PROVIDER), Book(LedgerKind.RECEIVABLE, share.account)
    key = f"payment:{payment.pk}:captured:{payment.captured_amount}"
    transfer = Transfer(key, money, owed, share.amount, "Payment received", payment=payment)
    book(issuer=entry.issuer, currency=entry.currency, transfers=[transfer], at=at)
    left, words = share.amount, []
    _, owed_now = lock_payment(payment.pk)
    for invoice in [owed_now.get(invoice.pk, invoice) for invoice in share.invoices]:
        paid, said = _pay_invoice(payment, invoice, left, at, actor)
        left -= paid
        words.append(said)
    if left:
        left, said = _pay_others(payment, left, at)
        words.append(said)
    news = {"account_id": share.account.pk, "invoice_id": payment.invoice_id}
    outbox.record(Event(PAYMENT_CAPTURED, payment.pk, news))
    return _outcome(share, left), " ".join(filter(None, words))


def _pay_invoice(payment: Payment, invoice: Invoice, left: Decimal, at: datetime, actor) -> tuple[Decimal, str]:
    paid = min(left, invoice.open_amount) if invoice.state == InvoiceState.ISSUED else Decimal(0)
    if not paid:
        return Decimal(0), f"{invoice.number} had nothing open." if left else f"{invoice.number} stays open."
    allocate_to(payment=payment, invoice=invoice, amount=paid, at=at, actor=actor)
    rest = invoice.open_amount - paid
    return paid, f"{invoice.number}: {rest} {invoice.currency} stay open." if rest else f"{invoice.number} is paid."


def _pay_others(payment: Payment, left: Decimal, at: datetime) -> tuple[Decimal, str]:
    paid = allocate(payment=payment, at=at)
    words = f"{paid} {payment.currency} went to the oldest open bills." if paid else ""
    if left > paid:
        rest = (
            f"{left - paid} {payment.currency} are left on the account: use them for the next bill, or give them back."
        )
        words = f"{words} {rest}".strip()
    return left - paid, words


def _outcome(share: Share, left: Decimal) -> BankOutcome:
    if left:
        return BankOutcome.ON_ACCOUNT if left == share.amount else BankOutcome.OVERPAID
    rows = Invoice.objects.filter(pk__in=[invoice.pk for invoice in share.invoices], state=InvoiceState.ISSUED)
    return BankOutcome.PARTIAL if rows.exists() else BankOutcome.PAID
