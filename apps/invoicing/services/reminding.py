"""Sending reminders. A reminder is claimed before it is sent, so that nobody gets it twice.

A process that dies while it sends leaves it on "Being sent": whether it went out is not known, and a person looks.
"""

from datetime import datetime

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F

from apps.invoicing.choices import InvoiceState, ReminderState
from apps.invoicing.models import AccountCharge, Reminder

log = structlog.get_logger(__name__)


def send_waiting_reminders(*, at: datetime, limit: int = 200) -> int:
    """Send what waits and what failed before; return how many went."""
    rows = Reminder.objects.filter(state=ReminderState.WAITING).order_by("created_at", "pk")
    return sum(send_reminder(reminder=reminder, at=at) for reminder in rows[:limit])


def send_reminder(*, reminder: Reminder, at: datetime) -> bool:
    """Send one that waits or failed; whether it went. Without an address it is marked for a letter."""
    ours = Reminder.objects.filter(pk=reminder.pk, state__in=(ReminderState.WAITING, ReminderState.FAILED))
    if not ours.update(state=ReminderState.SENDING):
        return False
    rows = Reminder.objects.select_related("invoice__account", "invoice__issuer")
    reminder = rows.get(pk=reminder.pk)
    account = reminder.invoice.account
    if reminder.invoice.state != InvoiceState.ISSUED:
        AccountCharge.objects.filter(key=f"reminder:{reminder.invoice_id}:{reminder.level}", invoice=None).update(
            waived_at=at
        )
        return _close(reminder, ReminderState.FAILED, "Paid or settled meanwhile: not sent, no fee.", at)
    if not (account.email and account.sends_mail):
        return _close(reminder, ReminderState.BY_LETTER, "The customer gets no mail: send a letter.", at)
    try:
        _message(reminder).send()
    except OSError as error:  # what SMTP raises, and the network below it: nothing was accepted
        log.warning("dunning.mail_failed", reminder=reminder.pk, error=repr(error))
        return _close(reminder, ReminderState.FAILED, "The mail server did not take it.", at)
    return _close(reminder, ReminderState.SENT, f"To {account.email}", at)


def text_of(reminder: Reminder) -> str:
    """The words of the mail."""
    invoice, issuer = reminder.invoice, reminder.invoice.issuer
    to_account = f" to {issuer.iban}" if issuer.iban else ""
    lines = [
        f"Dear {invoice.account.contact or invoice.account.name},",
        "",
        f"our invoice {invoice.number} of {invoice.issued_on:%-d %B %Y} was due on {invoice.due_on:%-d %B %Y}.",
        f"{reminder.open_amount} {invoice.currency} of it are still open.",
        "",
        f"Please pay them now{to_account}, with the reference {invoice.payment_reference or invoice.number}.",
    ]
    if reminder.fee:
        lines += ["", f"For this reminder we charge {reminder.fee} {invoice.currency}, with your next bill."]
    lines += ["", "If you have paid in the meantime, please take no notice of this.", "", issuer.name]
    return "\n".join(lines)


def _message(reminder: Reminder) -> EmailMessage:
    invoice = reminder.invoice
    title = "Reminder" if reminder.level == 1 else f"Reminder {reminder.level}"
    return EmailMessage(
        subject=f"{title}: invoice {invoice.number}",
        body=text_of(reminder),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[invoice.account.email],
        reply_to=[invoice.issuer.email],
    )


def _close(reminder: Reminder, state: ReminderState, words: str, at: datetime) -> bool:
    sent_at = at if state == ReminderState.SENT else F("sent_at")
    Reminder.objects.filter(pk=reminder.pk).update(state=state, explanation=words[:200], sent_at=sent_at)
    return state == ReminderState.SENT
