"""Celery entry of the ground floor: the outbox relay and the housekeeping of tables that grow."""

from celery import shared_task
from django.utils import timezone

from apps.core import outbox
from apps.core.db.housekeeping import ensure_partitions, retire_old_rows
from apps.core.wake import wake


@shared_task
def relay_outbox() -> None:
    """Deliver until nothing is due."""
    while outbox.relay():
        pass


@shared_task
def keep_house() -> None:
    """Hourly: the partitions of this month and the next ones are there, what is too old is gone."""
    now = timezone.now()
    ensure_partitions(now)
    retire_old_rows(now)
    outbox.forget_delivered(now)


def wake_relay() -> None:
    """Ask a worker to relay soon. A lost request is healed by the beat."""
    wake(relay_outbox)
