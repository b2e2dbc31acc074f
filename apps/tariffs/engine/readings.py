"""From meter readings and connector states to a usage that can be priced.

The register is a claim: readings may come late, twice, out of order, or fall. A fall never takes energy back and
never bills it twice; it is noted for review.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from .breakdown import Notice
from .exact import ZERO, divide, seconds_between
from .kinds import UsageState
from .usage import Usage, UsageSegment

_METER_FELL = Notice("meter_rollback", "The meter ran backwards during the session; the fall is not counted.")
_OUTSIDE = Notice("reading_outside_session", "Readings from before or after the session were left out.")


class Reading(NamedTuple):
    """Register of the meter at an instant, cumulative; power and current hold from here to the next reading."""

    at: datetime
    register_wh: Decimal
    power_w: Decimal | None = None
    current_a: Decimal | None = None


class StateChange(NamedTuple):
    """The connector is in ``state`` from ``at`` on."""

    at: datetime
    state: UsageState


def usage_from_readings(
    readings: Sequence[Reading],
    *,
    started_at: datetime,
    ended_at: datetime | None,
    states: Sequence[StateChange] = (),
    known_until: datetime | None = None,
) -> Usage:
    """Usage of a session from its readings, in any order, and the states that the charger told.

    known_until: for a session that runs, how far the facts reach (usually now); time after the last reading has its
    state but no energy yet. Without states the vehicle waits before the first reading, charges up to the last, and is
    idle between it and the end. Where the state changes between two readings, the energy goes to the charging time.
    """
    horizon = ended_at or known_until
    known = sorted(readings, key=lambda reading: (reading.at, reading.register_wh))
    inside = [r for r in known if started_at <= r.at and (horizon is None or r.at <= horizon)]
    notices = [_OUTSIDE] if len(inside) != len(known) else []
    if any(later.register_wh < earlier.register_wh for earlier, later in pairwise(inside)):
        notices.append(_METER_FELL)
    changes = sorted(states, key=lambda change: change.at) or _states_from(inside, started_at, ended_at)
    segments = [part for whole in _intervals(inside, started_at, horizon) for part in _split(whole, changes)]
    return Usage(started_at, ended_at, tuple(segments), notices=tuple(notices))


def _intervals(readings: Sequence[Reading], started_at: datetime, horizon: datetime | None) -> Iterator[UsageSegment]:
    """The session between its readings; the register never falls."""
    by_instant = {reading.at: reading for reading in readings}
    edges = sorted({started_at, *by_instant, *([horizon] if horizon else [])})
    register = readings[0].register_wh if readings else ZERO
    latest, mean_power_w = None, None
    for start_at, end_at in pairwise(edges):
        latest = by_instant.get(start_at, latest)
        power_w, current_a = (latest.power_w, latest.current_a) if latest else (None, None)
        if end_at in by_instant:
            reached = max(register, by_instant[end_at].register_wh)
        else:
            # Nothing was read at the end: the last known power is a better guess than none.
            reached, power_w = register, power_w if power_w is not None else mean_power_w
        segment = UsageSegment(start_at, end_at, reached - register, UsageState.CHARGING, power_w, current_a)
        yield segment
        register, mean_power_w = reached, segment.mean_power_w


def _states_from(readings: Sequence[Reading], started_at: datetime, ended_at: datetime | None) -> list[StateChange]:
    changes = [StateChange(started_at, UsageState.WAITING)]
    if readings:
        changes.append(StateChange(readings[0].at, UsageState.CHARGING))
    if readings and ended_at is not None:
        changes.append(StateChange(readings[-1].at, UsageState.IDLE))
    return changes


def _split(segment: UsageSegment, changes: Sequence[StateChange]) -> list[UsageSegment]:
    """The segment cut where the state changes; its energy over the time of charging, else over all of it."""
    inner = sorted({change.at for change in changes if segment.start_at < change.at < segment.end_at})
    if not inner:
        state = _state_at(segment.start_at, changes)
        return [segment if state is segment.state else replace(segment, state=state)]
    edges = [segment.start_at, *inner, segment.end_at]
    parts = [
        replace(segment, start_at=start_at, end_at=end_at, energy_wh=ZERO, state=_state_at(start_at, changes))
        for start_at, end_at in pairwise(edges)
    ]
    return _with_energy(parts, segment.energy_wh)


def _with_energy(parts: list[UsageSegment], energy_wh: Decimal) -> list[UsageSegment]:
    takers = [part.state is UsageState.CHARGING for part in parts]
    if not any(takers):
        takers = [True] * len(parts)
    lengths = [
        seconds_between(part.start_at, part.end_at) if takes else ZERO
        for part, takes in zip(parts, takers, strict=True)
    ]
    whole_s, passed_s, given_wh = sum(lengths, ZERO), ZERO, ZERO
    filled = []
    for part, length in zip(parts, lengths, strict=True):
        passed_s += length
        reached_wh = energy_wh if passed_s == whole_s else divide(energy_wh * passed_s, whole_s)
        filled.append(replace(part, energy_wh=reached_wh - given_wh, imputed=energy_wh > ZERO))
        given_wh = reached_wh
    return filled


def _state_at(at: datetime, changes: Sequence[StateChange]) -> UsageState:
    index = bisect_right([change.at for change in changes], at)
    return changes[index - 1].state if index else UsageState.WAITING
