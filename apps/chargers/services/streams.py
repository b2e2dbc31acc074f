"""Periodic event streams: which are open, and the values they bring."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers.engine.clock import believed_instant
from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.events.streams import (
    Stream,
    StreamAdjusted,
    StreamClosed,
    StreamOpened,
    StreamsListed,
    StreamValuesReported,
)
from apps.chargers.messages.replies import Reply, VerdictReply
from apps.chargers.models import PeriodicEventStream
from apps.chargers.services.bounds import keep_newest
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.deviations import Deviation, note_deviations
from apps.core.db.rowsets import rows_from, run
from apps.core.ids import time_ordered_id

MAX_OPEN_STREAMS = 100
"""Of one station; a station that asks for more is told no."""
TOO_MANY = VerdictReply(False, "TooManyStreams", f"At most {MAX_OPEN_STREAMS} streams of a station may be open.")
MOST_CLOSED_STREAMS = 200
"""Of one station; what was closed earlier is forgotten."""
_TABLE = PeriodicEventStream._meta.db_table
_STREAM_COLUMNS = {
    "station_id": "bigint", "stream_id": "bigint", "variable_monitoring_id": "bigint", "interval_s": "bigint",
    "values_per_message": "bigint", "opened_at": "timestamptz",
}  # fmt: skip
_VALUE_COLUMNS = {
    "id": "bigint", "station_id": "bigint", "stream_id": "bigint", "at": "timestamptz", "received_at": "timestamptz",
    "value": "text",
}  # fmt: skip
_LAST_COLUMNS = {
    "station_id": "bigint", "stream_id": "bigint", "pending": "bigint", "last_value": "text",
    "last_value_at": "timestamptz", "opened_at": "timestamptz",
}  # fmt: skip


@transaction.atomic(savepoint=False)
def open_streams(facts: Sequence[Fact[StreamOpened]]) -> list[VerdictReply]:
    """Note streams that stations open; an open one is opened anew. Refused beyond ``MAX_OPEN_STREAMS``."""
    full = _full_stations(facts)
    _note_too_many(
        [(fact.station.station_id, fact.event.stream.stream_id) for fact in facts if fact.station.station_id in full],
        facts[0].received_at,
    )
    accepted = [fact for fact in facts if fact.station.station_id not in full]
    _write_streams((fact.station.station_id, fact.event.stream, fact.received_at) for fact in accepted)
    nudge_stations({fact.station.station_id for fact in accepted})
    return [TOO_MANY if fact.station.station_id in full else VerdictReply(True) for fact in facts]


@transaction.atomic(savepoint=False)
def close_streams(facts: Sequence[Fact[StreamClosed]]) -> list[Reply]:
    """Note streams that stations close; an unknown one is passed over."""
    rows = [(fact.station.station_id, fact.event.stream_id, fact.received_at) for fact in facts]
    source, parameters = rows_from("v", {"station": "bigint", "stream": "bigint", "at": "timestamptz"}, sorted(rows))
    run(
        f"UPDATE {_TABLE} SET is_open = %s, closed_at = v.at, pending = 0 FROM {source}"
        f" WHERE {_TABLE}.station_id = v.station AND {_TABLE}.stream_id = v.stream",
        [False, *parameters],
    )
    _forget_long_closed({fact.station.station_id for fact in facts}, facts[0].received_at)
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


@transaction.atomic(savepoint=False)
def record_stream_values(facts: Sequence[Fact[StreamValuesReported]]) -> list[Reply]:
    """Keep the values; a stream that was never told to be open becomes known by them, unless the station has
    ``MAX_OPEN_STREAMS``. Three statements.
    """
    values, latest = [], []
    for fact in facts:
        station_id, event = fact.station.station_id, fact.event
        told = [(believed_instant(at, fact.received_at), value) for at, value in event.values]
        values += [(time_ordered_id(), station_id, event.stream_id, at, fact.received_at, value) for at, value in told]
        last_at, last_value = max(told, key=lambda pair: pair[0])
        latest.append((station_id, event.stream_id, event.pending, last_value, last_at, fact.received_at))
    if not values:
        return []
    source, parameters = rows_from("v", _VALUE_COLUMNS, values)
    names = ", ".join(_VALUE_COLUMNS)
    run(f"INSERT INTO chargers_periodiceventvalue ({names}) SELECT {names} FROM {source} WHERE true", parameters)
    known = _open_streams({fact.station.station_id for fact in facts})
    fitting = [row for row in latest if row[1] in known[row[0]] or len(known[row[0]]) < MAX_OPEN_STREAMS]
    _write_last_values(fitting)
    _note_too_many([row[:2] for row in latest if row not in fitting], facts[0].received_at)
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def learn_streams(lessons: Sequence[Lesson[StreamsListed]]) -> None:
    """What a station lists is open, and nothing else is. Of more than ``MAX_OPEN_STREAMS`` the first are kept."""
    for lesson in lessons:
        station_id = lesson.station.station_id
        listed = [stream.stream_id for stream in lesson.learnt.streams]
        others = PeriodicEventStream.objects.filter(station=station_id, is_open=True).exclude(stream_id__in=listed)
        others.update(is_open=False, closed_at=lesson.at, pending=0)
        _write_streams((station_id, stream, lesson.at) for stream in lesson.learnt.streams[:MAX_OPEN_STREAMS])
        _note_too_many([(station_id, number) for number in listed[MAX_OPEN_STREAMS:]], lesson.at)
        _forget_long_closed({station_id}, lesson.at)
    nudge_stations({lesson.station.station_id for lesson in lessons})


def learn_adjustments(lessons: Sequence[Lesson[StreamAdjusted]]) -> None:
    """New parameters that stations agreed to."""
    for lesson in lessons:
        told = {"interval_s": lesson.learnt.interval_s, "values_per_message": lesson.learnt.values}
        changes = {name: value for name, value in told.items() if value is not None}
        if changes:
            rows = PeriodicEventStream.objects.filter(station=lesson.station.station_id)
            rows.filter(stream_id=lesson.learnt.stream_id).update(**changes)
    nudge_stations({lesson.station.station_id for lesson in lessons})


def _forget_long_closed(station_ids: Iterable[int], at: datetime) -> None:
    for station_id in sorted(station_ids):
        if keep_newest(_TABLE, [station_id], MOST_CLOSED_STREAMS, by="closed_at", only="closed_at IS NOT NULL"):
            note_deviations([Deviation(station_id, "too-many-closed-streams")], at)


def _note_too_many(left_out: Sequence[tuple[int, int]], at: datetime) -> None:
    note_deviations([Deviation(pk, "too-many-streams", f"stream {number}") for pk, number in left_out], at)


def _full_stations(facts: Sequence[Fact[StreamOpened]]) -> set[int]:
    """Stations that have as many open streams as they may, this one not among them."""
    wanted = {fact.station.station_id: fact.event.stream.stream_id for fact in facts}
    known = _open_streams(wanted)
    return {pk for pk, stream_id in wanted.items() if len(known[pk] - {stream_id}) >= MAX_OPEN_STREAMS}


def _open_streams(station_ids: Iterable[int]) -> dict[int, set[int]]:
    """The numbers of the streams that are open, by station. One query."""
    known: dict[int, set[int]] = {station_id: set() for station_id in station_ids}
    rows = PeriodicEventStream.objects.filter(station__in=known, is_open=True)
    for station_id, stream_id in rows.values_list("station_id", "stream_id"):
        known[station_id].add(stream_id)
    return known


def _write_streams(streams: Iterable[tuple[int, Stream, object]]) -> None:
    rows = {
        (station_id, s.stream_id): (station_id, s.stream_id, s.variable_monitoring_id, s.interval_s, s.values, at)
        for station_id, s, at in streams
    }
    if not rows:
        return
    source, parameters = rows_from("v", _STREAM_COLUMNS, [rows[key] for key in sorted(rows)])
    names = ", ".join(_STREAM_COLUMNS)
    run(
        f"INSERT INTO {_TABLE} ({names}, is_open, last_value, pending) SELECT {names}, %s, '', 0 FROM {source}"
        " WHERE true ON CONFLICT (station_id, stream_id) DO UPDATE SET"
        " variable_monitoring_id = excluded.variable_monitoring_id, interval_s = excluded.interval_s,"
        " values_per_message = excluded.values_per_message, is_open = excluded.is_open, closed_at = NULL,"
        f" opened_at = CASE WHEN {_TABLE}.is_open THEN {_TABLE}.opened_at ELSE excluded.opened_at END",
        [True, *parameters],
    )


def _write_last_values(rows: Sequence[tuple]) -> None:
    if not rows:
        return
    source, parameters = rows_from("v", _LAST_COLUMNS, sorted(rows, key=lambda row: row[:2]))
    names = ", ".join(_LAST_COLUMNS)
    run(
        f"INSERT INTO {_TABLE} ({names}, is_open) SELECT {names}, %s FROM {source} WHERE true"
        " ON CONFLICT (station_id, stream_id) DO UPDATE SET pending = excluded.pending,"
        " last_value = excluded.last_value, last_value_at = excluded.last_value_at",
        [True, *parameters],
    )
