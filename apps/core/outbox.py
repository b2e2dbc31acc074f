"""Announcing facts and delivering them: the way sideways.

A lower floor records an event inside its transaction; upper floors subscribe to its name in their
``subscribers.py`` (imported when the app is ready). Delivery is at least once, so a subscriber is idempotent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from apps.core.db.rowsets import json_text, rows_from, run
from apps.core.models import OutboxEvent

log = structlog.get_logger(__name__)

Subscriber = Callable[[OutboxEvent], None]
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)
MAX_ATTEMPTS = 12
KEEP_DELIVERED = timedelta(days=7)
_COLUMNS = {"name": "text", "subject_id": "bigint", "payload": "jsonb", "at": "timestamptz"}


@dataclass(frozen=True, slots=True)
class Event:
    """A fact to announce. ``name`` is ``noun.verb``; ``payload`` must survive JSON."""

    name: str
    subject_id: int
    payload: dict[str, Any] = field(default_factory=dict)


def record(*events: Event) -> None:
    """Write ``events`` to the outbox in the current transaction and wake the relay after its commit."""
    record_many(events)


def record_many(events: Iterable[Event]) -> None:
    """As ``record``; one statement however many events."""
    now = timezone.now()
    rows = [(event.name, event.subject_id, json_text(event.payload), now) for event in events]
    if not rows:
        return
    source, parameters = rows_from("new", _COLUMNS, rows)
    run(
        f"INSERT INTO {OutboxEvent._meta.db_table} "
        "(name, subject_id, payload, recorded_at, due_at, attempts, last_error) "
        f"SELECT name, subject_id, payload, at, at, 0, '' FROM {source}",
        parameters,
    )
    from apps.core.tasks import wake_relay

    transaction.on_commit(wake_relay)


def subscribe(name: str) -> Callable[[Subscriber], Subscriber]:
    """Decorator: call the function with each event of ``name``, in a transaction of its own."""

    def register(subscriber: Subscriber) -> Subscriber:
        _subscribers[name].append(subscriber)
        return subscriber

    return register


def relay(*, limit: int = 500) -> int:
    """Deliver due events in order; return how many were delivered.

    Each event is claimed by a row lock (``SKIP LOCKED`` where the database has it) so any number of relays
    may run. A failing event is tried again with growing pauses and never holds up the others.
    """
    delivered = 0
    due = OutboxEvent.objects.filter(delivered_at=None, due_at__lte=timezone.now()).order_by("due_at", "id")
    for event_id in list(due.values_list("id", flat=True)[:limit]):
        delivered += _deliver(event_id)
    return delivered


def forget_delivered(at: datetime, *, chunk: int = 5_000) -> int:
    """Remove what was delivered more than ``KEEP_DELIVERED`` before ``at``; return how many events went.

    ``chunk`` events per transaction, so that no lock is held for long. What could not be delivered stays.
    """
    removed = 0
    old = OutboxEvent.objects.filter(delivered_at__lt=at - KEEP_DELIVERED).order_by("delivered_at")
    while pks := list(old.values_list("pk", flat=True)[:chunk]):
        removed += OutboxEvent.objects.filter(pk__in=pks).delete()[0]
    return removed


def _deliver(event_id: int) -> int:
    try:
        with transaction.atomic():
            rows = OutboxEvent.objects.filter(pk=event_id, delivered_at=None)
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True)
            event = rows.first()
            if event is None:
                return 0
            for subscriber in _subscribers.get(event.name, ()):
                subscriber(event)
            event.delivered_at = timezone.now()
            event.save(update_fields=["delivered_at"])
            return 1
    except Exception as error:  # the edge of delivery: one bad subscriber must not stop the relay
        log.exception("outbox.delivery_failed", event_id=event_id)
        _postpone(event_id, error)
        return 0


def _postpone(event_id: int, error: Exception) -> None:
    event = OutboxEvent.objects.filter(pk=event_id, delivered_at=None).first()
    if event is None:
        return
    attempts = event.attempts + 1
    pause = timedelta(seconds=min(2**attempts, 3600)) if attempts < MAX_ATTEMPTS else timedelta(days=1)
    OutboxEvent.objects.filter(pk=event_id, delivered_at=None).update(
        attempts=attempts, due_at=timezone.now() + pause, last_error=repr(error)[:2000]
    )
