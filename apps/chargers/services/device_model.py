"""Reports of the device model that arrive in parts, and the doors for everything a station mentions.

Named here in one place for the gateway: parts of reports, monitored events, notices, vendors' own messages.
"""

from collections.abc import Sequence
from datetime import datetime

import orjson
from django.db import transaction

from apps.chargers.facts import Fact
from apps.chargers.messages.events import ReportNotified
from apps.chargers.messages.replies import Reply
from apps.chargers.services.commands import Confirmation, confirm_commands
from apps.chargers.services.commands.nudging import nudge_stations
from apps.chargers.services.notices import record_data_transfers, record_events, record_notices
from apps.chargers.services.pictures import lock_stations
from apps.chargers.services.variables import store_variables, store_variables_of_many
from apps.core.db.rowsets import fetch, instant, json_text, rows_from, run

__all__ = [
    "record_data_transfers",
    "record_events",
    "record_notices",
    "record_reports",
    "store_variables",
    "store_variables_of_many",
]

_MAX_INTEGER = 2**31 - 1
REPORT_COMPLETED = "report.completed"
_COLUMNS = {
    "station_id": "bigint", "request_id": "bigint", "started_at": "timestamptz", "parts": "jsonb",
    "last_seq_no": "integer", "completed_at": "timestamptz", "variables_count": "integer",
}  # fmt: skip


@transaction.atomic(savepoint=False)
def record_reports(facts: Sequence[Fact[ReportNotified]]) -> list[Reply]:
    """Store parts of reports (NotifyReport), at most one of each station; they may come in any order, and twice.

    A report is complete when the part without ``tbc`` and all before it (``seqNo`` from 0) have come; that confirms
    the GetBaseReport with its ``requestId``. Variables are stored as they come. Source: OCPP 2.0.1 B07, B08.
    """
    if not facts:
        return []
    lock_stations([fact.station.station_id for fact in facts])
    stored = _stored_reports(facts)
    rows, completed = [], []
    for fact in facts:
        key = (fact.station.station_id, fact.event.request_id)
        row, is_completed = _joined(fact, stored.get(key))
        rows.append(row)
        if is_completed:
            completed.append(Confirmation(key[0], REPORT_COMPLETED, str(key[1])))
    _write_reports(rows)
    store_variables_of_many(
        [(fact.station.station_id, report, fact.received_at) for fact in facts for report in fact.event.variables]
    )
    confirm_commands(completed, at=max(fact.received_at for fact in facts))
    nudge_stations({fact.station.station_id for fact in facts})
    return [Reply()] * len(facts)


def _stored_reports(facts: Sequence[Fact[ReportNotified]]) -> dict[tuple[int, int], tuple]:
    source, parameters = rows_from(
        "v",
        {"station": "bigint", "request": "bigint"},
        [(fact.station.station_id, fact.event.request_id) for fact in facts],
    )
    rows = fetch(
        "SELECT r.station_id, r.request_id, r.started_at, r.parts, r.last_seq_no, r.completed_at, r.variables_count"
        f" FROM chargers_devicemodelreport r JOIN {source} ON r.station_id = v.station AND r.request_id = v.request",
        parameters,
    )
    return {row[:2]: row[2:] for row in rows}


def _joined(fact: Fact[ReportNotified], stored: tuple | None) -> tuple[tuple, bool]:
    """The report's row with this part, and whether this part completed it."""
    event, at = fact.event, fact.received_at
    started_at, parts, last_seq_no, completed_at, count = stored or (at, [], None, None, 0)
    seen = set(orjson.loads(parts) if isinstance(parts, str | bytes) else parts)
    was_complete = completed_at is not None
    if event.seq_no not in seen:
        count += len(event.variables)
        seen.add(event.seq_no)
    if not event.to_be_continued:
        last_seq_no = min(max(event.seq_no, 0), _MAX_INTEGER)
    is_complete = last_seq_no is not None and len(seen) > last_seq_no and seen.issuperset(range(last_seq_no + 1))
    row = (
        fact.station.station_id, event.request_id, instant(started_at), json_text(sorted(seen)), last_seq_no,
        instant(completed_at) if was_complete else at if is_complete else None, count,
    )  # fmt: skip
    return row, is_complete and not was_complete


def _write_reports(rows: Sequence[tuple[int, int, datetime, str, int | None, datetime | None, int]]) -> None:
    source, parameters = rows_from("v", _COLUMNS, sorted(rows, key=lambda row: row[:2]))
    names = ", ".join(_COLUMNS)
    run(
        f"INSERT INTO chargers_devicemodelreport ({names}) SELECT {names} FROM {source} WHERE true"
        " ON CONFLICT (station_id, request_id) DO UPDATE SET parts = excluded.parts,"
        " last_seq_no = excluded.last_seq_no, completed_at = excluded.completed_at,"
        " variables_count = excluded.variables_count",
        parameters,
    )
