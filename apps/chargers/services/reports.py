"""Reports that arrive in parts: of variables (NotifyReport) and of monitors (NotifyMonitoringReport)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from django.db import transaction

from apps.chargers import events
from apps.chargers.choices import ReportKind
from apps.chargers.facts import Fact, Lesson
from apps.chargers.messages.events import ReportNotified
from apps.chargers.messages.events.device_model import MonitoringReportNotified
from apps.chargers.messages.lessons import InventoryAnswered, ReportPromised
from apps.chargers.messages.replies import Reply
from apps.chargers.services.bounds import keep_newest
from apps.chargers.services.commands import Confirmation, confirm_commands
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.monitors import forget_monitors_not_told_since, store_monitors
from apps.chargers.services.pictures import lock_stations
from apps.chargers.services.variables import forget_variables_not_told_since, store_variables_of_many
from apps.core import outbox
from apps.core.db.rowsets import fetch, instant, json_text, parameter, rows_from, run

REPORT_COMPLETED = "report.completed"
PATIENCE = timedelta(minutes=5)
"""After which a report whose parts stay away is called incomplete."""
WHOLE = {ReportKind.VARIABLES: "FullInventory", ReportKind.MONITORS: "All"}
"""The base of a report that names all there is: what it leaves out has gone."""
MAX_PARTS = 10_000
"""Of one report; what comes beyond is stored as far as its variables go, and counted no more."""
MOST_REPORTS = 100
"""Of one station and either kind that are remembered: the newest."""
_MAX_INTEGER = 2**31 - 1
_COLUMNS = {
    "station_id": "bigint", "kind": "text", "request_id": "bigint", "started_at": "timestamptz", "parts": "jsonb",
    "last_seq_no": "integer", "completed_at": "timestamptz", "variables_count": "integer",
}  # fmt: skip

Part = ReportNotified | MonitoringReportNotified


@transaction.atomic(savepoint=False)
def record_reports(facts: Sequence[Fact[ReportNotified]]) -> list[Reply]:
    """Store parts of reports of variables, at most one of each station; they may come in any order, and twice.

    A report is complete when the part without ``tbc`` and all before it (``seqNo`` from 0) have come; that confirms
    the GetBaseReport or GetReport with its ``requestId``. Variables are stored as they come; a whole inventory, once
    complete, takes away what it does not name. Source: OCPP 2.0.1 B07, B08.
    """
    if not facts:
        return []
    lock_stations([fact.station.station_id for fact in facts])
    store_variables_of_many(
        [(fact.station.station_id, report, fact.received_at) for fact in facts for report in fact.event.variables]
    )
    return _join(facts, ReportKind.VARIABLES)


@transaction.atomic(savepoint=False)
def record_monitoring_reports(facts: Sequence[Fact[MonitoringReportNotified]]) -> list[Reply]:
    """As ``record_reports``, for monitors. Source: OCPP 2.0.1 N02."""
    if not facts:
        return []
    lock_stations([fact.station.station_id for fact in facts])
    store_monitors(
        [(fact.station.station_id, monitor, fact.received_at) for fact in facts for monitor in fact.event.monitors]
    )
    return _join(facts, ReportKind.MONITORS)


def learn_promised_reports(lessons: Sequence[Lesson[ReportPromised]]) -> None:
    """Note which report is to come, and what it is about. A number that was used for an older report begins anew."""
    for lesson in lessons:
        learnt, station_id = lesson.learnt, lesson.station.station_id
        run(
            "DELETE FROM chargers_devicemodelreport WHERE station_id = %s AND kind = %s AND request_id = %s"
            " AND started_at < (SELECT c.sent_at FROM chargers_stationcommand c WHERE c.id = %s)",
            [station_id, learnt.kind, learnt.request_id, lesson.command_id],
        )
        rows = fetch(
            "INSERT INTO chargers_devicemodelreport"
            " (station_id, kind, base, request_id, started_at, parts, variables_count)"
            " VALUES (%s, %s, %s, %s, %s, '[]', 0) ON CONFLICT (station_id, kind, request_id) DO UPDATE SET"
            " base = excluded.base RETURNING started_at, completed_at",
            [station_id, learnt.kind, learnt.base, learnt.request_id, parameter(lesson.at)],
        )
        started_at, completed_at = rows[0]
        if completed_at is not None:  # the parts overtook the answer
            _take_away(station_id, learnt.kind, learnt.base, instant(started_at))


def learn_inventories(lessons: Sequence[Lesson[InventoryAnswered]]) -> None:
    """Take away the configuration keys that a 1.6 station no longer names, and say that its inventory is whole."""
    for lesson in lessons:
        forget_variables_not_told_since(lesson.station.station_id, lesson.at, component="ConfigurationKey")
    _announce([(lesson.station.station_id, "FullInventory") for lesson in lessons])


def give_up_reports(now: datetime) -> int:
    """Call reports incomplete whose parts stayed away for ``PATIENCE``; return how many. One statement."""
    rows = fetch(
        "UPDATE chargers_devicemodelreport SET gave_up_at = %s WHERE completed_at IS NULL AND gave_up_at IS NULL"
        " AND started_at <= %s RETURNING station_id",
        [parameter(now), parameter(now - PATIENCE)],
    )
    nudge_stations({row[0] for row in rows})
    return len(rows)


def _join(facts: Sequence[Fact[Part]], kind: ReportKind) -> list[Reply]:
    stored = _stored_reports(facts, kind)
    rows, completed = [], []
    for fact in facts:
        known = stored.get((fact.station.station_id, fact.event.request_id))
        row, is_completed = _joined(fact, kind, known)
        rows.append(row)
        if is_completed:
            completed.append((fact, known[5] if known else "", instant(known[0]) if known else fact.received_at))
    _write_reports(rows)
    begun = {row[0] for row in rows if (row[0], row[2]) not in stored}
    if begun:
        keep_newest("chargers_devicemodelreport", begun, MOST_REPORTS, by="started_at", only=f"kind = '{kind.value}'")
    for fact, base, started_at in completed:
        _take_away(fact.station.station_id, kind, base, started_at)
    if completed:
        at = max(fact.received_at for fact in facts)
        confirm_commands(
            [
                Confirmation(fact.station.station_id, REPORT_COMPLETED, str(fact.event.request_id))
                for fact, _, _ in completed
            ],
            at=at,
        )
        if kind == ReportKind.VARIABLES:
            _announce([(fact.station.station_id, base) for fact, base, _ in completed])
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def _take_away(station_id: int, kind: str, base: str, started_at: datetime | None) -> None:
    if started_at is None or base != WHOLE[ReportKind(kind)]:
        return
    if kind == ReportKind.VARIABLES:
        forget_variables_not_told_since(station_id, started_at)
    else:
        forget_monitors_not_told_since(station_id, started_at)


def _announce(inventories: Sequence[tuple[int, str]]) -> None:
    outbox.record_many(
        outbox.Event(events.DEVICE_MODEL_TOLD, station_id, {"base": base}) for station_id, base in inventories
    )


def _stored_reports(facts: Sequence[Fact[Part]], kind: ReportKind) -> dict[tuple[int, int], tuple]:
    source, parameters = rows_from(
        "v",
        {"station": "bigint", "request": "bigint"},
        [(fact.station.station_id, fact.event.request_id) for fact in facts],
    )
    rows = fetch(
        "SELECT r.station_id, r.request_id, r.started_at, r.parts, r.last_seq_no, r.completed_at, r.variables_count,"
        f" r.base FROM chargers_devicemodelreport r JOIN {source} ON r.station_id = v.station"
        " AND r.request_id = v.request WHERE r.kind = %s",
        [*parameters, kind.value],
    )
    return {row[:2]: row[2:] for row in rows}


def _joined(fact: Fact[Part], kind: ReportKind, stored: tuple | None) -> tuple[tuple, bool]:
    """The report's row with this part, and whether this part completed it."""
    event, at = fact.event, fact.received_at
    started_at, parts, last_seq_no, completed_at, count, _ = stored or (at, [], None, None, 0, "")
    seen = set(orjson.loads(parts) if isinstance(parts, str | bytes) else parts)
    was_complete = completed_at is not None
    if event.seq_no not in seen and len(seen) < MAX_PARTS:
        count += len(event.variables if isinstance(event, ReportNotified) else event.monitors)
        seen.add(event.seq_no)
    if not event.to_be_continued:
        last_seq_no = min(max(event.seq_no, 0), _MAX_INTEGER)
    is_complete = last_seq_no is not None and len(seen) > last_seq_no and seen.issuperset(range(last_seq_no + 1))
    row = (
        fact.station.station_id, kind.value, event.request_id, instant(started_at), json_text(sorted(seen)),
        last_seq_no, instant(completed_at) if was_complete else at if is_complete else None, count,
    )  # fmt: skip
    return row, is_complete and not was_complete


def _write_reports(rows: Sequence[tuple]) -> None:
    """A part that comes after all makes a report that was given up whole again."""
    source, parameters = rows_from("v", _COLUMNS, sorted(rows, key=lambda row: row[:3]))
    names = ", ".join(_COLUMNS)
    run(
        f"INSERT INTO chargers_devicemodelreport ({names}, base) SELECT {names}, '' FROM {source} WHERE true"
        " ON CONFLICT (station_id, kind, request_id) DO UPDATE SET parts = excluded.parts,"
        " last_seq_no = excluded.last_seq_no, completed_at = excluded.completed_at,"
        " variables_count = excluded.variables_count,"
        " gave_up_at = CASE WHEN excluded.completed_at IS NULL THEN chargers_devicemodelreport.gave_up_at END",
        parameters,
    )
