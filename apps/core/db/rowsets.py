"""Set-based SQL on both databases: many rows go in as one parameter per column, whatever their number.

The ORM costs 30 µs and more per object; on the paths that chargers drive, a statement with ``rows_from`` in its
``FROM`` costs a few. The same SQL text runs on PostgreSQL (``unnest``) and SQLite (``json_each``): both know
``INSERT … SELECT … ON CONFLICT``, ``UPDATE … FROM`` and ``RETURNING``. (SQLite wants a ``WHERE`` between ``SELECT``
and ``ON CONFLICT``: write ``WHERE true``.)
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection

from apps.core.db.arrays import array_literal

NUL = "\x00"
REPLACEMENT = "\ufffd"
_ESCAPED_NUL = "\\u0000"


def rows_from(alias: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """``(sql, parameters)`` of a row source named ``alias`` for a ``FROM`` clause.

    ``columns`` maps names to PostgreSQL types (``bigint``, ``text``, ``timestamptz``, ``boolean``, ``uuid``,
    ``double precision``, ``jsonb`` …); ``rows`` are tuples in that order, ``jsonb`` values already encoded by
    ``json_text``. NUL characters, which PostgreSQL cannot store, become U+FFFD.
    """
    if connection.vendor == "postgresql":
        names = ", ".join(columns)
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        parameters = [
            _column(kind, values) for kind, values in zip(columns.values(), zip(*rows, strict=True), strict=True)
        ]
        return f"unnest({arrays}) AS {alias}({names})", parameters
    picked = ", ".join(f"{_picked(i, kind)} AS {name}" for i, (name, kind) in enumerate(columns.items()))
    return f"(SELECT {picked} FROM json_each(%s)) AS {alias}", [_for_json_each(rows)]


def is_any_of(values: Iterable[Any], kind: str = "bigint") -> tuple[str, Any]:
    """``(sql, parameter)`` of "is one of ``values``", to be written after a column."""
    if connection.vendor == "postgresql":
        return f"= ANY(%s::{kind}[])", array_literal(kind, list(values))
    return "IN (SELECT value FROM json_each(%s))", _for_json_each(list(values))


def run(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Execute; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def fetch(sql: str, parameters: Sequence[Any] = ()) -> list[tuple]:
    """Execute and return all rows (of a ``SELECT`` or a ``RETURNING``)."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def parameter(value: Any) -> Any:
    """A single value as the database wants it: instants, and UUIDs on SQLite, differ."""
    if connection.vendor == "postgresql" or value is None:
        return value
    return _for_sqlite(value) if not isinstance(value, str | int | float | bool) else value


def instant(value: Any) -> datetime | None:
    """A timestamp read by raw SQL, as an aware datetime on either database."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def json_text(value: Any) -> str:
    """``value`` as JSON for a ``jsonb`` column, without the NUL characters that PostgreSQL refuses."""
    text = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode()
    return orjson.dumps(without_nul(value), default=str).decode() if _ESCAPED_NUL in text else text


def holds_nul(value: Any) -> bool:
    """Whether a JSON value has a NUL character in any text or name."""
    if isinstance(value, str):
        return NUL in value
    if isinstance(value, Mapping):
        return any(holds_nul(str(key)) or holds_nul(item) for key, item in value.items())
    return isinstance(value, list | tuple) and any(map(holds_nul, value))


def without_nul(value: Any) -> Any:
    """A copy of a JSON value whose NUL characters are U+FFFD."""
    if isinstance(value, str):
        return value.replace(NUL, REPLACEMENT)
    if isinstance(value, Mapping):
        return {str(key).replace(NUL, REPLACEMENT): without_nul(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nul(item) for item in value]
    return value


def _column(kind: str, values: Sequence[Any]) -> str:
    literal = array_literal(kind, values)
    return literal.replace(NUL, REPLACEMENT) if NUL in literal else literal


def _picked(index: int, kind: str) -> str:
    value = f"json_extract(value, '$[{index}]')"
    return f"replace({value}, '-', '')" if kind == "uuid" else value


def _for_json_each(rows: Any) -> str:
    encoded = orjson.dumps(rows, default=_for_sqlite, option=orjson.OPT_PASSTHROUGH_DATETIME)
    if _ESCAPED_NUL.encode() in encoded:
        encoded = orjson.dumps(without_nul(rows), default=_for_sqlite, option=orjson.OPT_PASSTHROUGH_DATETIME)
    return encoded.decode()


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value.hex if hasattr(value, "hex") else str(value)
