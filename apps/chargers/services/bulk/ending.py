"""Stopping a bulk operation, and trying again what did not work."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from apps.chargers.choices import BulkItemState, BulkState, CommandState
from apps.chargers.models import BulkItem, BulkOperation, StationCommand
from apps.chargers.services.bulk.pages import nudge_operation, wake_steps
from apps.chargers.services.bulk.steps import note_answers
from apps.chargers.services.commands import CommandNotCancellable, cancel
from apps.core.audit import record_audit
from apps.core.errors import DomainError

_TRY_AGAIN = (BulkItemState.REFUSED, BulkItemState.FAILED, BulkItemState.SKIPPED, BulkItemState.CANCELLED)


class UnableToChangeBulk(DomainError):
    code = "unable_to_change_bulk"
    message = "Nothing is left to change."


def cancel_bulk(*, operation: BulkOperation, actor, at: datetime, address: str | None = None) -> int:
    """Leave out the stations that were not asked yet, and take back what was not sent; return how many.

    Only stations at which ``actor`` may do it. What was sent runs on. Raises ``UnableToChangeBulk``.
    """
    with transaction.atomic():
        operation = (
            BulkOperation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=operation.pk)
        )
        mine = BulkItem.objects.visible_to(actor, operation.needed_action).filter(operation=operation)
        waiting = mine.filter(state=BulkItemState.WAITING).values("pk")
        count = BulkItem.objects.filter(pk__in=waiting).update(
            state=BulkItemState.CANCELLED, explanation=f"Cancelled by {actor} before it was asked."[:300]
        )
        count += _take_back(mine, actor, at)
        if not count:
            raise UnableToChangeBulk("Every station was asked already.")
        note_answers(operation)
        _finish_if_empty(operation, at)
        _audit(operation, actor, "bulk.cancelled", count, address)
    return count


def retry_bulk(*, operation: BulkOperation, actor, at: datetime, wait_s: int = 600, address: str | None = None) -> int:
    """Ask again the stations that refused, failed or were left out; return how many. Raises ``UnableToChangeBulk``."""
    with transaction.atomic():
        operation = (
            BulkOperation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=operation.pk)
        )
        mine = BulkItem.objects.visible_to(actor, operation.needed_action).filter(
            operation=operation, state__in=_TRY_AGAIN
        )
        count = BulkItem.objects.filter(pk__in=mine.values("pk")).update(
            state=BulkItemState.WAITING, command=None, explanation=""
        )
        if not count:
            raise UnableToChangeBulk("No station refused, failed or was left out.")
        BulkOperation.objects.filter(pk=operation.pk).update(
            state=BulkState.RUNNING, finished_at=None, deadline_at=at + timedelta(seconds=wait_s),
            requested_by=_responsible(operation, actor),
        )  # fmt: skip
        _audit(operation, actor, "bulk.retried", count, address)
        wake_steps()
    return count


def _responsible(operation: BulkOperation, actor):
    """Whose rights count from now on: of whoever tries again, unless others' stations still wait."""
    waiting = operation.items.filter(state=BulkItemState.WAITING)
    others = waiting.exclude(pk__in=waiting.visible_to(actor, operation.needed_action).values("pk"))
    return operation.requested_by if others.exists() else actor


def _take_back(items, actor, at: datetime) -> int:
    """Cancel the commands that are still pending; return at how many stations."""
    asked = items.filter(state=BulkItemState.ASKED)
    commands = StationCommand.objects.filter(
        Q(pk__in=asked.values("command"))
        | Q(operation__in=asked.filter(command__operation__isnull=False).values("command__operation")),
        state=CommandState.PENDING,
    ).select_related("station__site__organisation")
    stations = set()
    for command in commands:
        try:
            cancel(command=command, actor=actor, at=at)
            stations.add(command.station_id)
        except CommandNotCancellable:  # it was sent this moment
            continue
    return len(stations)


def _finish_if_empty(operation: BulkOperation, at: datetime) -> None:
    if not operation.items.filter(state__in=(BulkItemState.WAITING, BulkItemState.ASKED)).exists():
        BulkOperation.objects.filter(pk=operation.pk, state=BulkState.RUNNING).update(
            state=BulkState.CANCELLED, finished_at=at
        )


def _audit(operation: BulkOperation, actor, action: str, count: int, address: str | None) -> None:
    record_audit(
        actor=actor,
        action=action,
        subject=operation,
        organisation=operation.organisation,
        changes={"stations": [None, count]},
        address=address,
    )
    nudge_operation(operation)
