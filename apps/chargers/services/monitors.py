"""Monitors that stations run, as rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from apps.chargers.engine.text import clip
from apps.chargers.facts import Lesson
from apps.chargers.messages.events.device_model import MonitorReport
from apps.chargers.messages.lessons import MonitorsChanged
from apps.chargers.models import VariableMonitor
from apps.chargers.services.bounds import Bound, within
from apps.core.db.rowsets import rows_from, run

_COLUMNS = {
    "station_id": "bigint", "monitor_id": "bigint", "component": "text", "component_instance": "text",
    "evse_number": "integer", "connector_number": "integer", "variable": "text", "variable_instance": "text",
    "type": "text", "value": "double precision", "severity": "integer", "is_transactional": "boolean", "origin": "text",
    "updated_at": "timestamptz",
}  # fmt: skip
BOUND = Bound(VariableMonitor._meta.db_table, dict(list(_COLUMNS.items())[:2]), 2_000, "too-many-monitors")
_FIELDS = {"is_transactional": "transaction"}  # a reserved word of SQL
_MAX_INTEGER = 2**31 - 1


def store_monitors(learnt: Iterable[tuple[int, MonitorReport, datetime]]) -> None:
    """``(station key, monitor, when)``: the last word about each number is kept, within ``BOUND``."""
    told = {row[:2]: row for row in (_row(*item) for item in learnt)}
    rows = within(BOUND, [told[key] for key in sorted(told)], max(row[-1] for row in told.values())) if told else []
    if not rows:
        return
    source, parameters = rows_from("v", _COLUMNS, rows)
    names = ", ".join(f'"{_FIELDS.get(name, name)}"' for name in _COLUMNS)
    table = VariableMonitor._meta.db_table
    updates = ", ".join(
        f'"{field}" = excluded."{field}"'
        for name in _COLUMNS
        if (field := _FIELDS.get(name, name)) not in ("station_id", "monitor_id", "origin")
    )
    run(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(_COLUMNS)} FROM {source} WHERE true"
        f" ON CONFLICT (station_id, monitor_id) DO UPDATE SET {updates},"
        f" origin = COALESCE(NULLIF(excluded.origin, ''), {table}.origin)",
        parameters,
    )


def note_origins(told: Iterable[tuple[int, int, str]]) -> None:
    """``(station key, monitor number, origin)``: events say whether a monitor is hard-wired, preconfigured or ours."""
    rows = sorted({item[:2]: item for item in told}.values())
    if not rows:
        return
    source, parameters = rows_from("v", {"station": "bigint", "monitor": "bigint", "origin": "text"}, rows)
    run(
        f"UPDATE chargers_variablemonitor SET origin = v.origin FROM {source}"
        " WHERE chargers_variablemonitor.station_id = v.station AND chargers_variablemonitor.monitor_id = v.monitor"
        " AND chargers_variablemonitor.origin <> v.origin",
        parameters,
    )


def forget_monitors_not_told_since(station_id: int, since: datetime) -> int:
    """Remove what a whole report no longer names; return how many went."""
    return VariableMonitor.objects.filter(station=station_id, updated_at__lt=since).delete()[0]


def learn_monitors(lessons: Sequence[Lesson[MonitorsChanged]]) -> None:
    """Keep the monitors that stations accepted (ours, hence custom), forget those that are no more."""
    store_monitors(
        (lesson.station.station_id, monitor, lesson.at) for lesson in lessons for monitor in lesson.learnt.monitors
    )
    note_origins(
        (lesson.station.station_id, monitor.monitor_id, "CustomMonitor")
        for lesson in lessons
        for monitor in lesson.learnt.monitors
    )
    for lesson in lessons:
        if lesson.learnt.cleared:
            VariableMonitor.objects.filter(
                station=lesson.station.station_id, monitor_id__in=lesson.learnt.cleared
            ).delete()


def _row(station_id: int, monitor: MonitorReport, at: datetime) -> tuple:
    return (
        station_id, monitor.monitor_id, clip(monitor.component, 50), clip(monitor.component_instance, 50),
        _number(monitor.evse_id), _number(monitor.connector_id), clip(monitor.variable, 50),
        clip(monitor.variable_instance, 50), clip(monitor.type, 24), monitor.value,
        min(max(monitor.severity, 0), 9), monitor.transaction, clip(monitor.origin, 24), at,
    )  # fmt: skip


def _number(value: int | None) -> int:
    return min(max(value or 0, 0), _MAX_INTEGER)
