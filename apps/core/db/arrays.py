"""PostgreSQL array literals made fast: psycopg's own costs as much per element as a whole row may cost."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

NULL = "NULL"


def array_literal(kind: str, values: Sequence[Any]) -> str:
    """``values`` as the text of an array of the PostgreSQL type ``kind``, to be cast by ``%s::kind[]``.

    Values are what the type's column holds in Python; of ``json`` kinds the encoded text. ``None`` is NULL.
    """
    return f"{{{','.join(map(_writer(kind), values))}}}"


def _writer(kind: str) -> Callable[[Any], str]:
    if kind.startswith("timestamp") or kind == "date":
        return _iso
    if kind == "boolean":
        return _boolean
    if kind in _PLAIN or kind.startswith("numeric"):
        return _plain
    return _quoted


_PLAIN = frozenset({"smallint", "integer", "bigint", "double precision", "uuid", "real"})


def _plain(value: Any) -> str:
    return NULL if value is None else str(value)


def _iso(value: date | None) -> str:
    return NULL if value is None else value.isoformat()


def _boolean(value: bool | None) -> str:
    return NULL if value is None else "t" if value else "f"


def _quoted(value: str | None) -> str:
    if value is None:
        return NULL
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if '"' in value:
        value = value.replace('"', '\\"')
    return f'"{value}"'
