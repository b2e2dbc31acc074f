"""The device model as rows: upserted for many stations in one statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from apps.chargers.engine.masking import MASK, is_secret_variable, mask_secrets
from apps.chargers.messages.events import VariableReport
from apps.chargers.models import ChargingStation, DeviceVariable
from apps.core.db.rowsets import rows_from, run

_COLUMNS = {
    "station_id": "bigint", "component": "text", "component_instance": "text", "evse_number": "integer",
    "connector_number": "integer", "variable": "text", "variable_instance": "text", "attribute": "text",
    "value": "text", "mutability": "text", "data_type": "text", "unit": "text", "min_limit": "double precision",
    "max_limit": "double precision", "values_list": "text", "updated_at": "timestamptz",
}  # fmt: skip
_DESCRIPTIVE = ("mutability", "data_type", "unit", "values_list")
_MAX_INTEGER = 2**31 - 1


def store_variables(*, station: ChargingStation, variables: Sequence[VariableReport], at: datetime) -> None:
    """Keep what a station told about its variables."""
    store_variables_of_many([(station.pk, variable, at) for variable in variables])


def store_variables_of_many(learnt: Iterable[tuple[int, VariableReport, datetime]]) -> None:
    """``(station key, variable, when)``: the last of each variable is kept. One statement.

    Descriptions (unit, limits, type) survive an answer that only gives the value. Secrets are kept masked.
    """
    rows = {row[:8]: row for row in (_row(*item) for item in learnt)}
    if not rows:
        return
    source, parameters = rows_from("v", _COLUMNS, [rows[key] for key in sorted(rows)])
    names = ", ".join(_COLUMNS)
    table = "chargers_devicevariable"
    kept = ", ".join(f"{name} = COALESCE(NULLIF(excluded.{name}, ''), {table}.{name})" for name in _DESCRIPTIVE)
    key = ", ".join("station_id" if name == "station" else name for name in DeviceVariable.IDENTITY)
    run(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM {source} WHERE true ON CONFLICT ({key}) DO UPDATE SET"
        f" value = excluded.value, updated_at = excluded.updated_at, {kept},"
        f" min_limit = COALESCE(excluded.min_limit, {table}.min_limit),"
        f" max_limit = COALESCE(excluded.max_limit, {table}.max_limit)",
        parameters,
    )


def _row(station_id: int, report: VariableReport, at: datetime) -> tuple:
    hides = is_secret_variable(report.variable) and report.value
    return (
        station_id, report.component[:50], report.component_instance[:50], _number(report.evse_id),
        _number(report.connector_id), report.variable[:50], report.variable_instance[:50], report.attribute[:10],
        MASK if hides else mask_secrets(report.value), report.mutability[:10], report.data_type[:14],
        report.unit[:16], report.min_limit, report.max_limit, report.values_list, at,
    )  # fmt: skip


def _number(value: int | None) -> int:
    return min(max(value or 0, 0), _MAX_INTEGER)
