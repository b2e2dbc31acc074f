"""Celery entry: what chargers do by not doing anything."""

from celery import shared_task
from django.utils import timezone

from apps.chargers.services.commands import expire_commands
from apps.chargers.services.connections import sweep_connections


@shared_task
def sweep() -> None:
    """Find dead gateways, stations gone too long and commands past their time. Harmless beside itself."""
    now = timezone.now()
    sweep_connections(now)
    expire_commands(now)
