"""What becomes of log requests: answers, notifications, silence."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.chargers.engine.text import clip
from apps.chargers.engine.transfers import next_log_state
from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.events import LogStatusNotified
from apps.chargers.messages.learnt_transfers import LogAnswered
from apps.chargers.messages.replies import Reply
from apps.chargers.models import LogRequest
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.files.tickets import close_tickets
from apps.chargers.services.transfer_rows import keep_notices, note_progress, rows_meant
from apps.chargers.services.written_transfers import row_of_written_log
from apps.chargers.transfer_choices import OPEN_LOGS, LogState

SILENCE = timedelta(days=1)
_YES = frozenset({"Accepted", "AcceptedCanceled", ""})
_CHANGED = ("state", "detail", "heard_at", "ended_at", "file_name")


@transaction.atomic(savepoint=False)
def record_log_statuses(facts: Sequence[Fact[LogStatusNotified]]) -> list[Reply]:
    """Keep each as a notice and, where it speaks of a request of ours, move that on and note it."""
    keep_notices(facts, "log")
    meant = rows_meant(LogRequest, facts, open_states=OPEN_LOGS)
    notes = []
    for index, request in meant.items():
        event, at = facts[index].event, facts[index].received_at
        notes.append((request, event.status, event.info, at))
        _move(request, next_log_state(request.state, event.status), at, detail=event.info)
    LogRequest.objects.bulk_update(meant.values(), _CHANGED)
    note_progress("log_request", notes)
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def learn_log_answers(lessons: Sequence[Lesson[LogAnswered]]) -> None:
    """The charger said yes or no; AcceptedCanceled ends what it was uploading before."""
    by_command = {lesson.command_id: lesson for lesson in lessons}
    rows = LogRequest.objects.select_for_update(of=("self",)).filter(command_id__in=by_command)
    known = list(rows.order_by("pk"))
    for request in known + _written(lessons, known):
        learnt, at = by_command[request.command_id].learnt, by_command[request.command_id].at
        if request.state == LogState.REQUESTED:
            _move(request, _state_after(learnt), at, detail=learnt.detail)
        request.file_name = clip(learnt.file_name or "", 255)
        LogRequest.objects.bulk_update([request], _CHANGED)
        note_progress("log_request", [(request, learnt.status or "Accepted", learnt.detail, at)])
        if request.state in (LogState.REJECTED, LogState.NOTHING):
            close_tickets(at, log_request=request)
    for lesson in lessons:
        if lesson.learnt.status == "AcceptedCanceled":
            _cancel_others(lesson.station.station_id, lesson.command_id, lesson.at)
    nudge_stations({lesson.station.station_id for lesson in lessons})


def _written(lessons: Sequence[Lesson[LogAnswered]], known: list[LogRequest]) -> list[LogRequest]:
    """New rows for calls that somebody wrote out."""
    ours = {request.command_id for request in known}
    return [
        row_of_written_log(lesson, lesson.learnt.asked)
        for lesson in lessons
        if lesson.learnt.asked is not None and lesson.command_id not in ours
    ]


@transaction.atomic
def end_unasked_log(*, command_id: int, explanation: str, at: datetime) -> None:
    """The command never reached the charger, or was lost. What the charger tells later still counts. Idempotent."""
    rows = LogRequest.objects.select_for_update(of=("self",)).filter(command_id=command_id, state=LogState.REQUESTED)
    for request in rows:
        _move(request, LogState.NO_ANSWER, at, detail=explanation)
        LogRequest.objects.bulk_update([request], _CHANGED)
        note_progress("log_request", [(request, "NoAnswer", explanation, at)])
        nudge_stations([request.station_id])


@transaction.atomic
def end_silent_logs(at: datetime, *, limit: int = 500) -> int:
    """Give up requests of which nothing was heard for a day; how many. A file that came is an upload."""
    rows = LogRequest.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=(LogState.ACCEPTED, LogState.UPLOADING), heard_at__lt=at - SILENCE
    )
    silent = list(rows.order_by("heard_at")[:limit])
    for request in silent:
        _move(request, LogState.UPLOADED if request.files.exists() else LogState.SILENT, at)
    LogRequest.objects.bulk_update(silent, _CHANGED)
    note_progress("log_request", [(request, str(request.state), "", at) for request in silent])
    nudge_stations({request.station_id for request in silent})
    return len(silent)


def _state_after(learnt: LogAnswered) -> LogState:
    if learnt.status not in _YES:
        return LogState.REJECTED
    return LogState.NOTHING if learnt.file_name is None else LogState.ACCEPTED


def _cancel_others(station_id: int, command_id: int, at: datetime) -> None:
    rows = LogRequest.objects.select_for_update(of=("self",)).filter(
        station_id=station_id, state__in=(LogState.ACCEPTED, LogState.UPLOADING)
    )
    others = list(rows.exclude(command_id=command_id).order_by("pk"))
    for request in others:
        _move(request, LogState.CANCELED, at)
    LogRequest.objects.bulk_update(others, _CHANGED)
    close_tickets(at, log_request__in=[request.pk for request in others])
    note_progress("log_request", [(request, "Canceled", "A newer request took its place.", at) for request in others])


def _move(request: LogRequest, state: str, at: datetime, *, detail: str = "") -> None:
    request.heard_at = at
    if detail:
        request.detail = clip(detail, 255)
    if state != request.state:
        request.state = state
        request.ended_at = None if state in OPEN_LOGS else at
