"""What billing does when facts are announced. Nothing here asks a provider: tasks do, outside of transactions."""

from django.utils import timezone

from apps.chargers.events import COMMAND_ENDED
from apps.chargers.messages.commands import RequestStartTransaction
from apps.core.models import OutboxEvent
from apps.core.outbox import subscribe
from apps.core.wake import wake
from apps.invoicing.events import GUEST_WANTS_END, INVOICE_ISSUED, PAYMENT_AUTHORISED, PAYMENT_CAPTURED, PAYMENT_FAILED
from apps.invoicing.mail_tasks import deliver
from apps.invoicing.services.deliveries import plan_delivery
from apps.invoicing.services.guests import waking
from apps.invoicing.services.guests.starting import stop_stray
from apps.sessions.events import SESSION_ENDED, SESSION_RATED, SESSION_STARTED, SESSION_UPDATED


@subscribe(SESSION_STARTED)
@subscribe(SESSION_UPDATED)
@subscribe(SESSION_ENDED)
@subscribe(SESSION_RATED)
def follow_guest_session(event: OutboxEvent) -> None:
    waking.wake_for_session(session_id=event.subject_id, at=timezone.now())


@subscribe(SESSION_STARTED)
def stop_stray_guest(event: OutboxEvent) -> None:
    stop_stray(session_id=event.subject_id, at=timezone.now())


@subscribe(COMMAND_ENDED)
def follow_guest_start(event: OutboxEvent) -> None:
    if event.payload["name"] == RequestStartTransaction.name:
        waking.wake_for_command(command_id=event.payload["command_id"], at=timezone.now())


@subscribe(PAYMENT_AUTHORISED)
@subscribe(PAYMENT_CAPTURED)
@subscribe(PAYMENT_FAILED)
def follow_guest_payment(event: OutboxEvent) -> None:
    waking.wake_for_payment(payment_id=event.subject_id, at=timezone.now())


@subscribe(GUEST_WANTS_END)
def follow_guest_wish(event: OutboxEvent) -> None:
    waking.wake_visits(visit_ids=[event.subject_id], at=timezone.now())


@subscribe(INVOICE_ISSUED)
def deliver_documents(event: OutboxEvent) -> None:
    if plan_delivery(invoice_id=event.subject_id):
        wake(deliver)
