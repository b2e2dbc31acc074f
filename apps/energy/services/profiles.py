"""Asking chargers to hold, drop and tell charging profiles."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from apps.chargers.choices import CommandOrigin, OcppVersion
from apps.chargers.messages.charging_profiles import ChargingProfile, ProfilePurpose, profile_as_json
from apps.chargers.messages.commands import (
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
    RequestStartTransaction,
    SetChargingProfile,
)
from apps.chargers.models import ChargingStation, StationCommand
from apps.chargers.services.commands import enqueue
from apps.core.errors import DomainError
from apps.core.ids import reserve_numbers
from apps.energy.choices import ProfileSource, ProfileState
from apps.energy.engine.checking import Problem, find_notes, find_problems, find_start_problems
from apps.energy.engine.fitting import DoesNotFit, Fitted, fit_profile
from apps.energy.models import InstalledProfile
from apps.energy.selectors.capabilities import capabilities_of
from apps.energy.selectors.station_state import open_session_at
from apps.energy.services.installed import columns_of, lock_controls

LONGEST_COMPOSITE_S = 7 * 86_400


class ProfileRefused(DomainError):
    code = "charging_profile_refused"
    message = "This charging profile cannot be asked of the station."


class CompositeRefused(DomainError):
    code = "composite_schedule_refused"
    message = "This composite schedule cannot be asked of the station."


@dataclass(frozen=True, slots=True)
class ProfileRequest:
    """``changes``: what was changed so that the charger can take it; ``notes``: what is worth a word."""

    row: InstalledProfile
    changes: tuple[str, ...]
    notes: tuple[str, ...]


def new_profile_id() -> int:
    """A number that no profile of ours has had."""
    return reserve_numbers("charging_profile", how_many=1)[0]


def set_profile(
    *,
    station: ChargingStation,
    evse_number: int,
    profile: ChargingProfile,
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = 60,
    address: str | None = None,
) -> ProfileRequest:
    """Ask ``station`` to hold ``profile`` for an EVSE, or for all of it (0).

    A session's profile without a transaction id gets that of the session that runs there. Raises ``ProfileRefused``
    naming the field to blame, before anything is sent.
    """
    running = open_session_at(station.pk, evse_number) if evse_number else None
    transaction_id = running.transaction_id if running else None
    if profile.purpose == ProfilePurpose.TX and profile.transaction_id is None:
        profile = replace(profile, transaction_id=transaction_id)
    _check_evse(station, evse_number)
    _check_version(station, profile)
    _refuse(find_problems(profile, evse=evse_number, transaction_id=transaction_id))
    fitted = _fit(station, evse_number, profile)
    with transaction.atomic():
        command = enqueue(
            station=station,
            command=SetChargingProfile(evse_number, profile_as_json(fitted.profile)),
            actor=actor,
            origin=origin,
            at=at,
            deadline_s=deadline_s,
            address=address,
        )
        lock_controls([station.pk])
        row = _ask(station, evse_number, fitted.profile, command, actor, at)
    return ProfileRequest(row, fitted.changes, tuple(find_notes(fitted.profile)))


def start_with_profile(
    *,
    station: ChargingStation,
    start: RequestStartTransaction,
    profile: ChargingProfile,
    actor,
    origin: CommandOrigin,
    at: datetime,
    deadline_s: int = 60,
    address: str | None = None,
) -> StationCommand:
    """Start a session from afar that is limited from its first second on. Raises ``ProfileRefused``."""
    evse_number = start.evse_id or 0
    _check_evse(station, evse_number)
    _check_version(station, profile)
    _refuse(find_start_problems(profile))
    fitted = _fit(station, evse_number, profile)
    with transaction.atomic():
        command = enqueue(
            station=station,
            command=replace(start, charging_profile=profile_as_json(fitted.profile)),
            actor=actor,
            origin=origin,
            at=at,
            deadline_s=deadline_s,
            address=address,
        )
        lock_controls([station.pk])
        _ask(station, evse_number, fitted.profile, command, actor, at)
    return command


def clear_profiles(
    *,
    station: ChargingStation,
    actor,
    origin: CommandOrigin,
    at: datetime,
    profile_id: int | None = None,
    evse_number: int | None = None,
    purpose: str | None = None,
    stack_level: int | None = None,
    address: str | None = None,
) -> StationCommand:
    """Ask ``station`` to drop one profile, or all that meet every criterion given."""
    if purpose == ProfilePurpose.EXTERNAL:
        raise ProfileRefused("External limits are lifted by whoever set them.", field="purpose")
    command = ClearChargingProfile(profile_id, evse_number, purpose, stack_level)
    return enqueue(station=station, command=command, actor=actor, origin=origin, at=at, address=address)


def read_profiles(
    *, station: ChargingStation, actor, origin: CommandOrigin, at: datetime, address: str | None = None, **criteria
) -> StationCommand:
    """Ask ``station`` to tell its profiles (2.x); ``criteria`` as in ``GetChargingProfiles``, none: all."""
    command = GetChargingProfiles(request_id=reserve_numbers("ocpp_request", how_many=1)[0], **criteria)
    return enqueue(station=station, command=command, actor=actor, origin=origin, at=at, address=address)


def read_composite(
    *,
    station: ChargingStation,
    evse_number: int,
    duration_s: int,
    actor,
    origin: CommandOrigin,
    at: datetime,
    unit: str | None = None,
    address: str | None = None,
) -> StationCommand:
    """Ask ``station`` what it will allow. Raises ``CompositeRefused``."""
    if evse_number and not station.evses.filter(number=evse_number).exists():
        raise CompositeRefused(f"The station has no EVSE {evse_number}.", field="evse")
    if not 1 <= duration_s <= LONGEST_COMPOSITE_S:
        raise CompositeRefused("Ask for one second to seven days.", field="duration_s")
    if unit not in (None, "A", "W"):
        raise CompositeRefused("Ask in A or in W.", field="unit")
    command = GetCompositeSchedule(evse_number, duration_s, unit)
    return enqueue(station=station, command=command, actor=actor, origin=origin, at=at, address=address)


def _ask(station, evse_number: int, profile: ChargingProfile, command, actor, at: datetime) -> InstalledProfile:
    return InstalledProfile.objects.create(
        station=station,
        evse_number=evse_number,
        state=ProfileState.ASKED,
        source=ProfileSource.US,
        command=command,
        requested_by=actor,
        created_at=at,
        **columns_of(profile),
    )


def _check_evse(station: ChargingStation, evse_number: int) -> None:
    if evse_number and not station.evses.filter(number=evse_number).exists():
        raise ProfileRefused(f"The station has no EVSE {evse_number}.", field="evse")


def _check_version(station: ChargingStation, profile: ChargingProfile) -> None:
    if profile.has_modes and station.protocol != OcppVersion.OCPP21:
        raise ProfileRefused("Operation modes, setpoints and discharging need OCPP 2.1.", field="operation_mode")


def _refuse(problems: list[Problem]) -> None:
    if problems:
        field, sentence = problems[0]
        raise ProfileRefused(sentence, field=field)


def _fit(station: ChargingStation, evse_number: int, profile: ChargingProfile) -> Fitted:
    capabilities = capabilities_of(station, evse_number)
    most = capabilities.max_profiles
    if most is not None:
        held = InstalledProfile.objects.in_force().filter(station=station).exclude(profile_id=profile.id)
        same_place = {"evse_number": evse_number, "purpose": profile.purpose, "stack_level": profile.stack_level}
        if held.exclude(**same_place).count() >= most:
            raise ProfileRefused(f"The charger holds {most} profiles already; clear one first.")
    try:
        return fit_profile(profile, capabilities)
    except DoesNotFit as error:
        raise ProfileRefused(error.sentence, field=error.field) from error
