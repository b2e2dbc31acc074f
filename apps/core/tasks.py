"""Celery entry of the ground floor: the outbox relay and the housekeeping of partitions."""

from celery import shared_task

from apps.core import outbox
from apps.core.wake import wake


@shared_task
def relay_outbox() -> None:
    """Deliver until nothing is due."""
    while outbox.relay():
        pass


def wake_relay() -> None:
    """Ask a worker to relay soon. A lost request is healed by the beat."""
    wake(relay_outbox)
