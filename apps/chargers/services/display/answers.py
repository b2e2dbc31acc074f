"""What stations answer about their displays, whoever asked."""

from collections.abc import Sequence
from datetime import datetime

from apps.chargers.choices import DisplayMessageState
from apps.chargers.facts import Lesson
from apps.chargers.messages.commands.display import (
    DisplayMessageAnswered,
    DisplayMessageCleared,
    DisplayReadAnswered,
)
from apps.chargers.models import DisplayMessage, DisplayRead, StationCommand
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.display.rows import GONE, LARGEST, forget_untold, install
from apps.chargers.services.pictures import lock_stations

_WORDS = {
    "NotSupportedMessageFormat": "The display cannot show this format.",
    "NotSupportedPriority": "The display does not know this priority.",
    "NotSupportedState": "The display cannot tie messages to this state.",
    "UnknownTransaction": "The station knows of no such transaction.",
    "LanguageNotSupported": "The display does not know this language.",
    "Rejected": "The station refused, perhaps because it can hold no more messages.",
}


def learn_settings(lessons: Sequence[Lesson[DisplayMessageAnswered]]) -> None:
    """Accepted messages are shown; refused ones say why."""
    _lock(lessons)
    for lesson in lessons:
        learnt, station_id = lesson.learnt, lesson.station.station_id
        if learnt.is_installed:
            install(station_id, learnt.content, lesson.at, status=learnt.status, command_id=lesson.command_id)
            continue
        DisplayMessage.objects.filter(command_id=lesson.command_id, state=DisplayMessageState.ASKED).update(
            state=DisplayMessageState.REFUSED, status_word=learnt.status[:60], ended_at=lesson.at,
            explanation=_WORDS.get(learnt.status, f"The station answered “{learnt.status}”.")[:300],
        )  # fmt: skip
    nudge_stations(lesson.station.station_id for lesson in lessons)


def learn_clearings(lessons: Sequence[Lesson[DisplayMessageCleared]]) -> None:
    """Cleared, or unknown to the station: shown no more. A refusal (2.1) leaves it."""
    for lesson in lessons:
        learnt = lesson.learnt
        if learnt.number > LARGEST or not (learnt.is_cleared or learnt.status == "Unknown"):
            continue
        words = "" if learnt.is_cleared else "The station no longer knew it."
        _installed(lesson).filter(number=learnt.number).update(
            state=DisplayMessageState.CLEARED, status_word=learnt.status[:60], ended_at=lesson.at, explanation=words
        )
    nudge_stations(lesson.station.station_id for lesson in lessons)


def learn_readings(lessons: Sequence[Lesson[DisplayReadAnswered]]) -> None:
    """The parts are coming, and what kind of reading they answer is remembered; or nothing fits the filter."""
    for lesson in lessons:
        learnt = lesson.learnt
        if learnt.is_told:
            read, _ = DisplayRead.objects.update_or_create(
                station_id=lesson.station.station_id,
                request_id=min(learnt.request_id, LARGEST),
                defaults={"is_filtered": learnt.is_filtered},
                create_defaults={"is_filtered": learnt.is_filtered, "started_at": lesson.at},
            )
            forget_untold(read, lesson.at)
            continue
        gone = _installed(lesson)
        if learnt.numbers:
            gone = gone.filter(number__in=[number for number in learnt.numbers if number <= LARGEST])
        if learnt.priority:
            gone = gone.filter(priority=learnt.priority)
        if learnt.state:
            gone = gone.filter(shown_in=learnt.state)
        gone.update(state=DisplayMessageState.CLEARED, ended_at=lesson.at, explanation=GONE)
    nudge_stations(lesson.station.station_id for lesson in lessons)


def note_unanswered(*, command_id: int, at: datetime) -> None:
    """The call failed or was never answered: nothing is shown, as far as we know."""
    command = StationCommand.objects.filter(pk=command_id).values_list("explanation", flat=True).first() or ""
    DisplayMessage.objects.filter(command_id=command_id, state=DisplayMessageState.ASKED).update(
        state=DisplayMessageState.REFUSED, ended_at=at, explanation=command[:300]
    )


def _installed(lesson: Lesson):
    return DisplayMessage.objects.filter(
        station_id=lesson.station.station_id, state=DisplayMessageState.INSTALLED, told_at__lte=lesson.at
    )


def _lock(lessons: Sequence[Lesson]) -> None:
    lock_stations(sorted({lesson.station.station_id for lesson in lessons}))
