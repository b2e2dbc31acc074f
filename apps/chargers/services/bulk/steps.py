"""Carrying bulk operations out, a bounded step at a time. Everything is in rows: a restart loses nothing."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.chargers.choices import UNSETTLED_STATES, BulkItemState, BulkKind, BulkState, CommandState
from apps.chargers.engine.bulk import build_for_station
from apps.chargers.models import BulkItem, BulkOperation, ChargingStation, StationCommand
from apps.chargers.services.bulk.pages import nudge_operation
from apps.chargers.services.commands import CommandRefused, enqueue
from apps.chargers.services.commands.enqueueing import MAX_DEADLINE_S
from apps.chargers.services.configuration_templates import NothingToApply, apply_templates
from apps.core.audit import record_audit
from apps.core.ids import reserve_numbers

log = structlog.get_logger(__name__)
UNDER_WAY = 50
"""How many stations that are online may have an unanswered command of one operation."""
PER_STEP = 200
_TROUBLES = {
    BulkItemState.FAILED: (CommandState.FAILED, CommandState.TIMED_OUT),
    BulkItemState.REFUSED: (CommandState.REJECTED,),
    BulkItemState.CANCELLED: (CommandState.SUPERSEDED,),
}
"""The first that fits any command of an item says what became of it."""


def run_bulk_operations(at: datetime) -> int:
    """One step of every running operation; return how many items moved. Steps of others are left to them."""
    moved = 0
    for pk in BulkOperation.objects.filter(state=BulkState.RUNNING).order_by("pk").values_list("pk", flat=True):
        try:
            moved += take_step(pk, at)
        except Exception as error:  # an edge: one operation must not hold up those of others
            log.exception("bulk.step_failed", operation=pk, error=repr(error))
    return moved


@transaction.atomic
def take_step(operation_id: int, at: datetime) -> int:
    """Note what was answered, ask the next stations, finish when none is left; return how many items moved."""
    running = BulkOperation.objects.filter(pk=operation_id, state=BulkState.RUNNING)
    rows = running.select_for_update(skip_locked=True, of=("self",)).select_related("requested_by", "organisation")
    operation = rows.first()
    if operation is None:
        return 0
    moved = note_answers(operation) + _ask_next(operation, at)
    left = operation.items.filter(state__in=(BulkItemState.WAITING, BulkItemState.ASKED)).exists()
    if not left:
        BulkOperation.objects.filter(pk=operation.pk).update(state=BulkState.DONE, finished_at=at)
    if moved or not left:
        nudge_operation(operation)
    return moved


def note_answers(operation: BulkOperation) -> int:
    """Bring the items whose commands have all ended up to date; return how many."""
    ended = (
        operation.items.filter(state=BulkItemState.ASKED, command__isnull=False)
        .exclude(command__state__in=UNSETTLED_STATES)
        .exclude(command__state=CommandState.ACCEPTED, command__confirm_due_at__isnull=False)  # more is promised
        .exclude(Exists(_beside(UNSETTLED_STATES)))
    )
    moved = 0
    for state, words in _TROUBLES.items():
        moved += _set(ended.filter(Q(command__state__in=words) | Exists(_beside(words))), state)
    return moved + _set(ended, BulkItemState.DONE)


def _beside(states: Sequence[CommandState]) -> QuerySet[StationCommand]:
    """The other calls of a wish that took several (``StationOperation``)."""
    return StationCommand.objects.filter(operation=OuterRef("command__operation"), state__in=states)


def _set(items: QuerySet[BulkItem], state: BulkItemState) -> int:
    return BulkItem.objects.filter(pk__in=items.values("pk"), state=BulkItemState.ASKED).update(state=state)


def _ask_next(operation: BulkOperation, at: datetime) -> int:
    waiting = operation.items.filter(state=BulkItemState.WAITING).select_related(
        "station__site__organisation", "station__connection"
    )
    under_way = operation.items.filter(state=BulkItemState.ASKED, station__connection__is_online=True).count()
    online = waiting.filter(station__connection__is_online=True)[: max(UNDER_WAY - under_way, 0)]
    offline = waiting.exclude(station__connection__is_online=True)
    if operation.skips_offline:
        skipped = BulkItem.objects.filter(pk__in=offline.values("pk")).update(
            state=BulkItemState.SKIPPED, explanation="It was offline."
        )
        items = list(online)
    else:
        skipped = 0
        items = [*online, *offline[:PER_STEP]]
    allowed = _still_allowed(operation, items)
    for item in items:
        if item.station_id in allowed:
            _ask(operation, item, at)
    refused = [item.pk for item in items if item.station_id not in allowed]
    if refused:
        _refuse(operation, refused)
    return skipped + len(items)


def _still_allowed(operation: BulkOperation, items: Sequence[BulkItem]) -> set[int]:
    """The stations among those of ``items`` of which whoever began it may ask it now."""
    if operation.requested_by is None or not items:
        return set()
    stations = ChargingStation.objects.visible_to(operation.requested_by, operation.needed_action)
    return set(stations.filter(pk__in=[item.station_id for item in items]).values_list("pk", flat=True))


def _refuse(operation: BulkOperation, item_ids: Sequence[int]) -> None:
    who = operation.requested_by
    words = f"{who} may not ask this of the station any more." if who else "The account of whoever asked was removed."
    BulkItem.objects.filter(pk__in=item_ids).update(state=BulkItemState.FAILED, explanation=words[:300])
    record_audit(
        actor=who,
        action="bulk.rights_missing",
        subject=operation,
        organisation=operation.organisation,
        changes={"stations": [None, len(item_ids)]},
    )


def _ask(operation: BulkOperation, item: BulkItem, at: datetime) -> None:
    item.attempts += 1
    try:
        item.command = _command(operation, item, at)
        item.state, item.explanation = BulkItemState.ASKED, ""
    except NothingToApply as nothing:
        item.state, item.explanation = BulkItemState.DONE, nothing.message
    except CommandRefused as refusal:
        item.state, item.explanation = BulkItemState.FAILED, refusal.message[:300]
    item.save(update_fields=["state", "command", "explanation", "attempts"])


def _command(operation: BulkOperation, item: BulkItem, at: datetime) -> StationCommand | None:
    """The row that the item follows; of a wish that takes several calls the last."""
    asked = {
        "station": item.station, "actor": operation.requested_by, "origin": operation.origin, "at": at,
        "deadline_s": _deadline_s(operation, item, at),
    }  # fmt: skip
    if operation.kind == BulkKind.APPLY_TEMPLATES:
        return apply_templates(**asked).commands.order_by("pk").last()
    command = build_for_station(
        operation.kind, operation.arguments, protocol=item.station.protocol,
        new_request_id=lambda: reserve_numbers("ocpp_request", how_many=1)[0],
    )  # fmt: skip
    return enqueue(command=command, **asked)


def _deadline_s(operation: BulkOperation, item: BulkItem, at: datetime) -> int:
    """A station that is online is asked within a minute; another one has until the operation's deadline."""
    connection = getattr(item.station, "connection", None)
    least_s = 60 if connection is not None and connection.is_online else 1
    return min(max(int((operation.deadline_at - at).total_seconds()), least_s), MAX_DEADLINE_S)
