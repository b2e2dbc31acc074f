"""How many rows one station may fill with what it tells.

Whatever a station tells is acknowledged; up to the bound it is kept. Beyond it what is known stays up to date, what is
new is passed over, and the history of the station says so (a deviation, with the first that was left out as example).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.chargers.services.deviations import Deviation, note_deviations
from apps.core.db.rowsets import fetch, is_any_of, rows_from, run


@dataclass(frozen=True, slots=True)
class Bound:
    """At most ``most`` rows of a station in ``table``; ``key`` are its unique columns with their types, station first.

    ``code`` is the deviation that a station shows where it told of more.
    """

    table: str
    key: Mapping[str, str]
    most: int
    code: str


def within(bound: Bound, rows: Sequence[tuple], at: datetime) -> list[tuple]:
    """``rows`` (the key first, each key once) without those that are new and too many. One query, seldom three."""
    key_length = len(bound.key)
    fresh = _unknown(bound, [row[:key_length] for row in rows])
    if not fresh:
        return list(rows)
    room = {pk: bound.most - held for pk, held in _held(bound, {key[0] for key in fresh}).items()}
    kept, left_out = [], []
    for row in rows:
        key = row[:key_length]
        if key in fresh:
            room[key[0]] -= 1
            if room[key[0]] < 0:
                left_out.append(key)
                continue
        kept.append(row)
    if left_out:
        note_deviations([Deviation(key[0], bound.code, _shown(key)) for key in reversed(left_out)], at)
    return kept


def keep_newest(table: str, station_ids: Iterable[int], most: int, *, by: str, only: str = "true") -> int:
    """Forget rows of these stations beyond the ``most`` newest by the column ``by``; return how many went.

    ``only``: a condition in SQL on the rows that count.
    """
    matches, ids = is_any_of(sorted(set(station_ids)))
    return run(
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
        f" (PARTITION BY station_id ORDER BY {by} DESC, id DESC) AS place FROM {table}"
        f" WHERE station_id {matches} AND {only}) AS aged WHERE place > {int(most)})",
        [ids],
    )


def _unknown(bound: Bound, keys: Sequence[tuple]) -> set[tuple]:
    source, parameters = rows_from("v", {"place": "integer", **bound.key}, [(i, *key) for i, key in enumerate(keys)])
    same = " AND ".join(f"t.{column} = v.{column}" for column in bound.key)
    found = fetch(
        f"SELECT v.place FROM {source} WHERE NOT EXISTS (SELECT 1 FROM {bound.table} t WHERE {same})", parameters
    )
    return {keys[row[0]] for row in found}


def _held(bound: Bound, station_ids: Iterable[int]) -> dict[int, int]:
    matches, ids = is_any_of(sorted(station_ids))
    rows = fetch(f"SELECT station_id, count(*) FROM {bound.table} WHERE station_id {matches} GROUP BY 1", [ids])
    return dict.fromkeys(station_ids, 0) | dict(rows)


def _shown(key: tuple) -> str:
    return " ".join(str(part) for part in key[1:] if part not in ("", 0))
