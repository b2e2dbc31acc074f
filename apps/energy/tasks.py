"""Celery entry: profiles whose time is over."""

from celery import shared_task
from django.utils import timezone

from apps.energy.services.endings import end_what_is_over


@shared_task
def sweep() -> None:
    """Every minute. Harmless beside itself."""
    end_what_is_over(at=timezone.now())
