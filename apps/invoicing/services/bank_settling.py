"""What an entry of the bank means: payments of invoices, our own direct debits, returns, fees; else suspense.

Every entry is booked the moment it is settled. What cannot be told yet lies in suspense, with a person's next step.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.engine.remittance import references_meant
from apps.invoicing.models import BankTransaction, Invoice
from apps.invoicing.services.bank_books import book_fee, conclude, suspend
from apps.invoicing.services.bank_debits import settle_collection, settle_return
from apps.invoicing.services.bank_payments import Share, pay_shares

_FEE_CODES = ("CHRG", "FEES", "COMM", "INTR")


def settle_transaction(*, transaction_id: int, at: datetime) -> bool:
    """Whether it waited. Idempotent: the row is locked and changes its outcome once."""
    with transaction.atomic():
        row = BankTransaction.objects.select_related("issuer").select_for_update(of=("self",))
        entry = row.filter(pk=transaction_id, outcome=BankOutcome.WAITING).first()
        if entry is None:
            return False
        outcome, explanation = _settle_credit(entry, at) if entry.is_credit else _settle_debit(entry, at)
        conclude(entry, outcome, explanation, at)
        return True


def invoices_meant(entry: BankTransaction) -> list[Invoice]:
    """Bills of the issuer that the remittance information names, in its order."""
    references = references_meant(entry.creditor_reference, entry.text, entry.end_to_end_id)
    rows = Invoice.objects.filter(issuer=entry.issuer_id, payment_reference__in=references, number__isnull=False)
    rows = rows.exclude(kind=InvoiceKind.CREDIT_NOTE).select_related("account")
    return sorted(rows, key=lambda invoice: (references.index(invoice.payment_reference), invoice.pk))


def _settle_credit(entry: BankTransaction, at: datetime) -> tuple[BankOutcome, str]:
    if entry.is_reversal:
        return suspend(entry, "The bank takes back an earlier debit: say which, or book it as a fee.", at)
    if found := settle_collection(entry, at):
        return found
    invoices = invoices_meant(entry)
    if not invoices:
        return suspend(entry, "It names no bill: assign it to a customer.", at)
    if foreign := next((one for one in invoices if one.currency != entry.currency), None):
        words = f"{foreign.number} is in {foreign.currency}, the payment in {entry.currency}: give it back or exchange."
        return suspend(entry, words, at, BankOutcome.FOREIGN)
    shares = _shares(invoices, entry.amount)
    if shares is None:
        return suspend(entry, "It names bills of several customers and another sum: share it out by hand.", at)
    return pay_shares(entry=entry, shares=shares, at=at)


def _shares(invoices: Sequence[Invoice], amount: Decimal) -> list[Share] | None:
    """Who gets how much: all to the one customer; to several only if it is exactly what is open."""
    accounts = list(dict.fromkeys(invoice.account for invoice in invoices))
    if len(accounts) == 1:
        return [Share(accounts[0], amount, tuple(invoices))]
    owed = {account: [one for one in invoices if one.account == account] for account in accounts}
    sums = {account: sum((_open(one) for one in theirs), Decimal(0)) for account, theirs in owed.items()}
    if sum(sums.values()) != amount or not all(sums.values()):
        return None
    return [Share(account, sums[account], tuple(owed[account])) for account in accounts]


def _open(invoice: Invoice) -> Decimal:
    return invoice.open_amount if invoice.state == InvoiceState.ISSUED else Decimal(0)


def _settle_debit(entry: BankTransaction, at: datetime) -> tuple[BankOutcome, str]:
    if found := settle_return(entry, at):
        return found
    if any(code in entry.bank_code for code in _FEE_CODES):
        book_fee(entry, at)
        return BankOutcome.FEE, "The bank marked it as its own fee."
    return suspend(entry, "Money went out, and none of our debits is named: say what it was.", at)
