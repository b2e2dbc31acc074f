"""Rows of transfers found by what chargers say of them: by request id, or the one that is under way."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from apps.chargers.engine.text import clip
from apps.chargers.facts import Fact
from apps.chargers.models import ProgressNote
from apps.chargers.services.notices import Notice, insert_notices

REMEMBERED = timedelta(days=2)
"""How long after its end a transfer is still meant by a notification without a request id."""


def keep_notices(facts: Sequence[Fact], kind: str) -> None:
    """The notice of every fact, whether it belongs to a transfer of ours or not."""
    insert_notices(
        [
            Notice(
                fact.station.station_id,
                kind,
                fact.event.status,
                fact.received_at,
                fact.received_at,
                details={"request_id": fact.event.request_id, "info": fact.event.info, "raw": fact.event.raw},
            )
            for fact in facts
        ]
    )


def rows_meant(model: type[Any], facts: Sequence[Fact], *, open_states: Iterable[str]) -> dict[int, Any]:
    """For each fact (by index) the locked row it speaks of; absent where there is none. One query.

    With a request id only that request's row; without one the open row, else the newest that ended lately.
    """
    stations = sorted({fact.station.station_id for fact in facts})
    since = min(fact.received_at for fact in facts) - REMEMBERED
    wanted = [fact.event.request_id for fact in facts if fact.event.request_id is not None]
    rows = model.objects.select_for_update(of=("self",)).filter(station_id__in=stations)
    rows = rows.filter(heard_at__gte=since) | rows.filter(request_id__in=wanted)
    by_station: dict[int, list[Any]] = {}
    for row in rows.order_by("station_id", "-created_at", "-pk"):
        by_station.setdefault(row.station_id, []).append(row)
    open_ones = frozenset(open_states)
    found = {}
    for index, fact in enumerate(facts):
        row = _meant(by_station.get(fact.station.station_id, []), fact.event.request_id, open_ones)
        if row is not None:
            found[index] = row
    return found


def _meant(rows: list[Any], request_id: int | None, open_states: frozenset[str]) -> Any | None:
    if request_id is not None:
        return next((row for row in rows if row.request_id == request_id), None)
    under_way = next((row for row in rows if row.state in open_states), None)
    return under_way or (rows[0] if rows else None)


def note_progress(field: str, entries: Sequence[tuple[Model, str, str, datetime]]) -> None:
    """History lines ``(row, word, detail, at)``; ``field`` is ``update`` or ``log_request``. One statement."""
    ProgressNote.objects.bulk_create(
        ProgressNote(**{field: row}, word=clip(word, 40), detail=clip(detail, 255), at=at)
        for row, word, detail, at in entries
    )
