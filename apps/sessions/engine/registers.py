"""Which of the registers that a charger told are the true curve of its meter. Pure.

Of all registers only those are kept that no earlier one leads up to or no later one follows from, at a rate that the
connector can give. For an honest meter these are the first and the last. Which they are does not depend on the order
of arrival. What they mean is decided over all of them at once: the reading of events that ignores the least.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

START, SAMPLE, STOP = 0, 1, 2
ALLOWANCE_WH = 1_000
# A meter that falls without end is not worth more memory than this.
MOST_POINTS = 24
_IGNORED = {START: 3.0, SAMPLE: 1.0, STOP: 3.0}
# One low register alone is ignored, two are a meter that began anew; one that came back is cheaper to ignore.
_RESET = 1.5
_CONTRADICTION = 2.5


class Point(NamedTuple):
    """A register in Wh, told for an instant in µs since 1970; sorts by time, the start first and the stop last."""

    at_us: int
    kind: int
    wh: int


@dataclass(frozen=True, slots=True)
class Curve:
    """One reading of events. ``base_wh``: where the present stretch of the register began, anew or not."""

    ignored: float
    energy_wh: int
    base_wh: int
    path: tuple[Point, ...]
    resets: tuple[int, ...] = ()  # places in the path
    is_too_steep: bool = False


def keep(points: Sequence[Point], rate_wh_per_us: float) -> list[Point]:
    """The points that matter, in order of time. The earliest counts as the start."""
    told = sorted(points, key=lambda p: p.kind != SAMPLE)
    ordered = sorted({(p.at_us, p.wh): p for p in told}.values())
    ordered = [p._replace(kind=SAMPLE) if p.kind == START else p for p in ordered]
    if ordered[0].kind == SAMPLE:
        ordered[0] = ordered[0]._replace(kind=START)
    kept = [
        p
        for p in ordered
        if p.kind != SAMPLE
        or not any(leads_to(q, p, rate_wh_per_us) for q in ordered)
        or not any(leads_to(p, q, rate_wh_per_us) for q in ordered)
    ]
    return kept if len(kept) <= MOST_POINTS else [kept[0], *kept[1 - MOST_POINTS :]]


def leads_to(before: Point, after: Point, rate_wh_per_us: float) -> bool:
    """Whether a meter that showed ``before`` can show ``after`` by charging alone. Transitive."""
    return after is not before and 0 <= after.wh - before.wh <= rate_wh_per_us * (after.at_us - before.at_us)


def understand(points: Sequence[Point], most_wh: Callable[[int], float]) -> Curve:
    """The reading of events that ignores the least; of equals the one with the most energy, for what is counted does
    not fall. most_wh: the most that can be given in so many µs."""
    ends: list[Curve] = []
    for place, point in enumerate(points):
        found = [Curve(_weight(points[:place]), 0, point.wh, (point,))]
        for before in range(place):
            step = _step(ends[before], points[before], point, most_wh)
            if step is not None:
                found.append(replace(step, ignored=step.ignored + _weight(points[before + 1 : place])))
        ends.append(min(found, key=_merit))
    whole = [replace(end, ignored=end.ignored + _weight(points[at + 1 :])) for at, end in enumerate(ends)]
    return min(whole, key=_merit)


def _step(curve: Curve, before: Point, after: Point, most_wh: Callable[[int], float]) -> Curve | None:
    rise_wh = after.wh - before.wh
    most = most_wh(after.at_us - before.at_us)
    path = (*curve.path, after)
    if 0 <= rise_wh <= most:
        return replace(curve, energy_wh=curve.energy_wh + rise_wh, path=path)
    if rise_wh > 0:
        if before.kind != START or after.kind != STOP:
            return None
        # The charger's own word on the whole counts, but a person has to look.
        ignored = curve.ignored + _CONTRADICTION
        return replace(curve, ignored=ignored, energy_wh=curve.energy_wh + rise_wh, path=path, is_too_steep=True)
    if after.kind != SAMPLE or after.wh * 2 > before.wh or _is_kwh(after.wh, before.wh, most):
        return None
    # The register began anew: what it shows was given since, unless that is more than there was time for.
    base_wh = 0 if after.wh <= most else after.wh
    return replace(
        curve,
        ignored=curve.ignored + _RESET,
        energy_wh=curve.energy_wh + after.wh - base_wh,
        base_wh=base_wh,
        path=path,
        resets=(*curve.resets, len(curve.path)),
    )


def _is_kwh(register_wh: int, last_wh: int, most_wh: float) -> bool:
    """Whether the number would fit the register if it were kWh, as some chargers send it labelled Wh (1.6).

    A register below ``ALLOWANCE_WH`` says nothing: it has just begun anew, or cannot have been more than that.
    """
    return last_wh > ALLOWANCE_WH and last_wh - 1000 <= register_wh * 1000 <= last_wh + most_wh + 1000


def _weight(ignored: Sequence[Point]) -> float:
    return sum(_IGNORED[point.kind] for point in ignored)


def _merit(curve: Curve) -> tuple[float, int]:
    return curve.ignored, -curve.energy_wh
