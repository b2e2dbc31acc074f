"""Entries of the bank about our own direct debits: collected, and sent back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from apps.invoicing.bank_choices import BankOutcome, CollectionState, DebitState
from apps.invoicing.choices import PaymentState
from apps.invoicing.engine.return_reasons import reason_in_words
from apps.invoicing.models import BankTransaction, DebitCollection, DirectDebit
from apps.invoicing.services.bank_books import suspend
from apps.invoicing.services.sepa import capture_debit, return_debit
from apps.invoicing.services.sepa_files import submit_collection

_HANDED_IN = (DebitState.IN_FILE, DebitState.SUBMITTED, DebitState.COLLECTED, DebitState.RETURNED)


def settle_collection(entry: BankTransaction, at: datetime) -> tuple[BankOutcome, str] | None:
    """Money of a file of ours: one debit, or all of a batch. ``None`` where the entry is about something else."""
    debits = _debits_of(entry)
    if not debits:
        return None
    total = sum((debit.payment.amount for debit in debits), Decimal(0))
    if entry.currency != "EUR" or total != entry.amount:
        words = f"It names {len(debits)} of our direct debits over {total} EUR, which is another sum: ask the bank."
        return suspend(entry, words, at)
    _submit(debits, at)
    for debit in debits:
        capture_debit(debit=debit, at=at, booked_by=entry)
    return BankOutcome.COLLECTED, f"{len(debits)} of our direct debits."


def settle_return(entry: BankTransaction, at: datetime) -> tuple[BankOutcome, str] | None:
    """One of our debits comes back, perhaps with a fee of the bank on top. ``None`` where it is none of them."""
    if not entry.end_to_end_id:
        return None
    debit = _ours(entry).filter(payment__key=entry.end_to_end_id).first()
    if debit is None:
        return None
    if entry.currency != "EUR" or entry.amount < debit.payment.amount:
        return suspend(entry, f"It names our debit of {debit.invoice} with another sum: ask the bank.", at)
    _submit([debit], at)
    fee = entry.amount - debit.payment.amount
    reason = entry.return_reason or "MS03"
    if not return_debit(debit=debit, reason=reason, at=at, returned_by=entry, bank_fee=fee):
        return suspend(entry, f"The debit of {debit.invoice} was returned before: ask the bank.", at)
    return BankOutcome.RETURNED, f"{reason}: {reason_in_words(reason)} {debit.invoice} is open again."


def _ours(entry: BankTransaction):
    """In the order of customers, whose bills are locked one after the other. What the bank refused never moved."""
    rows = DirectDebit.objects.filter(mandate__issuer=entry.issuer_id, state__in=_HANDED_IN)
    rows = rows.exclude(payment__state=PaymentState.FAILED)
    return rows.select_related("payment", "invoice", "mandate").order_by("mandate__account", "pk")


def _debits_of(entry: BankTransaction) -> Sequence[DirectDebit]:
    """Not booked before, so that a second entry about the same money is not lost in the first."""
    rows = _ours(entry).filter(booked_by=None)
    if entry.end_to_end_id and (single := list(rows.filter(payment__key=entry.end_to_end_id))):
        return single
    if not entry.batch_ids:
        return []
    named = Q(batch_id__in=entry.batch_ids)
    return list(rows.filter(named)) or list(rows.filter(collection__message_id__in=entry.batch_ids))


def _submit(debits: Sequence[DirectDebit], at: datetime) -> None:
    """The bank has what nobody marked as handed in."""
    made = {debit.collection_id for debit in debits if debit.state == DebitState.IN_FILE}
    for collection in DebitCollection.objects.filter(pk__in=made, state=CollectionState.MADE).order_by("pk"):
        submit_collection(collection=collection, actor=None, at=at)
    for debit in debits:
        debit.refresh_from_db()
