"""What we ask about charging profiles and schedules, and what the answers teach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule
from apps.chargers.messages.commands.base import Command
from apps.chargers.messages.results import Learnt


@dataclass(frozen=True, slots=True)
class SetChargingProfile(Command):
    """``profile`` as ``charging_profiles.profile_as_json`` writes it; ``evse_id`` 0 is the whole station."""

    name: ClassVar[str] = "SetChargingProfile"
    announces_end: ClassVar[bool] = True
    evse_id: int
    profile: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClearChargingProfile(Command):
    """The one with ``profile_id``, or all that meet each of the other criteria; without any: all there are."""

    name: ClassVar[str] = "ClearChargingProfile"
    profile_id: int | None = None
    evse_id: int | None = None
    purpose: str | None = None
    stack_level: int | None = None


@dataclass(frozen=True, slots=True)
class GetChargingProfiles(Command):
    """Asks for a report of installed profiles (2.x). Criteria as in ``ClearChargingProfile``.

    ``profile_ids`` excludes the other criteria; ``limit_sources`` are EMS, SO, CSO, Other.
    """

    name: ClassVar[str] = "GetChargingProfiles"
    request_id: int
    evse_id: int | None = None
    purpose: str | None = None
    stack_level: int | None = None
    profile_ids: tuple[int, ...] = ()
    limit_sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GetCompositeSchedule(Command):
    """What the station will allow in the next ``duration_s``; ``unit`` A or W, by default the station's choice."""

    name: ClassVar[str] = "GetCompositeSchedule"
    evse_id: int
    duration_s: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileAnswered(Learnt):
    """A profile was accepted or refused; ``evse_id`` is ``None`` in a remote start that named no EVSE."""

    evse_id: int | None
    profile: ChargingProfile
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProfilesCleared(Learnt):
    """No profile that meets the criteria is installed any more; ``found`` is whether there was one."""

    found: bool
    profile_id: int | None = None
    evse_id: int | None = None
    purpose: str | None = None
    stack_level: int | None = None


@dataclass(frozen=True, slots=True)
class ProfileReportPromised(Learnt):
    """A report of the profiles that meet the criteria will come, or, where ``found`` is false, there are none."""

    request_id: int
    found: bool
    evse_id: int | None = None
    purpose: str | None = None
    stack_level: int | None = None
    profile_ids: tuple[int, ...] = ()
    limit_sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CompositeScheduleTold(Learnt):
    """What a station says it will allow; ``schedule`` is ``None`` where it refused or told none.

    ``schedule.start_at`` is the instant from which its periods count.
    """

    evse_id: int
    duration_s: int
    accepted: bool
    unit: str | None = None
    schedule: ChargingSchedule | None = None
    deviations: tuple[str, ...] = ()


COMMANDS: tuple[type[Command], ...] = (
    SetChargingProfile,
    ClearChargingProfile,
    GetChargingProfiles,
    GetCompositeSchedule,
)
