"""What a station will allow: the composite of its installed profiles (OCPP 2.0.1 block K, 1.6 §3.13). Pure.

Within a purpose the highest stack level that has a period at the instant leads; an EVSE's own profile leads over the
station's of the same level. TxProfile displaces TxDefaultProfile. Over the purposes the lowest limit counts, external
limits and the hardware included. EVSE 0 is the whole station: the sum of its EVSEs, within the station's own limits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from apps.chargers.messages.charging_profiles import ChargingSchedulePeriod, ProfilePurpose, RateUnit
from apps.energy.engine.schedules import Installed, changes, period_at

NOMINAL_V = Decimal(230)
TENTH = Decimal("0.1")
BEYOND_ALL = Decimal(1_000_000_000)  # chargers report limits such as 1e38 for "none"


@dataclass(frozen=True, slots=True)
class EvseState:
    """``max_power_w`` is what the hardware can give; ``transaction_id`` and ``session_started_at`` of the open session.

    ``uses_priority``: its session uses the profile for priority charging (2.1).
    """

    number: int
    phases: int = 3
    is_dc: bool = False
    max_power_w: int | None = None
    transaction_id: str | None = None
    session_started_at: datetime | None = None
    uses_priority: bool = False


@dataclass(frozen=True, slots=True)
class StationState:
    """A station with everything that limits it."""

    installed: tuple[Installed, ...] = ()
    evses: Mapping[int, EvseState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stretch:
    """``limit`` holds from ``start_s`` after the window's start on; ``None``: nothing limits."""

    start_s: int
    limit: Decimal | None


def composite(state: StationState, *, evse: int, at: datetime, duration_s: int, unit: str) -> list[Stretch]:
    """The limits of ``evse`` in ``[at, at + duration_s)``, each where it changes; whole tenths, rounded down.

    ``unit`` A counts per phase, W in all. An EVSE that is not known has three phases and no limit of its own.
    """
    end = at + timedelta(seconds=duration_s)
    moments = {at}
    for one in state.installed:
        for started_at in _starts(state, one, evse):
            moments |= changes(one, started_at, start=at, end=end)
    found: list[Stretch] = []
    for moment in sorted(moments):
        limit = _limit_at(state, evse, moment, start=at, unit=unit)
        if not found or found[-1].limit != limit:
            start_s = (moment - at).total_seconds()
            found.append(Stretch(int(start_s) if start_s == int(start_s) else int(start_s) + 1, limit))
    return found


def limit_at(state: StationState, *, evse: int, at: datetime, unit: str) -> Decimal | None:
    """What ``evse`` may draw at ``at``."""
    return _limit_at(state, evse, at, start=at, unit=unit)


def convert(limit: Decimal, *, unit: str, to: str, phases: int) -> Decimal:
    """A per phase to W in all or back, at 230 V per phase."""
    if unit == to:
        return limit
    return limit * NOMINAL_V * phases if to == RateUnit.W else limit / (NOMINAL_V * phases)


def _starts(state: StationState, one: Installed, evse: int) -> set[datetime | None]:
    """The starts of the sessions whose profile it may be."""
    numbers = [evse] if evse else [one.evse] if one.evse else list(state.evses)
    return {known.session_started_at for n in numbers if (known := state.evses.get(n))} or {None}


def _limit_at(state: StationState, evse: int, at: datetime, *, start: datetime, unit: str) -> Decimal | None:
    if evse:
        limits = [
            _evse_limit(state, _known(state, evse), at, start, unit),
            _station_limit(state, at, start, unit, evse),
        ]
    else:
        limits = [_sum_of_evses(state, at, start, unit), _station_limit(state, at, start, unit, 0)]
    lowest = min((limit for limit in limits if limit is not None), default=None)
    return None if lowest is None else max(lowest, Decimal(0)).quantize(TENTH, ROUND_DOWN)


def _known(state: StationState, evse: int) -> EvseState:
    return state.evses.get(evse) or EvseState(evse)


def _sum_of_evses(state: StationState, at: datetime, start: datetime, unit: str) -> Decimal | None:
    limits = [_evse_limit(state, known, at, start, unit) for known in state.evses.values()]
    return None if not limits or None in limits else sum((x for x in limits if x is not None), Decimal(0))


def _evse_limit(state: StationState, evse: EvseState, at: datetime, start: datetime, unit: str) -> Decimal | None:
    """By the session's profiles, external limits of the EVSE and its hardware."""
    here = [one for one in state.installed if one.evse in (0, evse.number)]
    tx = [one for one in here if one.profile.transaction_id in (None, evse.transaction_id) and evse.transaction_id]
    phases = 1 if evse.is_dc else evse.phases

    def leading(candidates: Sequence[Installed], purpose: str) -> Decimal | None:
        chosen = [one for one in candidates if one.profile.purpose == purpose]
        return _leading(chosen, at, evse.session_started_at, start, unit, phases)

    session_limit = leading(tx, ProfilePurpose.PRIORITY) if evse.uses_priority else None
    if session_limit is None:
        session_limit = leading(tx, ProfilePurpose.TX)
    if session_limit is None:
        session_limit = leading(here, ProfilePurpose.TX_DEFAULT)
    own = [one for one in here if one.evse == evse.number]
    limits = [session_limit, leading(own, ProfilePurpose.EXTERNAL)]
    if evse.max_power_w is not None:
        limits.append(convert(Decimal(evse.max_power_w), unit="W", to=unit, phases=phases))
    return min((limit for limit in limits if limit is not None), default=None)


def _station_limit(state: StationState, at: datetime, start: datetime, unit: str, evse: int) -> Decimal | None:
    """By profiles for the station as a whole; local generation comes on top of them (2.1)."""
    whole = [one for one in state.installed if one.evse == 0]
    phases = max((1 if e.is_dc else e.phases for e in state.evses.values()), default=3)

    def leading(purpose: str) -> Decimal | None:
        chosen = [one for one in whole if one.profile.purpose == purpose]
        return _leading(chosen, at, None, start, unit, phases)

    bounds = [leading(ProfilePurpose.STATION_MAX), leading(ProfilePurpose.EXTERNAL)]
    lowest = min((limit for limit in bounds if limit is not None), default=None)
    return None if lowest is None else lowest + (leading(ProfilePurpose.LOCAL_GENERATION) or Decimal(0))


def _leading(
    candidates: Iterable[Installed],
    at: datetime,
    session_started_at: datetime | None,
    start: datetime,
    unit: str,
    phases: int,
) -> Decimal | None:
    """The limit of the profile that leads, in ``unit``."""
    speaking = [
        (one.profile.stack_level, one.evse, one.profile.id, one, period)
        for one in candidates
        if (period := period_at(one, at, session_started_at, start=start)) is not None and period.limit is not None
    ]
    if not speaking:
        return None
    *_, one, period = max(speaking, key=lambda found: found[:3])
    return _in_unit(period, one.profile.schedule.unit, unit, phases)


def _in_unit(period: ChargingSchedulePeriod, unit: str, wanted: str, phases: int) -> Decimal:
    assert period.limit is not None
    used = min(max(period.number_phases or phases, 1), phases)
    return convert(min(period.limit, BEYOND_ALL), unit=unit, to=wanted, phases=used)
