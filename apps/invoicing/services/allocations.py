"""What payments pay for. Only here (and by credit notes) does what is open of an invoice change.

Invoices are locked before payments, each in the order of their keys. The books say nothing of allocations:
receivables are kept per customer, and a payment is booked when it comes in.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from apps.core import outbox
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.core.outbox import Event
from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.events import INVOICE_PAID
from apps.invoicing.models import Allocation, Invoice, Payment

NOTHING = Decimal(0)


class UnableToAllocate(DomainError):
    code = "unable_to_allocate"


def allocate(*, payment: Payment, at: datetime) -> Decimal:
    """Pay what the customer owes: first the invoice that the payment was asked for, then the oldest. Return how much.

    What is left over stays unallocated, for invoices to come or to be given back.
    """
    with transaction.atomic():
        payment, invoices = lock_payment(payment.pk)
        return pay(payment, invoices, at)


def allocate_to(*, payment: Payment, invoice: Invoice, amount: Decimal, at: datetime, actor=None) -> Allocation:
    """Take ``amount`` of the payment off ``invoice``. Raises ``UnableToAllocate``."""
    with transaction.atomic():
        payment, invoices = lock_payment(payment.pk, also=invoice.pk)
        invoice = invoices[invoice.pk]
        _check(payment, invoice, amount)
        allocation = _move(payment, invoice, amount, at)
        record_audit(
            actor=actor, action="payment.allocated", subject=payment, organisation=payment.account.organisation,
            changes={"invoice": [None, invoice], "amount": [None, amount]},
        )  # fmt: skip
        return allocation


def take_back(*, payment: Payment, at: datetime, amount: Decimal | None = None, actor=None) -> Decimal:
    """Free what the payment pays, the last allocation first, up to ``amount`` (none: all); its invoices are open
    again.
    """
    with transaction.atomic():
        payment, invoices = lock_payment(payment.pk)
        taken = free(payment, invoices, payment.allocated_amount if amount is None else amount, at)
        if taken and actor is not None:
            record_audit(
                actor=actor, action="payment.freed", subject=payment, organisation=payment.account.organisation,
                changes={"amount": [taken, None]},
            )  # fmt: skip
        return taken


def use_credit(*, invoice: Invoice, at: datetime) -> Decimal:
    """Pay ``invoice`` with what its customer's payments left over, the oldest first. Return how much."""
    left_over = Payment.objects.filter(issuer=invoice.issuer_id, account=invoice.account_id, currency=invoice.currency)
    paid = NOTHING
    with transaction.atomic():
        invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
        if not _is_payable(invoice):
            return NOTHING
        for payment in left_over.filter(captured_amount__gt=0).select_for_update().order_by("pk"):
            amount = min(unallocated(payment), invoice.open_amount)
            if amount > 0:
                _move(payment, invoice, amount, at)
                paid += amount
    return paid


def free_invoice(*, invoice: Invoice, at: datetime) -> Decimal:
    """Take every payment off ``invoice``, as before it is credited; the payments are left over. Return how much."""
    with transaction.atomic():
        invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
        freed = NOTHING
        payments = Payment.objects.filter(pk__in=Allocation.objects.filter(invoice=invoice).values("payment"))
        for payment in payments.select_for_update().order_by("pk"):
            amount = _allocated_to(payment).get(invoice.pk, NOTHING)
            if amount:
                _move(payment, invoice, -amount, at)
                freed += amount
        return freed


def lock_payment(payment_id: int, *, also: int | None = None) -> tuple[Payment, dict[int, Invoice]]:
    """The payment, and every invoice that it pays or could pay (``also``: one besides), locked in the agreed order."""
    payment = Payment.objects.get(pk=payment_id)
    mine = Allocation.objects.filter(payment=payment_id).values("invoice")
    owed = Q(issuer=payment.issuer_id, account=payment.account_id, currency=payment.currency, state=InvoiceState.ISSUED)
    rows = Invoice.objects.filter(Q(pk__in=mine) | owed | Q(pk=also)).select_for_update().order_by("pk")
    invoices = {invoice.pk: invoice for invoice in rows}
    locked = Payment.objects.select_related("issuer", "account__organisation").select_for_update(of=("self",))
    return locked.get(pk=payment_id), invoices


def pay(payment: Payment, invoices: dict[int, Invoice], at: datetime) -> Decimal:
    """As ``allocate``, for who has called ``lock_payment``."""
    paid = NOTHING
    for invoice in _oldest_first(invoices.values(), asked_for=payment.invoice_id):
        amount = min(unallocated(payment), invoice.open_amount)
        if amount > 0 and _is_payable(invoice):
            _move(payment, invoice, amount, at)
            paid += amount
    return paid


def free(payment: Payment, invoices: dict[int, Invoice], amount: Decimal, at: datetime) -> Decimal:
    """As ``take_back``, for who has called ``lock_payment``."""
    taken = NOTHING
    for invoice_id, paid in reversed(_allocated_to(payment).items()):
        part = min(paid, amount - taken)
        if part > 0:
            invoice = invoices.get(invoice_id) or Invoice.objects.select_for_update().get(pk=invoice_id)
            _move(payment, invoice, -part, at)
            taken += part
    return taken


def unallocated(payment: Payment) -> Decimal:
    """What came in, was not given back and pays nothing."""
    return payment.captured_amount - payment.refunded_amount - payment.allocated_amount


def _oldest_first(invoices: Iterable[Invoice], *, asked_for: int | None) -> list[Invoice]:
    return sorted(
        (invoice for invoice in invoices if invoice.issued_on),
        key=lambda invoice: (invoice.pk != asked_for, invoice.due_on or invoice.issued_on, invoice.pk),
    )


def _is_payable(invoice: Invoice) -> bool:
    return invoice.state == InvoiceState.ISSUED and invoice.kind != InvoiceKind.CREDIT_NOTE


def _check(payment: Payment, invoice: Invoice, amount: Decimal) -> None:
    theirs = (payment.issuer_id, payment.account_id, payment.currency)
    if (invoice.issuer_id, invoice.account_id, invoice.currency) != theirs:
        raise UnableToAllocate("The invoice is another customer's, another issuer's or in another currency.")
    if not _is_payable(invoice):
        raise UnableToAllocate("Nothing is open of this invoice.", field="invoice")
    if amount <= 0 or amount > invoice.open_amount:
        raise UnableToAllocate(f"Between 0.01 and {invoice.open_amount} are open.", field="amount")
    if amount > unallocated(payment):
        raise UnableToAllocate(f"Only {unallocated(payment)} of the payment are left.", field="amount")


def _allocated_to(payment: Payment) -> dict[int, Decimal]:
    """What the payment pays of each invoice, in the order in which it began to."""
    paid: dict[int, Decimal] = {}
    for invoice_id, amount in payment.allocations.order_by("pk").values_list("invoice_id", "amount"):
        paid[invoice_id] = paid.get(invoice_id, NOTHING) + amount
    return {invoice_id: amount for invoice_id, amount in paid.items() if amount}


def _move(payment: Payment, invoice: Invoice, amount: Decimal, at: datetime) -> Allocation:
    """Off the invoice and onto the payment; a negative ``amount`` the other way."""
    payment.allocated_amount += amount
    payment.save(update_fields=["allocated_amount"])
    invoice.open_amount -= amount
    invoice.state = InvoiceState.ISSUED if invoice.open_amount else InvoiceState.PAID
    invoice.save(update_fields=["open_amount", "state"])
    if not invoice.open_amount:
        outbox.record(Event(INVOICE_PAID, invoice.pk, {"account_id": invoice.account_id}))
    return Allocation.objects.create(invoice=invoice, payment=payment, amount=amount, at=at)
