"""What became of commands, written; and what their answers teach, handed to those whom it concerns."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction

from apps.chargers.facts import Lesson, StationContext
from apps.chargers.messages.results import Learnt
from apps.chargers.services.commands import Settlement, settle_commands
from apps.gateway.database import is_away, is_contention
from apps.gateway.handlers import LESSONS

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Settling:
    """A settlement with the station whose command it settles."""

    station: StationContext
    settlement: Settlement


def settle(settlings: Sequence[Settling]) -> list[bool]:
    """As ``settle_commands``; what answers teach is stored in the same transaction by the services of ``LESSONS``.

    A lesson that cannot be stored is logged and lost; its command is settled all the same.
    """
    settled = settle_commands([settling.settlement for settling in settlings])
    by_service: dict[Callable[[Sequence[Any]], None], list[Lesson[Learnt]]] = defaultdict(list)
    for settling, done in zip(settlings, settled, strict=True):
        result = settling.settlement.result
        for learnt in result.learnt if done and result else ():
            settlement = settling.settlement
            lesson = Lesson(settling.station, learnt, settlement.command_id, settlement.at)
            by_service[LESSONS[type(learnt)]].append(lesson)
    for service, lessons in by_service.items():
        _teach(service, lessons)
    return settled


def _teach(service: Callable[[Sequence[Any]], None], lessons: list[Lesson[Learnt]]) -> None:
    try:
        with transaction.atomic():
            service(lessons)
    except Exception as error:  # an edge: whoever asked must not wait because somebody cannot learn
        if is_contention(error) or is_away(error):
            raise
        if len(lessons) == 1:
            log.error("lesson.lost", service=service.__name__, station=lessons[0].station.station_id, exc_info=error)
            return
        for lesson in lessons:
            _teach(service, [lesson])
