"""The metering columns of sessions, read and written in bulk without the ORM's cost per row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

import orjson
from django.db import connection

from apps.sessions.engine.meter import METER_COLUMNS, MeterState
from apps.sessions.models import ChargingSession
from apps.sessions.services.rows import update_rows

_METER = tuple(name for name in METER_COLUMNS if name != "flags")
_KEYS = ("id", "station_id", "evse_number", "transaction_id", "ended_at", "flags")
_TABLE = ChargingSession._meta.db_table
_SELECT = f"SELECT {', '.join((*_KEYS, *_METER))} FROM {_TABLE} WHERE "
_TIMES = frozenset({"meter_start_at", "meter_last_at", "last_value_at"})
_STORED = ("id", "flags", *_METER)
_values = attrgetter(*_STORED)


@dataclass(slots=True, kw_only=True)
class MeteredSession(MeterState):
    """What metering needs of a session."""

    id: int
    station_id: int
    evse_number: int | None
    transaction_id: str
    is_over: bool


def load_open(station_ids: Collection[int]) -> list[MeteredSession]:
    """The open sessions of these stations, locked in the order of their keys."""
    if connection.vendor == "postgresql":
        where = "station_id = ANY(%s) AND state IN ('active', 'idle') ORDER BY id FOR UPDATE"
        return _load(where, [list(station_ids)])
    where = f"station_id IN ({_marks(station_ids)}) AND state IN ('active', 'idle') ORDER BY id"
    return _load(where, list(station_ids))


def load_by_transaction(named: Collection[tuple[int, str]]) -> list[MeteredSession]:
    """The sessions of these ``(station, transaction id)``, open or not, locked in the order of their keys."""
    pairs = " OR ".join(["(station_id = %s AND transaction_id = %s)"] * len(named))
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    return _load(f"({pairs}) ORDER BY id{lock}", [value for pair in named for value in pair])


def store(sessions: Sequence[MeteredSession]) -> None:
    """Write the metering columns back; one statement."""
    update_rows(ChargingSession, _STORED, [_values(session) for session in sessions])


def _load(where: str, parameters: list) -> list[MeteredSession]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + where, parameters)
        rows = cursor.fetchall()
    convert = connection.vendor != "postgresql"
    return [_session(row, convert) for row in rows]


def _session(row: tuple, convert: bool) -> MeteredSession:
    pk, station_id, evse_number, transaction_id, ended_at, flags, *values = row
    meter = dict(zip(_METER, values, strict=True))
    if convert:
        for name in _TIMES:
            meter[name] = _instant(meter[name])
    flags, meter["meter_points"] = _list(flags), _list(meter["meter_points"])
    return MeteredSession(
        id=pk,
        station_id=station_id,
        evse_number=evse_number,
        transaction_id=transaction_id,
        is_over=ended_at is not None,
        flags=flags,
        **meter,
    )


def _list(stored: str | list) -> list:
    """JSON comes as text where the database driver does not read it."""
    if isinstance(stored, list):
        return stored
    return [] if stored == "[]" else orjson.loads(stored)


def _instant(text: str | datetime | None) -> datetime | None:
    """SQLite keeps instants as text, in UTC without saying so."""
    if text is None or isinstance(text, datetime):
        return text if text is None or text.tzinfo else text.replace(tzinfo=UTC)
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _marks(values: Collection) -> str:
    return ", ".join(["%s"] * len(values))
