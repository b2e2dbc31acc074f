"""Distributed energy resources: the controls that stations keep, their alarms, starts and stops."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers.engine.clock import believed_instant
from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.events.der import (
    DerAlarmRaised,
    DerControl,
    DerControlKept,
    DerControlsCleared,
    DerControlsReported,
    DerControlSwitched,
)
from apps.chargers.messages.replies import Reply
from apps.chargers.models import DerControl as Row
from apps.chargers.models import DerReport
from apps.chargers.services.bounds import Bound, keep_newest, within
from apps.chargers.services.commands import Confirmation, confirm_commands
from apps.chargers.services.commands.nudging import nudge_stations
from apps.core.db.rowsets import json_text, rows_from, run

DER_REPORTED = "der.reported"
_EVENT_COLUMNS = {
    "station_id": "bigint", "kind": "text", "control": "text", "grid_fault": "text", "info": "text",
    "superseded_ids": "jsonb", "occurred_at": "timestamptz", "received_at": "timestamptz",
}  # fmt: skip
_CONTROL_COLUMNS = {
    "station_id": "bigint", "control_type": "text", "control_id": "text", "is_default": "boolean",
    "is_superseded": "boolean", "settings": "jsonb", "request_id": "bigint", "told_at": "timestamptz",
}  # fmt: skip
BOUND = Bound(Row._meta.db_table, dict(list(_CONTROL_COLUMNS.items())[:3]), 500, "too-many-der-controls")
MOST_REPORTS = 100
"""Readings of one station that are remembered."""
_REPORT_COLUMNS = {
    "station_id": "bigint", "request_id": "bigint", "started_at": "timestamptz", "completed_at": "timestamptz",
}  # fmt: skip


@transaction.atomic(savepoint=False)
def record_der_alarms(facts: Sequence[Fact[DerAlarmRaised]]) -> list[Reply]:
    """Keep alarms and their ends, each once however often it is told."""
    rows = []
    for fact in facts:
        event = fact.event
        kind = "alarm_ended" if event.ended else "alarm"
        rows.append((fact, kind, event.control_type, event.grid_fault, event.info, ()))
    return _record_events(rows)


@transaction.atomic(savepoint=False)
def record_der_switches(facts: Sequence[Fact[DerControlSwitched]]) -> list[Reply]:
    """Keep starts and stops of controls, and which of them run now."""
    for fact in facts:
        event, controls = fact.event, Row.objects.filter(station=fact.station.station_id)
        controls.filter(control_id=event.control_id).update(is_running=event.started)
        if event.started and event.superseded_ids:
            controls.filter(control_id__in=event.superseded_ids).update(is_superseded=True, is_running=False)
    return _record_events(
        [
            (fact, "started" if fact.event.started else "stopped", fact.event.control_id, "", "",
             fact.event.superseded_ids)
            for fact in facts
        ]
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def record_der_reports(facts: Sequence[Fact[DerControlsReported]]) -> list[Reply]:
    """Store parts of reports; the one that is not continued completes its report and proves its GetDERControl."""
    if not facts:
        return []
    reports, controls, completed = [], [], []
    for fact in facts:
        station_id, event, at = fact.station.station_id, fact.event, fact.received_at
        is_last = not event.to_be_continued
        reports.append((station_id, event.request_id, at, at if is_last else None))
        controls += [(station_id, control, event.request_id, at) for control in event.controls]
        if is_last:
            completed.append(Confirmation(station_id, DER_REPORTED, str(event.request_id)))
    _write_reports(reports)
    _write_controls(controls)
    confirm_commands(completed, at=max(fact.received_at for fact in facts))
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def learn_der_controls(lessons: Sequence[Lesson[DerControlKept]]) -> None:
    """Controls of ours that stations took."""
    _write_controls((lesson.station.station_id, lesson.learnt.control, None, lesson.at) for lesson in lessons)
    for lesson in lessons:
        if lesson.learnt.superseded_ids:
            rows = Row.objects.filter(station=lesson.station.station_id, control_id__in=lesson.learnt.superseded_ids)
            rows.update(is_superseded=True, is_running=False)
    nudge_stations({lesson.station.station_id for lesson in lessons})


def forget_der_controls(lessons: Sequence[Lesson[DerControlsCleared]]) -> None:
    """Controls that stations dropped at our word: one by its id, all of a type, or all that are (not) defaults."""
    for lesson in lessons:
        cleared = lesson.learnt
        rows = Row.objects.filter(station=lesson.station.station_id, is_default=cleared.is_default)
        if cleared.control_type:
            rows = rows.filter(control_type=cleared.control_type)
        if cleared.control_id:
            rows = rows.filter(control_id=cleared.control_id)
        rows.delete()
    nudge_stations({lesson.station.station_id for lesson in lessons})


def _record_events(events: Sequence[tuple[Fact, str, str, str, str, Sequence[str]]]) -> list[Reply]:
    rows = [
        (
            fact.station.station_id, kind, control, fault, info, json_text(list(superseded)),
            believed_instant(fact.event.occurred_at, fact.received_at), fact.received_at,
        )
        for fact, kind, control, fault, info, superseded in events
    ]  # fmt: skip
    if rows:
        source, parameters = rows_from("v", _EVENT_COLUMNS, rows)
        names = ", ".join(_EVENT_COLUMNS)
        run(
            f"INSERT INTO chargers_derevent ({names}) SELECT {names} FROM {source} WHERE true ON CONFLICT DO NOTHING",
            parameters,
        )
    nudge_stations({row[0] for row in rows})
    return [Reply()] * len(events)


def _write_reports(rows: Sequence[tuple[int, int, datetime, datetime | None]]) -> None:
    if not rows:
        return
    source, parameters = rows_from("v", _REPORT_COLUMNS, sorted(rows, key=lambda row: row[:2]))
    names = ", ".join(_REPORT_COLUMNS)
    run(
        f"INSERT INTO chargers_derreport ({names}, parts) SELECT {names}, 1 FROM {source} WHERE true"
        " ON CONFLICT (station_id, request_id) DO UPDATE SET parts = chargers_derreport.parts + 1,"
        " completed_at = COALESCE(chargers_derreport.completed_at, excluded.completed_at)",
        parameters,
    )
    keep_newest(DerReport._meta.db_table, {row[0] for row in rows}, MOST_REPORTS, by="started_at")


def _write_controls(controls: Iterable[tuple[int, DerControl, int | None, datetime]]) -> None:
    rows = {
        (station_id, c.control_type, c.control_id): (
            station_id, c.control_type, c.control_id, c.is_default, c.is_superseded, json_text(c.settings), request_id,
            at,
        )
        for station_id, c, request_id, at in controls
    }  # fmt: skip
    if not rows:
        return
    kept = within(BOUND, [rows[key] for key in sorted(rows)], max(row[-1] for row in rows.values()))
    if not kept:
        return
    source, parameters = rows_from("v", _CONTROL_COLUMNS, kept)
    names = ", ".join(_CONTROL_COLUMNS)
    told = ", ".join(f"{name} = excluded.{name}" for name in list(_CONTROL_COLUMNS)[3:])
    run(
        f"INSERT INTO chargers_dercontrol ({names}, is_running) SELECT {names}, %s FROM {source} WHERE true"
        f" ON CONFLICT (station_id, control_type, control_id) DO UPDATE SET {told}",
        [False, *parameters],
    )
