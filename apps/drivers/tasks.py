"""Celery entry: local lists of stations follow the cards, drivers get their mail."""

from celery import shared_task
from django.utils import timezone

from apps.drivers.services.customer_information import forget_old_answers
from apps.drivers.services.local_lists.marking import sweep_lists
from apps.drivers.services.local_lists.steps import send_due_lists
from apps.drivers.services.notices import send_due_notices


@shared_task
def send_lists() -> None:
    """Every few seconds: one step for each list that is due."""
    send_due_lists(at=timezone.now())


@shared_task
def find_lists() -> None:
    """Every minute: begin to keep what is to be kept since."""
    sweep_lists(at=timezone.now())


@shared_task
def forget_customers() -> None:
    """Hourly: what stations told of customers is not kept for ever."""
    forget_old_answers(at=timezone.now())


@shared_task
def send_notices() -> None:
    """Every minute, and when one is added: what drivers are told by mail."""
    while send_due_notices(at=timezone.now()):
        pass
