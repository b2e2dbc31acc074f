"""Departures from the specification, counted per station: what the quirk profile of a model is made of."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from apps.core.db.rowsets import parameter, rows_from, run


class Deviation(NamedTuple):
    """``code`` is stable, as in ``clock.implausible``; ``example`` a piece of what was received."""

    station_id: int
    code: str
    example: str = ""
    count: int = 1


def note_deviations(deviations: Iterable[tuple], at: datetime) -> None:
    """Count each (a ``Deviation``, or its fields as a tuple), keep the newest example. One statement."""
    grouped: dict[tuple[int, str], list[Deviation]] = {}
    for deviation in (Deviation(*fields) for fields in deviations):
        grouped.setdefault((deviation.station_id, deviation.code[:60]), []).append(deviation)
    if not grouped:
        return
    rows = [(*key, sum(d.count for d in found), found[-1].example[:500]) for key, found in sorted(grouped.items())]
    source, parameters = rows_from(
        "v", {"station": "bigint", "code": "text", "seen": "integer", "example": "text"}, rows
    )
    run(
        "INSERT INTO chargers_stationdeviation (station_id, code, count, first_at, last_at, example)"
        f" SELECT v.station, v.code, v.seen, %s, %s, v.example FROM {source} WHERE true"
        " ON CONFLICT (station_id, code) DO UPDATE SET count = chargers_stationdeviation.count + excluded.count,"
        " last_at = excluded.last_at, example = excluded.example",
        [parameter(at), parameter(at), *parameters],
    )
