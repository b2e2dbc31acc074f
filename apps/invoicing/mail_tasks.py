"""Celery entry of the queue ``mail``: deliver what no run delivers."""

from celery import shared_task
from django.utils import timezone

from apps.invoicing.services.deliveries import deliver_due


@shared_task
def deliver() -> None:
    """Several times a minute. Harmless beside itself."""
    while deliver_due(at=timezone.now()):
        pass
