"""Meter values on their way into the table: plain tuples, one statement for all of a batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from apps.chargers.messages.metering import MeterReading
from apps.core.db.rowsets import json_text
from apps.sessions.models import MeterValue
from apps.sessions.services.rows import arrays_of, unnested

COLUMNS = (
    *("station_id", "evse_number", "at", "received_at", "session_id", "context", "energy_wh", "power_w"),
    *("current_l1_a", "current_l2_a", "current_l3_a", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v"),
    *("soc_percent", "other", "signed"),
)
_TABLE = MeterValue._meta.db_table
_LARGEST_INT = 2**31 - 1
Row = tuple


def row_of(
    reading: MeterReading,
    *,
    station_id: int,
    evse_number: int,
    at: datetime,
    received_at: datetime,
    session_id: int | None,
) -> Row:
    """The row of one reading; a power that no column can hold is left out."""
    c1, c2, c3 = reading.current_a
    v1, v2, v3 = reading.voltage_v
    power_w = reading.power_w
    if power_w is not None and not -_LARGEST_INT <= power_w <= _LARGEST_INT:
        power_w = None
    return (
        station_id, evse_number, at, received_at, session_id, reading.context[:24], reading.energy_wh, power_w,
        c1, c2, c3, v1, v2, v3, reading.soc_percent,
        json_text(reading.other) if reading.other else None,
        json_text(reading.signed) if reading.signed else None,
    )  # fmt: skip


def write_meter_rows(rows: Iterable[Row]) -> None:
    """Insert or merge: where the instant is known already, what is new fills what was missing and corrects the rest."""
    merged = _merge(rows)
    if not merged:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_postgres_sql(), arrays_of(MeterValue, COLUMNS, merged))
        else:
            adapt = connection.ops.adapt_datetimefield_value
            cursor.executemany(_SQLITE_SQL, [(*r[:2], adapt(r[2]), adapt(r[3]), *r[4:]) for r in merged])


def _merge(rows: Iterable[Row]) -> Sequence[Row]:
    """One row per EVSE and instant: a statement may touch a row only once."""
    merged: dict[tuple, Row] = {}
    for row in rows:
        key = row[:3]
        known = merged.get(key)
        if known is None:
            merged[key] = row
        else:
            merged[key] = tuple(new if new is not None else old for old, new in zip(known, row, strict=True))
    return list(merged.values())


_CONFLICT = "ON CONFLICT (station_id, evse_number, at) DO UPDATE SET " + ", ".join(
    f'"{name}" = COALESCE(excluded."{name}", t."{name}")' for name in COLUMNS[3:]
)
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_SQLITE_SQL = f'INSERT INTO "{_TABLE}" AS t ({_NAMES}) VALUES ({", ".join(["%s"] * len(COLUMNS))}) {_CONFLICT}'
_postgres: list[str] = []


def _postgres_sql() -> str:
    if not _postgres:
        source = f"SELECT * FROM {unnested(MeterValue, COLUMNS)}"
        _postgres.append(f'INSERT INTO "{_TABLE}" AS t ({_NAMES}) {source} {_CONFLICT}')
    return _postgres[0]
