"""Whether a charger's composite schedule says what ours says. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from apps.chargers.messages.charging_profiles import ChargingSchedule
from apps.energy.engine.composite import Stretch

TOLERANCES = {"A": Decimal("0.2"), "W": Decimal(50)}
RELATIVE_TOLERANCE = Decimal("0.02")
CLOCK_SLACK_S = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """From ``start_s`` until ``end_s`` the charger allows ``theirs``, our computation ``ours``."""

    start_s: int
    end_s: int
    ours: Decimal | None
    theirs: Decimal | None

    @property
    def allows_more(self) -> bool:
        """Whether the charger allows more than we reckon with."""
        return self.ours is not None and (self.theirs is None or self.theirs > self.ours)


def stretches_of(schedule: ChargingSchedule) -> list[Stretch]:
    """The charger's schedule, counted from its own start: what its clock says does not matter."""
    return [Stretch(period.start_s, period.limit) for period in schedule.periods]


def find_differences(
    ours: Sequence[Stretch], theirs: Sequence[Stretch], *, duration_s: int, unit: str
) -> list[Difference]:
    """Where the two differ by more than rounding, for longer than clocks may differ."""
    edges = sorted({s.start_s for s in (*ours, *theirs) if 0 < s.start_s < duration_s} | {0, duration_s})
    found: list[Difference] = []
    for start_s, end_s in pairwise(edges):
        if end_s - start_s <= CLOCK_SLACK_S:
            continue
        mine, other = _at(ours, start_s), _at(theirs, start_s)
        if _is_same(mine, other, unit):
            continue
        last = found[-1] if found else None
        if last and last.end_s == start_s and (last.ours, last.theirs) == (mine, other):
            found[-1] = Difference(last.start_s, end_s, mine, other)
        else:
            found.append(Difference(start_s, end_s, mine, other))
    return found


def _at(stretches: Sequence[Stretch], second: int) -> Decimal | None:
    begun = [stretch for stretch in stretches if stretch.start_s <= second]
    return begun[-1].limit if begun else None


def _is_same(mine: Decimal | None, other: Decimal | None, unit: str) -> bool:
    if mine is None:  # nothing known of us limits it; its hardware does
        return True
    if other is None:
        return False
    return abs(mine - other) <= max(TOLERANCES[unit], abs(mine) * RELATIVE_TOLERANCE)
