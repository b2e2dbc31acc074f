"""Many rows in one statement, on both databases: what the ORM does row by row or with one CASE per value.

Values are given in the order of the columns, as a model's attributes hold them; JSON as Python values.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

from apps.core.db.arrays import array_literal
from apps.core.db.rowsets import NUL, REPLACEMENT, json_text


def insert_rows(
    model: type[models.Model], columns: tuple[str, ...], rows: Sequence[tuple], *, returning: tuple[str, ...]
) -> list[tuple]:
    """Insert; rows that some unique constraint knows already are left out of the table and of what is returned."""
    if not rows:
        return []
    prepared = _prepare(model, columns, rows)
    if connection.vendor == "postgresql":
        source, parameters = f"SELECT * FROM {unnested(model, columns)}", arrays_of(model, columns, prepared)
    else:
        one = f"({', '.join(['%s'] * len(columns))})"
        source, parameters = f"VALUES {', '.join([one] * len(rows))}", [value for row in prepared for value in row]
    sql = (
        f"INSERT INTO {_quote(model._meta.db_table)} ({_names(model, columns)}) {source} "
        f"ON CONFLICT DO NOTHING RETURNING {_names(model, returning)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def update_rows(model: type[models.Model], columns: tuple[str, ...], rows: Sequence[tuple]) -> None:
    """Set ``columns[1:]`` of the rows whose key is the first value."""
    if not rows:
        return
    prepared = _prepare(model, columns, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_unnest_update(model, columns), arrays_of(model, columns, prepared))
        else:
            fields = [_quote(model._meta.get_field(name).column) for name in columns]
            pairs = ", ".join(f"{name} = %s" for name in fields[1:])
            sql = f"UPDATE {_quote(model._meta.db_table)} SET {pairs} WHERE {fields[0]} = %s"
            cursor.executemany(sql, [(*values[1:], values[0]) for values in prepared])


def unnested(model: type[models.Model], columns: tuple[str, ...]) -> str:
    """``unnest(%s::bigint[], …)`` with one array per column of ``model`` (PostgreSQL)."""
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in _types(model, columns))})"


def arrays_of(model: type[models.Model], columns: tuple[str, ...], rows: Sequence[Sequence]) -> list[str]:
    """The parameters for ``unnested``: the rows turned into one array per column."""
    pairs = zip(_types(model, columns), zip(*rows, strict=True), strict=True)
    return [array_literal(kind, values) for kind, values in pairs]


def _prepare(model: type[models.Model], columns: tuple[str, ...], rows: Sequence[tuple]) -> list[list]:
    """Turn the columns that need it, column by column."""
    by_column = [list(values) for values in zip(*rows, strict=True)]
    for place, prepare in _preparers(model, columns, connection.vendor):
        by_column[place] = [prepare(value) for value in by_column[place]]
    return list(zip(*by_column, strict=True))


@lru_cache(maxsize=64)
def _types(model: type[models.Model], columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(model._meta.get_field(name).rel_db_type(connection) for name in columns)


@lru_cache(maxsize=64)
def _unnest_update(model: type[models.Model], columns: tuple[str, ...]) -> str:
    fields = [_quote(model._meta.get_field(name).column) for name in columns]
    pairs = ", ".join(f"{name} = v.{name}" for name in fields[1:])
    table = _quote(model._meta.db_table)
    return (
        f"UPDATE {table} AS t SET {pairs} FROM {unnested(model, columns)} AS v({', '.join(fields)}) "
        f"WHERE t.{fields[0]} = v.{fields[0]}"
    )


@lru_cache(maxsize=64)
def _preparers(model: type[models.Model], columns: tuple[str, ...], vendor: str) -> list[tuple[int, Callable]]:
    """``(place, function)`` of the columns whose values differ between Python and the database."""
    found = ((place, _preparer(model._meta.get_field(name), vendor)) for place, name in enumerate(columns))
    return [(place, prepare) for place, prepare in found if prepare is not None]


def _preparer(field: models.Field, vendor: str) -> Callable | None:
    if isinstance(field, models.JSONField):
        return _as_json
    if isinstance(field, models.CharField):
        return _without_nul
    if vendor != "postgresql" and isinstance(field, models.DateField | models.DecimalField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _as_json(value: Any) -> str | None:
    if value is None:
        return None
    return json_text(value) if value else "[]" if isinstance(value, list) else "{}"


def _without_nul(value: str | None) -> str | None:
    return value.replace(NUL, REPLACEMENT) if value and NUL in value else value


def _names(model: type[models.Model], names: Iterable[str]) -> str:
    return ", ".join(_quote(model._meta.get_field(name).column) for name in names)


def _quote(name: str) -> str:
    return f'"{name}"'
