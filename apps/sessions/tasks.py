"""Celery entry: roll-ups, prices that were missed, sessions that died in silence."""

from celery import shared_task
from django.utils import timezone

from apps.sessions.services.pricing import price_missed_sessions
from apps.sessions.services.reconciliation import reconcile
from apps.sessions.services.rollups import roll_up_new_values


@shared_task
def roll_up() -> None:
    """Every half minute."""
    roll_up_new_values(at=timezone.now())


@shared_task
def sweep() -> None:
    """Every few minutes: claim what was parked, flag what died, price what was missed. Harmless beside itself."""
    now = timezone.now()
    reconcile(at=now)
    price_missed_sessions(at=now)
