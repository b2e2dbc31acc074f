"""Announcing that cards, drivers or rules changed, in the transaction of the change."""

from django.utils import timezone

from apps.core import outbox


def announce(name: str, subject_id: int, *, organisation_id: int, **payload: object) -> None:
    """Record the event ``name`` (``drivers.events``)."""
    about = {"organisation_id": organisation_id, "at": timezone.now().isoformat(), **payload}
    outbox.record(outbox.Event(name, subject_id, about))
