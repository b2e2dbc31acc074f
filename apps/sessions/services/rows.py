"""Many rows in one statement, on both databases: what the ORM does row by row or with one CASE per value.

Values are given in the order of the columns, as a model's attributes hold them; JSON as Python values.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

from apps.core.db.rowsets import NUL, REPLACEMENT, json_text


def insert_rows(
    model: type[models.Model], columns: tuple[str, ...], rows: Sequence[tuple], *, returning: tuple[str, ...]
) -> list[tuple]:
    """Insert; rows that some unique constraint knows already are left out of the table and of what is returned."""
    if not rows:
        return []
    one = f"({', '.join(['%s'] * len(columns))})"
    sql = (
        f"INSERT INTO {_quote(model._meta.db_table)} ({_names(model, columns)}) "
        f"VALUES {', '.join([one] * len(rows))} ON CONFLICT DO NOTHING RETURNING {_names(model, returning)}"
    )
    preparers = _preparers(model, columns, connection.vendor)
    values = [prepare(value) for row in rows for prepare, value in zip(preparers, row, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def update_rows(model: type[models.Model], columns: tuple[str, ...], rows: Sequence[tuple]) -> None:
    """Set ``columns[1:]`` of the rows whose key is the first value."""
    if not rows:
        return
    preparers = _preparers(model, columns, connection.vendor)
    prepared = [[prepare(value) for prepare, value in zip(preparers, row, strict=True)] for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_unnest_update(model, columns), [list(column) for column in zip(*prepared, strict=True)])
        else:
            fields = [_quote(model._meta.get_field(name).column) for name in columns]
            pairs = ", ".join(f"{name} = %s" for name in fields[1:])
            sql = f"UPDATE {_quote(model._meta.db_table)} SET {pairs} WHERE {fields[0]} = %s"
            cursor.executemany(sql, [(*values[1:], values[0]) for values in prepared])


def unnested(model: type[models.Model], columns: Iterable[str]) -> str:
    """``unnest(%s::bigint[], …)`` with one array per column of ``model`` (PostgreSQL)."""
    types = (model._meta.get_field(name).rel_db_type(connection) for name in columns)
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in types)})"


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
def _preparers(model: type[models.Model], columns: tuple[str, ...], vendor: str) -> list:
    return [_preparer(model._meta.get_field(name), vendor) for name in columns]


def _preparer(field: models.Field, vendor: str):
    if isinstance(field, models.JSONField):
        return _as_json
    if vendor != "postgresql" and isinstance(field, models.DateTimeField | models.DecimalField):
        return lambda value: field.get_db_prep_save(value, connection)
    if isinstance(field, models.FloatField):
        return lambda value: None if value is None else float(value)
    if isinstance(field, models.CharField):
        return lambda value: value.replace(NUL, REPLACEMENT) if value and NUL in value else value
    return lambda value: value


def _as_json(value: Any) -> str | None:
    return None if value is None else json_text(value)


def _names(model: type[models.Model], names: Iterable[str]) -> str:
    return ", ".join(_quote(model._meta.get_field(name).column) for name in names)


def _quote(name: str) -> str:
    return f'"{name}"'
