"""Minutes and quarters of an hour made of meter values: what charts and reports read.

A bucket is always computed from all of its values, so that doing it again, or late values, give what is true.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from apps.core.db.rowsets import parameter, run
from apps.core.models import Counter
from apps.sessions.models import MeterRollup, MeterValue

RESOLUTIONS_S = (60, 900)
WATERMARK = "meter_rollup_received_ms"
# Transactions that commit late may hold rows that were received before what was rolled up already.
OVERLAP = timedelta(seconds=60)
_ROLLUP, _VALUE = MeterRollup._meta.db_table, MeterValue._meta.db_table


@dataclass(frozen=True, slots=True)
class _Dialect:
    """The two expressions in which the databases differ."""

    bucket: str
    last_soc: str


_POSTGRES = _Dialect(
    bucket="to_timestamp(floor(extract(epoch FROM {at}) / {length}) * {length})",
    last_soc="(array_agg(v.soc_percent ORDER BY v.at DESC) FILTER (WHERE v.soc_percent IS NOT NULL))[1]",
)
_SQLITE = _Dialect(
    bucket="strftime('%%Y-%%m-%%d %%H:%%M:%%S', strftime('%%s', {at}) / {length} * {length}, 'unixepoch')",
    last_soc=(
        "CAST(substr(max(CASE WHEN v.soc_percent IS NOT NULL "
        "THEN strftime('%%s', v.at) || ' ' || v.soc_percent END), 12) AS REAL)"
    ),
)


def roll_up_new_values(*, at: datetime) -> None:
    """Roll up every bucket that received values since the last call, up to ``at``; late values included.

    The watermark's row lock makes two callers take turns.
    """
    with transaction.atomic():
        Counter.objects.get_or_create(name=WATERMARK)
        mark = Counter.objects.select_for_update().get(name=WATERMARK)
        since = datetime.fromtimestamp(mark.value / 1000, at.tzinfo) - OVERLAP if mark.value else None
        roll_up(received_from=since, received_until=at)
        Counter.objects.filter(name=WATERMARK).update(value=int(at.timestamp() * 1000))


def roll_up(*, received_from: datetime | None, received_until: datetime) -> None:
    """Compute anew all buckets that hold a value received in ``[received_from, received_until]``. Idempotent; two
    statements."""
    dialect = _POSTGRES if connection.vendor == "postgresql" else _SQLITE
    condition = "received_at <= %s"
    parameters = [parameter(received_until)]
    if received_from is not None:
        condition, parameters = f"received_at >= %s AND {condition}", [parameter(received_from), *parameters]
    for length in RESOLUTIONS_S:
        run(_statement(dialect, length, condition), parameters)


def _statement(dialect: _Dialect, length: int, condition: str) -> str:
    touched = dialect.bucket.format(at="at", length=length)
    ends = (
        f"t.start_at + interval '{length} seconds'"
        if dialect is _POSTGRES
        else f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', t.start_at, '+{length} seconds')"
    )
    columns = (
        "samples, session_id, energy_last_wh, power_avg_w, power_max_w, current_max_a, voltage_avg_v, soc_last_percent"
    )
    replaced = ", ".join(f"{name} = excluded.{name}" for name in columns.split(", "))
    greatest = "GREATEST" if dialect is _POSTGRES else "max"
    currents = (
        "max(CASE WHEN v.current_l1_a IS NULL AND v.current_l2_a IS NULL AND v.current_l3_a IS NULL THEN NULL "
        f"ELSE {greatest}(COALESCE(v.current_l1_a, 0), COALESCE(v.current_l2_a, 0), COALESCE(v.current_l3_a, 0)) END)"
    )
    return (
        f"INSERT INTO {_ROLLUP} (resolution_s, station_id, evse_number, start_at, {columns}) "
        f"SELECT {length}, t.station_id, t.evse_number, t.start_at, count(*), max(v.session_id), max(v.energy_wh), "
        f"CAST(round(avg(v.power_w)) AS integer), max(v.power_w), {currents}, "
        f"avg(v.voltage_l1_v), {dialect.last_soc} "
        f"FROM (SELECT DISTINCT station_id, evse_number, {touched} AS start_at FROM {_VALUE} WHERE {condition}) AS t "
        f"JOIN {_VALUE} AS v ON v.station_id = t.station_id AND v.evse_number = t.evse_number "
        f"AND v.at >= t.start_at AND v.at < {ends} "
        "GROUP BY t.station_id, t.evse_number, t.start_at "
        f"ON CONFLICT (resolution_s, station_id, evse_number, start_at) DO UPDATE SET {replaced}"
    )
