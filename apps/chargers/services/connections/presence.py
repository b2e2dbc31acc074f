"""Signs of life, gathered in the gateway and written for many stations at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from apps.core.db.rowsets import rows_from, run


@dataclass(frozen=True, slots=True)
class LastSeen:
    """``frames_rejected``: how many more since the last call; ``rtt_ms`` of the last pong, where known."""

    last_seen_at: datetime
    rtt_ms: float | None = None
    frames_rejected: int = 0


def touch_last_seen(seen: Mapping[int, LastSeen]) -> int:
    """Note when each station (by key) was heard last; return how many rows were touched. One statement."""
    if not seen:
        return 0
    source, parameters = rows_from(
        "v",
        {"id": "bigint", "at": "timestamptz", "rtt_ms": "double precision", "rejected": "integer"},
        [(pk, s.last_seen_at, s.rtt_ms, s.frames_rejected) for pk, s in sorted(seen.items())],
    )
    return run(
        "UPDATE chargers_stationconnection SET last_seen_at = v.at,"
        " rtt_ms = COALESCE(v.rtt_ms, chargers_stationconnection.rtt_ms),"
        " frames_rejected = chargers_stationconnection.frames_rejected + v.rejected"
        f" FROM {source} WHERE chargers_stationconnection.station_id = v.id",
        parameters,
    )
