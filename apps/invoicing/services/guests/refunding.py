"""A person gives a guest the money back: the receipt is credited, then the provider is asked."""

from datetime import datetime

from apps.core.errors import DomainError
from apps.invoicing.models import GuestVisit, Payment
from apps.invoicing.services import payments
from apps.invoicing.services.corrections import credit


class NothingTaken(DomainError):
    code = "nothing_taken"
    message = "Nothing is left that could be given back."


def refund_visit(*, visit: GuestVisit, reason: str, actor, at: datetime) -> Payment:
    """Give back what is left of the payment; asking again after silence of the provider goes on where it stopped.

    Raises ``NothingTaken`` and what ``payments.refund`` raises.
    """
    payment = Payment.objects.filter(pk=visit.payment_id).first()
    left = payment.captured_amount - payment.refunded_amount if payment else 0
    if not left:
        raise NothingTaken
    if visit.receipt_id is not None:
        credit(invoice_id=visit.receipt_id, reason=reason, actor=actor, at=at)
        payment.refresh_from_db()
    return payments.refund(payment=payment, amount=left, reason=reason, actor=actor, at=at)
