"""Saying by hand what an entry of the bank is: whose payment, a fee, a returned debit; and taking that back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.engine.progress import Phase
from apps.invoicing.models import BankTransaction, DirectDebit, Invoice
from apps.invoicing.payments.port import Standing
from apps.invoicing.services.bank_books import book_fee, conclude, end_suspense, suspend
from apps.invoicing.services.bank_payments import Share, pay_shares
from apps.invoicing.services.sepa import return_debit
from apps.invoicing.services.settling import settle


class UnableToAssign(DomainError):
    code = "unable_to_assign"


def assign(*, entry: BankTransaction, shares: Sequence[Share], actor, at: datetime) -> BankTransaction:
    """The money is of these customers, for these bills first. ``shares`` make up the whole amount.

    Raises ``UnableToAssign`` where it is assigned already, went out, or the shares are of other sums or others.
    """
    with transaction.atomic():
        entry = _in_suspense(entry)
        if not entry.is_credit:
            raise UnableToAssign("This money went out: it pays no bill.")
        if sum((share.amount for share in shares), Decimal(0)) != entry.amount or any(s.amount <= 0 for s in shares):
            raise UnableToAssign(f"The shares have to make up {entry.amount} {entry.currency}.")
        for share in shares:
            _check(entry, share)
        end_suspense(entry, at)
        outcome, words = pay_shares(entry=entry, shares=shares, at=at, is_by_hand=True, actor=actor)
        return _conclude(entry, outcome, f"By hand. {words}", actor, at)


def assign_as_fee(*, entry: BankTransaction, actor, at: datetime) -> BankTransaction:
    """It is a cost of the bank, or one that it gives back."""
    with transaction.atomic():
        entry = _in_suspense(entry)
        end_suspense(entry, at)
        book_fee(entry, at)
        return _conclude(entry, BankOutcome.FEE, "By hand: a fee of the bank.", actor, at)


def assign_as_return(
    *, entry: BankTransaction, debit: DirectDebit, reason: str, actor, at: datetime
) -> BankTransaction:
    """It is this debit of ours that came back; what it is more than the debit, the bank kept as its fee."""
    with transaction.atomic():
        entry = _in_suspense(entry)
        fee = entry.amount - debit.payment.amount
        if entry.is_credit or debit.mandate.issuer_id != entry.issuer_id or fee < 0 or entry.currency != "EUR":
            raise UnableToAssign("This entry cannot be the return of that debit.", field="debit")
        end_suspense(entry, at)
        if not return_debit(debit=debit, reason=reason, at=at, returned_by=entry, bank_fee=fee):
            raise UnableToAssign("That debit is not with the bank, or came back before.", field="debit")
        return _conclude(entry, BankOutcome.RETURNED, f"By hand: {debit.invoice} is open again.", actor, at)


def take_assignment_back(*, entry: BankTransaction, actor, at: datetime) -> BankTransaction:
    """The payments made of it are undone, their bills are open again, and it lies in suspense as before.

    Raises ``UnableToAssign`` for entries that are no customers' payments, and where money was given back since.
    """
    with transaction.atomic():
        entry = _locked(entry)
        made = [assignment.payment for assignment in entry.assignments.select_related("payment").order_by("account")]
        standing = [payment for payment in made if payment.refunded_amount < payment.captured_amount]
        if entry.is_unassigned or not standing:
            raise UnableToAssign("It is no customer's payment.")
        if any(payment.refunded_amount for payment in standing):
            raise UnableToAssign("Of this payment money was given back already.")
        for payment in standing:
            told = Standing(Phase.CAPTURED, captured=payment.captured_amount, refunded=payment.captured_amount)
            settle(payment_id=payment.pk, told=told, at=at)
        outcome, words = suspend(entry, "It was assigned wrongly: assign it anew.", at)
        return _conclude(entry, outcome, words, actor, at)


def _locked(entry: BankTransaction) -> BankTransaction:
    rows = BankTransaction.objects.select_related("issuer__organisation").select_for_update(of=("self",))
    return rows.get(pk=entry.pk)


def _in_suspense(entry: BankTransaction) -> BankTransaction:
    entry = _locked(entry)
    if not entry.is_unassigned:
        raise UnableToAssign("It is assigned already.")
    return entry


def _check(entry: BankTransaction, share: Share) -> None:
    if share.account.organisation_id != entry.issuer.organisation_id:
        raise UnableToAssign("That customer is another organisation's.", field="account")
    theirs = (entry.issuer_id, share.account.pk, entry.currency)
    if any((one.issuer_id, one.account_id, one.currency) != theirs for one in share.invoices):
        raise UnableToAssign(
            "That bill is another customer's, another issuer's or in another currency.", field="invoice"
        )


def _conclude(
    entry: BankTransaction, outcome: BankOutcome, words: str, actor, at: datetime
) -> BankTransaction:  # fmt: skip
    before = entry.outcome
    conclude(entry, outcome, words, at)
    record_audit(
        actor=actor, action="bank_transaction.assigned", subject=entry, organisation=entry.issuer.organisation,
        changes={"outcome": [before, outcome]},
    )  # fmt: skip
    return entry


def share_of_invoice(entry: BankTransaction, invoice: Invoice) -> Share:
    """All of it for one bill, what is over for the customer's others."""
    return Share(invoice.account, entry.amount, (invoice,))
