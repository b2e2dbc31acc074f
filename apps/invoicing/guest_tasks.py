"""Celery entry of guests' visits."""

from celery import shared_task
from django.utils import timezone

from apps.invoicing.services.guests.driving import drive_due


@shared_task
def drive_guests() -> None:
    """Several times a minute, and after each fact: take guests' visits forward. Harmless beside itself."""
    drive_due(at=timezone.now())
