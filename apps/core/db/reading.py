"""Reading rows by SQL text where the ORM's making of the query costs more than the query: the paths of chargers.

Values arrive as a model's attributes hold them, on both databases.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection, models

from apps.core.db.rowsets import fetch, instant

Column = tuple[type[models.Model], str]


def columns_of(model: type[models.Model], names: Sequence[str], *, alias: str) -> str:
    """The columns of a ``SELECT`` list."""
    return ", ".join(f"{alias}.{model._meta.get_field(name).column}" for name in names)


def read(sql: str, parameters: Sequence[Any], columns: tuple[Column, ...]) -> list[tuple]:
    """The rows of ``sql``, whose ``SELECT`` list is ``columns`` of models; each value as its field holds it."""
    converters = _converters(columns, connection.vendor)
    rows = fetch(sql, parameters)
    if not converters:
        return rows
    converted = []
    for row in rows:
        values = list(row)
        for place, convert in converters:
            if values[place] is not None:
                values[place] = convert(values[place])
        converted.append(tuple(values))
    return converted


@lru_cache(maxsize=64)
def _converters(columns: tuple[Column, ...], vendor: str) -> list[tuple[int, Callable[[Any], Any]]]:
    found = ((place, _converter(model._meta.get_field(name), vendor)) for place, (model, name) in enumerate(columns))
    return [(place, convert) for place, convert in found if convert is not None]


def _converter(field: models.Field, vendor: str) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _from_json
    if vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        return instant
    return bool if isinstance(field, models.BooleanField) else None


def _from_json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value
