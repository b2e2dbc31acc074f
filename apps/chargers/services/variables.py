"""The device model as rows: upserted for many stations in one statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from apps.chargers.engine.masking import MASK, is_secret_variable, mask_secrets
from apps.chargers.messages.events import VariableReport
from apps.chargers.models import ChargingStation, DeviceVariable, VariableChange
from apps.chargers.services.bounds import Bound, within
from apps.chargers.services.drift import find_drift
from apps.core.audit import record_audit
from apps.core.db.rowsets import fetch, is_any_of, rows_from, run

_COLUMNS = {
    "station_id": "bigint", "component": "text", "component_instance": "text", "evse_number": "integer",
    "connector_number": "integer", "variable": "text", "variable_instance": "text", "attribute": "text",
    "value": "text", "mutability": "text", "data_type": "text", "unit": "text", "min_limit": "double precision",
    "max_limit": "double precision", "values_list": "text", "supports_monitoring": "boolean",
    "updated_at": "timestamptz",
}  # fmt: skip
_TABLE = DeviceVariable._meta.db_table
BOUND = Bound(_TABLE, dict(list(_COLUMNS.items())[:8]), 10_000, "too-many-variables")
"""Several times what the largest stations have."""
_DESCRIPTIVE = ("mutability", "data_type", "unit", "values_list")
_MAX_INTEGER = 2**31 - 1


def store_variables(*, station: ChargingStation, variables: Sequence[VariableReport], at: datetime) -> None:
    """Keep what a station told about its variables."""
    store_variables_of_many([(station.pk, variable, at) for variable in variables])


@transaction.atomic
def prepare_variables(
    *, station: ChargingStation, variables: Sequence[VariableReport], actor, at: datetime, address: str | None = None
) -> None:
    """Note values as if the station had told them, such as its limits before it was ever asked. Nothing is sent."""
    store_variables(station=station, variables=variables, at=at)
    record_audit(
        actor=actor,
        action="station.variables_prepared",
        subject=station,
        organisation=station.site.organisation,
        changes={
            f"{v.component}.{v.variable}"[:120]: [None, MASK if is_secret_variable(v.variable) else v.value]
            for v in variables
        },
        address=address,
    )


def store_variables_of_many(
    learnt: Iterable[tuple[int, VariableReport, datetime]], *, keeps_history: bool = True
) -> None:
    """``(station key, variable, when)``: the last of each variable is kept, of a station no more than ``BOUND``.

    Descriptions (unit, limits, type) survive an answer that only gives the value. Secrets are kept masked. A value
    that differs from the one before goes into the variable's history, and where templates ask for something, the
    stations' drift is found anew. ``keeps_history=False`` for values that change all the time.
    """
    told = {row[:8]: row for row in (_row(*item) for item in learnt)}
    rows = within(BOUND, [told[key] for key in sorted(told)], max(row[-1] for row in told.values())) if told else []
    if not rows:
        return
    source, parameters = rows_from("v", _COLUMNS, rows)
    if keeps_history:
        _remember_changes(source, parameters)
    names = ", ".join(_COLUMNS)
    kept = ", ".join(f"{name} = COALESCE(NULLIF(excluded.{name}, ''), {_TABLE}.{name})" for name in _DESCRIPTIVE)
    key = ", ".join("station_id" if name == "station" else name for name in DeviceVariable.IDENTITY)
    run(
        f"INSERT INTO {_TABLE} ({names}) SELECT {names} FROM {source} WHERE true ON CONFLICT ({key}) DO UPDATE SET"
        f" value = excluded.value, updated_at = excluded.updated_at, {kept},"
        f" min_limit = COALESCE(excluded.min_limit, {_TABLE}.min_limit),"
        f" max_limit = COALESCE(excluded.max_limit, {_TABLE}.max_limit),"
        f" supports_monitoring = (excluded.supports_monitoring OR {_TABLE}.supports_monitoring)",
        parameters,
    )
    if keeps_history:
        find_drift({row[0] for row in rows}, at=max(row[-1] for row in rows))


def forget_variables_not_told_since(station_id: int, since: datetime, *, component: str = "") -> int:
    """Remove what a whole report no longer names, of one ``component`` or of all; return how many went."""
    gone = DeviceVariable.objects.filter(station=station_id, updated_at__lt=since)
    if component:
        gone = gone.filter(component=component)
    return gone.delete()[0]


def _remember_changes(source: str, parameters: Sequence) -> None:
    """A line for each value that differs from the stored one; the oldest lines of those variables go."""
    same = " AND ".join(
        f"d.{column} = v.{column}"
        for column in ("station_id" if name == "station" else name for name in DeviceVariable.IDENTITY)
    )
    changed = fetch(
        "INSERT INTO chargers_variablechange (variable_id, before, after, at)"
        f" SELECT d.id, d.value, v.value, v.updated_at FROM {source} JOIN {_TABLE} d ON {same}"
        " WHERE d.value IS DISTINCT FROM v.value RETURNING variable_id",
        parameters,
    )
    if changed:
        matches, ids = is_any_of(sorted({row[0] for row in changed}))
        run(
            "DELETE FROM chargers_variablechange WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
            " (PARTITION BY variable_id ORDER BY at DESC, id DESC) AS place FROM chargers_variablechange"
            f" WHERE variable_id {matches}) AS aged WHERE place > {VariableChange.KEPT})",
            [ids],
        )


def _row(station_id: int, report: VariableReport, at: datetime) -> tuple:
    hides = is_secret_variable(report.variable) and report.value
    return (
        station_id, report.component[:50], report.component_instance[:50], _number(report.evse_id),
        _number(report.connector_id), report.variable[:50], report.variable_instance[:50], report.attribute[:10],
        MASK if hides else mask_secrets(report.value), report.mutability[:10], report.data_type[:14],
        report.unit[:16], report.min_limit, report.max_limit, report.values_list,
        report.supports_monitoring, at,
    )  # fmt: skip


def _number(value: int | None) -> int:
    return min(max(value or 0, 0), _MAX_INTEGER)
