"""Celery entry: roll-ups, prices told and missed, sessions that died in silence."""

from celery import shared_task
from django.utils import timezone

from apps.sessions.services import reservations, station_costs
from apps.sessions.services.rating import rate_missed_sessions
from apps.sessions.services.reconciliation import reconcile
from apps.sessions.services.rollups import roll_up_new_values


@shared_task
def roll_up() -> None:
    """Every half minute."""
    roll_up_new_values(at=timezone.now())


@shared_task
def expire_reservations() -> None:
    """Several times a minute: give free what nobody came for. Harmless beside itself."""
    reservations.expire_reservations(at=timezone.now())


@shared_task
def tell_prices() -> None:
    """Several times a minute: tell stations prices and running costs that changed. Harmless beside itself."""
    now = timezone.now()
    station_costs.push_prices(at=now)
    station_costs.tell_running_costs(at=now)


@shared_task
def sweep() -> None:
    """Every few minutes: claim what was parked, flag what died, rate what was missed. Harmless beside itself."""
    now = timezone.now()
    reconcile(at=now)
    rate_missed_sessions(at=now)
