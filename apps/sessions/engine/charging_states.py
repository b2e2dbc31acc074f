"""The history of a session's charging state, in the order of the charger whatever the order of arrival. Pure."""

from datetime import UTC, datetime

from apps.sessions.engine.sequence import Ranges, covers
from apps.sessions.engine.snapshot import ChargingStates

ASKING = frozenset({"Charging", "SuspendedEVSE"})
LONGEST = 1_000


def insert(states: ChargingStates, seq_no: int | None, at: datetime, state: str) -> ChargingStates:
    """``states`` with one more statement; the argument is left as it was.

    At most ``LONGEST`` are kept: a car that flutters more often than that has the rest left out.
    """
    if len(states) >= LONGEST:
        return states
    entry = [seq_no, int(at.timestamp() * 1000), state]
    return states if entry in states else sorted([*states, entry], key=_order)


def compact(states: ChargingStates, ranges: Ranges) -> ChargingStates:
    """Leave out what repeats its forerunner where nothing else can have come between them."""
    kept: ChargingStates = []
    for entry in states:
        if kept and kept[-1][2] == entry[2] and _nothing_between(kept[-1], entry, ranges):
            continue
        kept.append(entry)
    return kept


def last_state(states: ChargingStates) -> str:
    """The state in force, empty where none was told."""
    return states[-1][2] if states else ""


def stopped_asking_at(states: ChargingStates) -> datetime | None:
    """When the car last stopped asking for energy; ``None`` while it asks or if it never did."""
    stopped_ms: int | None = None
    asked = False
    for _, at_ms, state in states:
        if state in ASKING:
            asked, stopped_ms = True, None
        elif asked and stopped_ms is None:
            stopped_ms = at_ms
    return None if stopped_ms is None else datetime.fromtimestamp(stopped_ms / 1000, UTC)


def _nothing_between(earlier: list, later: list, ranges: Ranges) -> bool:
    if earlier[0] is None or later[0] is None:
        return earlier[0] is later[0]
    return covers(ranges, earlier[0], later[0])


def _order(entry: list) -> tuple[int, int, str]:
    return (entry[1] if entry[0] is None else entry[0], entry[1], entry[2])
