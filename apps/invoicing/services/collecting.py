"""Getting the money of an invoice, the way its customer pays."""

from datetime import datetime

from apps.drivers.choices import PayBy
from apps.invoicing.choices import Collected, InvoiceKind, InvoiceState, PaymentMethodKind, PaymentState
from apps.invoicing.models import Invoice, Payment, PaymentMethod
from apps.invoicing.services.allocations import use_credit
from apps.invoicing.services.payments import charge
from apps.invoicing.services.sepa import UnableToDebit, queue_debit

_UNDER_WAY = (PaymentState.CREATED, PaymentState.PENDING)
_CHARGED = {PaymentState.CAPTURED: Collected.CHARGED, PaymentState.FAILED: Collected.FAILED}


def collect(*, invoice_id: int, at: datetime) -> Collected:
    """Take what the customer has left over, then charge the card, queue a direct debit, or wait for a transfer.

    Repeating it asks for nothing twice: while a payment of the invoice is under way, no other is begun. A declined card
    can be charged again by repeating it.
    """
    invoice = Invoice.objects.select_related("issuer", "account").get(pk=invoice_id)
    if invoice.state != InvoiceState.ISSUED or invoice.kind == InvoiceKind.CREDIT_NOTE:
        return Collected.NOTHING_OPEN
    use_credit(invoice=invoice, at=at)
    invoice.refresh_from_db(fields=["open_amount", "state"])
    if not invoice.open_amount:
        return Collected.NOTHING_OPEN
    match invoice.account.pay_by:
        case PayBy.CARD:
            return _charge_card(invoice, at)
        case PayBy.DIRECT_DEBIT:
            return _queue_debit(invoice, at)
        case _:
            return Collected.WAITING


def _charge_card(invoice: Invoice, at: datetime) -> Collected:
    earlier = Payment.objects.filter(invoice=invoice, key__startswith=f"collect:{invoice.pk}:")
    if earlier.filter(state__in=_UNDER_WAY).exists():
        return Collected.PENDING
    cards = PaymentMethod.objects.filter(account=invoice.account, kind=PaymentMethodKind.CARD, removed_at=None)
    card = cards.order_by("-is_default", "-pk").first()
    if card is None:
        return Collected.NO_METHOD
    payment = charge(
        issuer=invoice.issuer, method=card, amount=invoice.open_amount, currency=invoice.currency,
        key=f"collect:{invoice.pk}:{earlier.count()}", at=at, invoice=invoice, description=f"Invoice {invoice.number}",
    )  # fmt: skip
    return _CHARGED.get(PaymentState(payment.state), Collected.PENDING)


def _queue_debit(invoice: Invoice, at: datetime) -> Collected:
    try:
        queue_debit(invoice=invoice, at=at)
    except UnableToDebit:
        return Collected.NO_METHOD
    return Collected.QUEUED
