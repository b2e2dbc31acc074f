"""Celery entry: take billing runs further, follow payments, send reminders."""

import threading
import time

from celery import shared_task
from django.utils import timezone

from apps.core.wake import wake
from apps.invoicing.services.bank import settle_waiting
from apps.invoicing.services.debit_notices import send_notices
from apps.invoicing.services.dunning import remind_due
from apps.invoicing.services.inbox import apply_waiting_events, hear_dummy
from apps.invoicing.services.mandates import expire_mandates
from apps.invoicing.services.polling import check_due_payments
from apps.invoicing.services.reminding import send_waiting_reminders
from apps.invoicing.services.sepa import collect_due
from apps.invoicing.services.stages import work

ONE_TURN_S = 20.0
_at_work = threading.Lock()


@shared_task
def work_runs() -> None:
    """Do what is due, for one turn at most, so that other tasks of the process get theirs. Harmless beside itself."""
    if not _at_work.acquire(blocking=False):
        return
    try:
        ends = time.monotonic() + ONE_TURN_S
        while work(at=timezone.now()):
            if time.monotonic() > ends:
                wake(work_runs)
                return
    finally:
        _at_work.release()


@shared_task
def follow_payments() -> None:
    """Several times a minute: ask how payments stand, apply what could not be applied. Harmless beside itself."""
    now = timezone.now()
    hear_dummy(at=now)
    apply_waiting_events(at=now)
    check_due_payments(at=now)


@shared_task
def follow_bank() -> None:
    """Every minute: settle entries that wait, announce debits, count as paid what falls due. Harmless beside itself."""
    now = timezone.now()
    settle_waiting(at=now)
    send_notices(at=now)
    collect_due(at=now)


@shared_task
def end_unused_mandates() -> None:
    """Hourly: mandates end that nobody used for 36 months."""
    expire_mandates(at=timezone.now())


@shared_task
def send_reminders() -> None:
    """Hourly: make the reminders that are due, send what waits. Harmless beside itself."""
    now = timezone.now()
    remind_due(at=now)
    send_waiting_reminders(at=now)
