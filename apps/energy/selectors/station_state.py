"""Everything that limits a station now, for the engine."""

from collections.abc import Callable, Sequence

from apps.chargers.messages.charging_profiles import ChargingProfile, ProfileKind, ProfilePurpose
from apps.chargers.models import ChargingStation, Evse
from apps.energy.choices import ProfileSource
from apps.energy.engine.composite import EvseState, StationState
from apps.energy.engine.schedules import Installed
from apps.energy.models import ChargingLimit, InstalledProfile, PriorityUse
from apps.sessions.models import ChargingSession

Chooser = Callable[[InstalledProfile], bool]
MOST_CHANGES = 4_000
"""Of one station within a week, all that only its charger tells taken together; what lies beyond is left out. The work
grows with the square of it, and chargers may tell as much as they like."""
_RUNS_A_WEEK = 8


def load_state(station_id: int, *, counts: Chooser = lambda row: True) -> StationState:
    """Profiles in force (those that ``counts`` says), limits of other systems, EVSEs and their open sessions.

    Five queries.
    """
    rows = [row for row in InstalledProfile.objects.in_force().filter(station_id=station_id) if counts(row)]
    rows.sort(key=lambda row: (row.source == ProfileSource.CHARGER, row.pk))  # ours first
    profiles = [Installed(row.profile, row.evse_number, row.taken_at or row.created_at) for row in rows]
    limits = ChargingLimit.objects.in_force().filter(station_id=station_id).order_by("pk")
    external = [one for limit in limits for one in as_installed(limit)]
    ours = sum(row.source != ProfileSource.CHARGER for row in rows)
    told = within_budget([*external, *profiles[ours:]])
    return StationState((*profiles[:ours], *told), _evses(station_id))


def within_budget(told: Sequence[Installed], *, most: int = MOST_CHANGES) -> list[Installed]:
    """Those of ``told``, in its order, whose changes within a week are ``most`` at most, taken together."""
    kept, changes = [], 0
    for one in told:
        runs = _RUNS_A_WEEK if one.profile.kind == ProfileKind.RECURRING else 1
        changes += runs * sum(len(schedule.periods) for schedule in one.profile.schedules)
        if changes > most:
            break
        kept.append(one)
    return kept


def as_installed(limit: ChargingLimit) -> list[Installed]:
    """An external limit as the profile that the charger made of it."""
    return [
        Installed(
            ChargingProfile(0, 0, ProfilePurpose.EXTERNAL, ProfileKind.ABSOLUTE, (schedule,)),
            limit.evse_number,
            limit.started_at,
        )
        for schedule in limit.parsed_schedules
        if schedule.periods
    ]


def open_session_at(station_id: int, evse_number: int) -> ChargingSession | None:
    """The newest open session of an EVSE."""
    rows = ChargingSession.objects.open().filter(station_id=station_id, evse_number=evse_number)
    return rows.order_by("-started_at").first()


def _evses(station_id: int) -> dict[int, EvseState]:
    station_w = ChargingStation.objects.values_list("max_power_w", flat=True).get(pk=station_id)
    sessions = {
        session.evse_number: session
        for session in ChargingSession.objects.open().filter(station_id=station_id).order_by("started_at")
    }
    priority = set(
        PriorityUse.objects.filter(station_id=station_id, is_active=True).values_list("transaction_id", flat=True)
    )
    found = {}
    for evse in Evse.objects.filter(station_id=station_id):
        session = sessions.get(evse.number)
        found[evse.number] = EvseState(
            number=evse.number,
            phases=evse.phases,
            is_dc=evse.is_dc,
            max_power_w=evse.max_power_w or station_w,
            transaction_id=session.transaction_id if session else None,
            session_started_at=session.started_at if session else None,
            uses_priority=session is not None and session.transaction_id in priority,
        )
    return found
