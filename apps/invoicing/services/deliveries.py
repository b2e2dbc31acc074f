"""Documents and mail of invoices that no run takes care of: receipts, credit notes."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from apps.core.errors import DomainError
from apps.invoicing.models import BillingItem, Delivery

log = structlog.get_logger(__name__)

BATCH = 20
LEASE = timedelta(minutes=5)
PAUSE = timedelta(seconds=30)
TRIES = 8


def plan_delivery(*, invoice_id: int) -> bool:
    """Note that an issued invoice is to be delivered; whether it was noted now. A run delivers its own."""
    if BillingItem.objects.filter(invoice=invoice_id).exists():
        return False
    return Delivery.objects.get_or_create(invoice_id=invoice_id)[1]


def deliver_due(*, at: datetime) -> int:
    """Make and send what is due; return how many were delivered. Any number of workers: each takes a lease."""
    delivered = 0
    due = Delivery.objects.filter(done_at=None, problem_code="", due_at__lte=at).order_by("due_at")
    for delivery in list(due[:BATCH]):
        taken = Delivery.objects.filter(pk=delivery.pk, due_at=delivery.due_at, done_at=None)
        if taken.update(due_at=at + LEASE):
            delivered += _deliver(delivery, at)
    return delivered


def retry_delivery(*, delivery: Delivery, at: datetime) -> None:
    """Let a parked delivery go on."""
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(problem_code="", problem="", attempts=0, due_at=at)


def _deliver(delivery: Delivery, at: datetime) -> bool:
    from apps.invoicing.services.documents import make_pdf  # loads what takes a second and most processes never need
    from apps.invoicing.services.mailing import send_invoice

    try:
        make_pdf(delivery.invoice_id, at=at)
        send_invoice(delivery.invoice_id, at=at)
    except Exception as error:  # the edge of one invoice: others go on
        _note_failure(delivery, error, at)
        return False
    return bool(Delivery.objects.filter(pk=delivery.pk, done_at=None).update(done_at=at))


def _note_failure(delivery: Delivery, error: Exception, at: datetime) -> None:
    """Park what the rules refuse; try the rest again with growing pauses, then park it too."""
    values = {"attempts": delivery.attempts + 1, "due_at": at + PAUSE * 2**delivery.attempts}
    if isinstance(error, DomainError):
        values |= {"problem_code": error.code[:40], "problem": error.message[:300]}
    elif delivery.attempts + 1 >= TRIES:
        log.error("delivery.parked", invoice=delivery.invoice_id, exc_info=error)
        values |= {"problem_code": "unforeseen", "problem": f"Could not be sent: {type(error).__name__}."}
    Delivery.objects.filter(pk=delivery.pk).update(**values)
