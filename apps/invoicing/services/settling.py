"""Writing down how a payment stands: the row, the books, what it pays for and who hears of it, in one transaction.

Whoever asked or was told (an answer, a message, a poll, a person) ends here. What is known already changes nothing.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from apps.core import live, outbox
from apps.core.outbox import Event
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import LedgerKind, PaymentMethodKind, PaymentState
from apps.invoicing.engine.progress import ImpossibleProgress, Phase, Progress, is_over, join
from apps.invoicing.events import PAYMENT_AUTHORISED, PAYMENT_CAPTURED, PAYMENT_FAILED, PAYMENT_RETURNED
from apps.invoicing.models import Payment, PaymentMethod
from apps.invoicing.payments.port import Standing
from apps.invoicing.payments.providers import ASKED
from apps.invoicing.services.allocations import free, lock_payment, pay
from apps.invoicing.services.ledger import Book, Transfer, book

FIRST_CHECK = timedelta(minutes=1)
LONGEST_CHECK = timedelta(hours=6)
_ANNOUNCED = {
    Phase.AUTHORISED: PAYMENT_AUTHORISED,
    Phase.FAILED: PAYMENT_FAILED,
    Phase.RETURNED: PAYMENT_RETURNED,
}


def settle(*, payment_id: int, told: Standing, at: datetime) -> bool:
    """Join what was told with what is known of the payment; return whether that was news.

    Raises ``ImpossibleProgress`` where it cannot be: the wrong currency, more given back than came in.
    """
    with transaction.atomic():
        payment, invoices = lock_payment(payment_id)
        if told.currency and told.currency != payment.currency:
            raise ImpossibleProgress(f"The provider speaks of {told.currency} instead of {payment.currency}.")
        before = progress_of(payment)
        after = join(before, told.progress)
        _write(payment, before, after, told, at)
        _book(payment, before, after, told.fee, at)
        if after.refunded > before.refunded:
            free(payment, invoices, payment.allocated_amount - (after.captured - after.refunded), at)
            payment.refunded_amount = after.refunded
            payment.save(update_fields=["refunded_amount"])
        if after.captured > before.captured:
            pay(payment, invoices, at)
        if told.method is not None:
            _keep_method(payment, told, at)
        if after == before:
            return False
        _announce(payment, before, after)
        return True


def progress_of(payment: Payment) -> Progress:
    """What we know."""
    return Progress(Phase(payment.state), payment.authorised_amount, payment.captured_amount, payment.refunded_amount)


def next_check(payment: Payment, at: datetime) -> datetime:
    """When to ask again: soon after it began, then ever more rarely."""
    return at + min(max(FIRST_CHECK, (at - payment.created_at) / 4), LONGEST_CHECK)


def _write(payment: Payment, before: Progress, after: Progress, told: Standing, at: datetime) -> None:
    payment.state = PaymentState(after.phase)
    payment.provider_ref = payment.provider_ref or told.ref
    if after.phase in (Phase.FAILED, Phase.RETURNED) and before.phase is not after.phase:
        payment.failure_code, payment.failure = told.failure_code[:40], told.failure[:200]
    if is_over(after):
        payment.settled_at = payment.settled_at or at
    waits_for_fee = after.phase is Phase.CAPTURED and told.fee is None and after.captured > before.captured
    is_held_there = after.phase is Phase.RELEASED and told.phase is Phase.AUTHORISED
    is_asked = payment.provider in ASKED and (not is_over(after) or waits_for_fee or is_held_there)
    payment.next_check_at = next_check(payment, at) if is_asked else None
    payment.authorised_amount, payment.captured_amount = after.authorised, after.captured
    payment.save()


def _book(payment: Payment, before: Progress, after: Progress, fee: Decimal | None, at: datetime) -> None:
    """The differences, under keys that name the new total."""
    money, customer = Book(LedgerKind.BANK, detail=payment.provider), Book(LedgerKind.RECEIVABLE, payment.account)
    ways = [
        ("captured", after.captured - before.captured, money, customer, "Payment received"),
        ("refunded", after.refunded - before.refunded, customer, money, _word_for_refund(after)),
    ]
    transfers = [
        Transfer(f"payment:{payment.pk}:{name}:{getattr(after, name)}", debit, credit, amount, text, payment=payment)
        for name, amount, debit, credit, text in ways
    ]
    if fee:
        kept = Book(LedgerKind.FEES, detail=payment.provider)
        transfers.append(Transfer(f"payment:{payment.pk}:fee", kept, money, fee, "Fee of the provider", None, payment))
    book(issuer=payment.issuer, currency=payment.currency, transfers=transfers, at=at)


def _word_for_refund(after: Progress) -> str:
    return "Payment returned by the bank" if after.phase is Phase.RETURNED else "Payment given back"


def _keep_method(payment: Payment, told: Standing, at: datetime) -> None:
    """Remember the card that the customer left; the newest is the one to be charged."""
    BillingAccount.objects.select_for_update(no_key=True).get(pk=payment.account_id)
    known = PaymentMethod.objects.filter(provider=payment.provider, provider_ref=told.method.ref)
    if known.exists():
        return
    PaymentMethod.objects.filter(account=payment.account, is_default=True).update(is_default=False)
    PaymentMethod.objects.create(
        account=payment.account, kind=PaymentMethodKind.CARD, provider=payment.provider,
        provider_ref=told.method.ref, label=told.method.label[:60], created_at=at,
    )  # fmt: skip


def _announce(payment: Payment, before: Progress, after: Progress) -> None:
    news = {"account_id": payment.account_id, "invoice_id": payment.invoice_id}
    if after.captured > before.captured:
        outbox.record(Event(PAYMENT_CAPTURED, payment.pk, news))
    for phase, name in _ANNOUNCED.items():
        if after.phase is phase and before.phase is not phase:
            outbox.record(Event(name, payment.pk, news))
    live.nudge_on_commit(
        organisation_id=payment.account.organisation_id,
        topics=[f"payment:{payment.pk}", f"account:{payment.account_id}"],
    )
