"""Which answers to a 2.x charger name the cost so far. Pure: decided by what the session already knows.

Naming it costs as much as storing the event, and a driver who reads it wants it now and then, not every second.
Source: OCPP 2.0.1 part 2 I02 (running cost) and I03 (final cost).
"""

from datetime import timedelta

from apps.chargers.messages.events import TransactionEvent, TransactionEventType
from apps.sessions.engine.snapshot import Snapshot

PERIOD = timedelta(minutes=1)
# Readings that come about once a minute each get their answer, though some come a little early.
_NEARLY = timedelta(seconds=50)


def is_cost_due(before: Snapshot | None, after: Snapshot, event: TransactionEvent) -> bool:
    """Whether the answer to ``event``, which made ``after`` of ``before``, is to name the cost.

    A start, an end and a repeat are always told. Of the updates only those with meter values that are fresh: the first
    of a session, then one per ``PERIOD`` counted from its start. What waited offline has nobody who reads the answer.
    """
    if before is None or before is after or event.type is not TransactionEventType.UPDATED:
        return True
    if not event.readings or event.offline or after.is_over or after.last_value_at is None:
        return False
    last_at, at, started_at = before.last_value_at, after.last_value_at, after.started_at
    if last_at is None or last_at <= started_at:
        return True
    if at <= last_at:
        return False
    return at - last_at >= _NEARLY or (at - started_at) // PERIOD != (last_at - started_at) // PERIOD
