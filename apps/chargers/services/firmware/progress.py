"""What becomes of firmware updates: answers, notifications, boots, silence."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers import events
from apps.chargers.engine.text import clip
from apps.chargers.engine.transfers import next_update_state
from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.events import FirmwareStatusNotified
from apps.chargers.messages.learnt_transfers import UpdateAnswered
from apps.chargers.messages.replies import Reply
from apps.chargers.models import FirmwareUpdate, ProgressNote
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.files.tickets import close_tickets
from apps.chargers.services.transfer_rows import keep_notices, note_progress, rows_meant
from apps.chargers.services.written_transfers import row_of_written_update
from apps.chargers.transfer_choices import OPEN_UPDATES, UpdateState
from apps.core import outbox

SILENCE = timedelta(days=1)
_YES = frozenset({"Accepted", "AcceptedCanceled", ""})
_CHANGED = ("state", "detail", "heard_at", "ended_at", "confirmed_at")


@transaction.atomic(savepoint=False)
def record_firmware_statuses(facts: Sequence[Fact[FirmwareStatusNotified]]) -> list[Reply]:
    """Keep each as a notice and, where it speaks of an update of ours, move that on and note it."""
    keep_notices(facts, "firmware")
    meant = rows_meant(FirmwareUpdate, facts, open_states=OPEN_UPDATES)
    notes = []
    for index, update in meant.items():
        event, at = facts[index].event, facts[index].received_at
        notes.append((update, event.status, event.info, at))
        _move(update, next_update_state(update.state, event.status), at, detail=event.info)
    _store(list(meant.values()))
    note_progress("update", notes)
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def learn_update_answers(lessons: Sequence[Lesson[UpdateAnswered]]) -> None:
    """The charger said yes or no; one that was replaced ends only if the new one was taken."""
    by_command = {lesson.command_id: lesson for lesson in lessons}
    rows = FirmwareUpdate.objects.select_for_update(of=("self",)).filter(command_id__in=by_command)
    known = list(rows.order_by("pk"))
    for update in known + _written(lessons, known):
        lesson = by_command[update.command_id]
        status, at = lesson.learnt.status, lesson.at
        if update.state == UpdateState.REQUESTED:
            state = UpdateState.ACCEPTED if status in _YES else _known(status)
            _move(update, state, at, detail=lesson.learnt.detail)
            _store([update])
        note_progress("update", [(update, status or "Accepted", lesson.learnt.detail, at)])
        _settle_replaced(update, at, is_taken=status in _YES)
    nudge_stations({lesson.station.station_id for lesson in lessons})


def _written(lessons: Sequence[Lesson[UpdateAnswered]], known: list[FirmwareUpdate]) -> list[FirmwareUpdate]:
    """New rows for calls that somebody wrote out."""
    ours = {update.command_id for update in known}
    return [
        row_of_written_update(lesson, lesson.learnt.asked)
        for lesson in lessons
        if lesson.learnt.asked is not None and lesson.command_id not in ours
    ]


@transaction.atomic
def end_unasked_update(*, command_id: int, explanation: str, at: datetime) -> None:
    """The command never reached the charger, or was lost. What the charger tells later still counts. Idempotent."""
    rows = FirmwareUpdate.objects.select_for_update(of=("self",)).filter(
        command_id=command_id, state=UpdateState.REQUESTED
    )
    for update in rows:
        _move(update, UpdateState.NO_ANSWER, at, detail=explanation)
        _store([update])
        note_progress("update", [(update, "NoAnswer", explanation, at)])
        _settle_replaced(update, at, is_taken=False)
        nudge_stations([update.station_id])


@transaction.atomic
def join_boot(*, station_id: int, firmware_version: str, at: datetime) -> None:
    """A boot with the wanted version proves the update, whatever was said of it before. Idempotent."""
    rows = FirmwareUpdate.objects.select_for_update(of=("self",)).filter(station_id=station_id, confirmed_at=None)
    update = rows.filter(heard_at__gte=at - 7 * SILENCE, created_at__lte=at).order_by("-created_at", "-pk").first()
    if update is None or not firmware_version or update.state == UpdateState.REQUESTED:
        return
    known = ProgressNote.objects.filter(update=update, word="Booted", at=at)
    if known.exists():
        return
    note_progress("update", [(update, "Booted", f"with {firmware_version}", at)])
    if not proves(update, firmware_version):
        return
    update.confirmed_at = at
    if update.state != UpdateState.INSTALLED:
        _move(update, UpdateState.INSTALLED, at)
    _store([update])
    nudge_stations([station_id])


@transaction.atomic
def end_silent_updates(at: datetime, *, limit: int = 500) -> int:
    """Give up updates of which nothing was heard for a day after the moment agreed; how many."""
    rows = FirmwareUpdate.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=OPEN_UPDATES, heard_at__lt=at - SILENCE, retrieve_at__lt=at - SILENCE
    )
    rows = rows.exclude(install_at__gte=at - SILENCE).exclude(state=UpdateState.REQUESTED)
    silent = list(rows.order_by("heard_at")[:limit])
    for update in silent:
        _move(update, UpdateState.SILENT, at)
    _store(silent)
    note_progress("update", [(update, "Silent", "", at) for update in silent])
    nudge_stations({update.station_id for update in silent})
    return len(silent)


def proves(update: FirmwareUpdate, firmware_version: str) -> bool:
    """Whether a station that tells this version has what ``update`` should bring; another one where we know none."""
    if update.version:
        return firmware_version == update.version
    return bool(update.version_before) and firmware_version != update.version_before


def _known(status: str) -> str:
    return status if status in UpdateState.values else UpdateState.REJECTED


def _move(update: FirmwareUpdate, state: str, at: datetime, *, detail: str = "") -> None:
    """Change the row in memory; an ended one does not come back to life where another has taken its place."""
    update.heard_at = at
    if detail:
        update.detail = clip(detail, 255)
    revives = update.state not in OPEN_UPDATES and state in OPEN_UPDATES
    if state == update.state or (revives and _has_successor(update)):
        return
    update.state = state
    update.ended_at = None if state in OPEN_UPDATES else at


def _has_successor(update: FirmwareUpdate) -> bool:
    newer = FirmwareUpdate.objects.filter(station_id=update.station_id, state__in=OPEN_UPDATES).exclude(pk=update.pk)
    return update.replaced_by_id is not None or newer.exists()


def _store(updates: list[FirmwareUpdate]) -> None:
    if not updates:
        return
    FirmwareUpdate.objects.bulk_update(updates, _CHANGED)
    ended = [update for update in updates if update.ended_at is not None]
    if ended:
        at = max(update.heard_at for update in ended)
        close_tickets(at, update__in=[update.pk for update in ended if update.state != UpdateState.NO_ANSWER])
    outbox.record_many(
        outbox.Event(
            events.FIRMWARE_UPDATE_ENDED,
            update.station_id,
            {"update_id": update.pk, "state": str(update.state), "version": update.version,
             "at": update.heard_at.isoformat()},
        )
        for update in ended
    )  # fmt: skip


def _settle_replaced(update: FirmwareUpdate, at: datetime, *, is_taken: bool) -> None:
    for old in FirmwareUpdate.objects.select_for_update(of=("self",)).filter(replaced_by=update).exclude(pk=update.pk):
        if is_taken and old.state in OPEN_UPDATES:
            _move(old, UpdateState.CANCELED, at)
            note_progress("update", [(old, "Canceled", "A newer update took its place.", at)])
            _store([old])
        elif not is_taken:
            FirmwareUpdate.objects.filter(pk=old.pk).update(replaced_by=None)
