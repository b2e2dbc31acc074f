"""Charging profiles as a simulated station keeps and obeys them, the same for every version of OCPP."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.gateway.simulator.physics import NOMINAL_VOLTAGE_V

STATION_PURPOSES = {"ChargePointMaxProfile", "ChargingStationMaxProfile", "ChargingStationExternalConstraints"}
RECURRENCE = {"Daily": timedelta(days=1), "Weekly": timedelta(days=7)}


@dataclass(frozen=True)
class Profile:
    """`periods` are (start_s, limit, phases) ascending; `unit` is W or A; `evse` 0 is the whole station."""

    id: int
    evse: int
    purpose: str
    stack_level: int
    kind: str
    unit: str
    periods: tuple[tuple[int, float, int | None], ...]
    start_at: datetime | None = None
    duration_s: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    recurrency: str | None = None
    transaction_id: str | int | None = None
    wire: dict | None = None

    def limit_at(self, at: datetime, session_started_at: datetime | None) -> float | None:
        """The limit in `unit` at an instant, None when the profile says nothing then."""
        if (self.valid_from and at < self.valid_from) or (self.valid_to and at >= self.valid_to):
            return None
        start_at = session_started_at if self.kind == "Relative" else self.start_at or session_started_at or at
        if start_at is None or at < start_at:
            return None
        elapsed = at - start_at
        if self.kind == "Recurring":
            elapsed %= RECURRENCE.get(self.recurrency or "Daily", RECURRENCE["Daily"])
        if self.duration_s is not None and elapsed >= timedelta(seconds=self.duration_s):
            return None
        limits = [limit for start_s, limit, _ in self.periods if start_s <= elapsed.total_seconds()]
        return limits[-1] if limits else None


@dataclass(frozen=True)
class Limit:
    """What profiles allow now: power in all, current per phase; None where nothing is said."""

    power_w: float | None = None
    current_a: float | None = None

    def within(self, unit: str, phases: int) -> float:
        """The lower of the two, in `unit`; infinite where nothing is said."""
        volts = NOMINAL_VOLTAGE_V * phases
        as_power_w = float("inf") if self.power_w is None else self.power_w
        as_power_w = min(as_power_w, float("inf") if self.current_a is None else self.current_a * volts)
        return as_power_w if unit == "W" else as_power_w / volts


class ProfileStore:
    """The profiles installed in one station, and what it takes of them.

    ``ignores``: profiles are accepted and forgotten. ``units``, ``max_stack_level``, ``max_periods``: beyond, refused.
    """

    def __init__(self) -> None:
        self.profiles: list[Profile] = []
        self.ignores = False
        self.max_stack_level = 10
        self.max_periods = 24
        self.units = ("A", "W")

    def refusal(self, new: Profile) -> str:
        """A word where the profile is beyond what the station takes, ``""`` where it fits."""
        if new.stack_level > self.max_stack_level:
            return "InvalidStackLevel"
        if len(new.periods) > self.max_periods:
            return "TooManyPeriods"
        return "" if new.unit in self.units else "UnsupportedRateUnit"

    def install(self, profile: Profile) -> None:
        """Add a profile; one with the same id, or the same EVSE, purpose and stack level, is replaced."""
        key = (profile.evse, profile.purpose, profile.stack_level, profile.transaction_id)
        self.profiles = [
            kept
            for kept in self.profiles
            if kept.id != profile.id and (kept.evse, kept.purpose, kept.stack_level, kept.transaction_id) != key
        ]
        self.profiles.append(profile)

    def find(self, profile_id: int) -> Profile | None:
        """The profile with this id."""
        return next((profile for profile in self.profiles if profile.id == profile_id), None)

    def clear(self, *, profile_id=None, evse=None, purpose=None, stack_level=None) -> int:
        """Remove the profiles that match every criterion given; returns how many."""
        kept = [
            profile
            for profile in self.profiles
            if profile_id not in (None, profile.id)
            or evse not in (None, profile.evse)
            or purpose not in (None, profile.purpose)
            or stack_level not in (None, profile.stack_level)
        ]
        removed = len(self.profiles) - len(kept)
        self.profiles = kept
        return removed

    def end_transaction(self, evse: int) -> None:
        """Transaction profiles die with their transaction."""
        self.profiles = [p for p in self.profiles if p.evse != evse or p.purpose != "TxProfile"]

    def limit_at(
        self, evse: int, at: datetime, session_started_at: datetime | None, *, purposes: set[str] | None = None
    ) -> Limit:
        """The lowest of the session's limit and the station's; TxProfile displaces TxDefaultProfile."""
        mine = [
            profile
            for profile in self.profiles
            if profile.evse in (0, evse) and (purposes is None or profile.purpose in purposes)
        ]
        deciding = [
            _highest(mine, {"TxProfile"}, at, session_started_at)
            or _highest(mine, {"TxDefaultProfile"}, at, session_started_at),
            _highest(mine, STATION_PURPOSES, at, session_started_at),
        ]
        limits = [found for found in deciding if found]
        return Limit(
            power_w=min((limit for unit, limit in limits if unit == "W"), default=None),
            current_a=min((limit for unit, limit in limits if unit == "A"), default=None),
        )

    def composite(
        self,
        evse: int,
        *,
        at: datetime,
        duration_s: int,
        unit: str,
        session_started_at: datetime | None,
        default: float,
        purposes: set[str] | None = None,
        phases: int = 3,
    ) -> list[tuple[int, float]]:
        """(start_s, limit) whenever the limit changes in the next `duration_s`; at most `default`."""
        instants = {0}
        for profile in self.profiles:
            start_at = (session_started_at if profile.kind == "Relative" else profile.start_at) or at
            for offset_s in _starts(profile, int((start_at - at).total_seconds()), duration_s):
                instants |= {offset_s + start_s for start_s, _, _ in profile.periods}
                if profile.duration_s is not None:
                    instants.add(offset_s + profile.duration_s)
            instants |= {int((edge - at).total_seconds()) for edge in (profile.valid_from, profile.valid_to) if edge}
        schedule: list[tuple[int, float]] = []
        for start_s in sorted(instant for instant in instants if 0 <= instant < duration_s):
            moment = at + timedelta(seconds=start_s)
            value = min(
                default, self.limit_at(evse, moment, session_started_at, purposes=purposes).within(unit, phases)
            )
            if not schedule or schedule[-1][1] != value:
                schedule.append((start_s, value))
        return schedule


def _starts(profile: Profile, first_s: int, duration_s: int) -> Iterable[int]:
    """Seconds from now at which the schedule begins anew, those of the past that may still go on included."""
    if profile.kind != "Recurring":
        return [first_s]
    every_s = int(RECURRENCE.get(profile.recurrency or "Daily", RECURRENCE["Daily"]).total_seconds())
    return range(first_s + max(0, -first_s // every_s) * every_s, duration_s, every_s)


def _highest(
    profiles: Iterable[Profile], purposes: set[str], at: datetime, session_started_at: datetime | None
) -> tuple[str, float] | None:
    speaking = [
        (profile.stack_level, profile.unit, limit)
        for profile in profiles
        if profile.purpose in purposes and (limit := profile.limit_at(at, session_started_at)) is not None
    ]
    return max(speaking)[1:] if speaking else None
