"""Bringing a station to a higher security profile, or to another system: what is checked, and the first step."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from apps.chargers.choices import (
    CURRENT_CERTIFICATE_STATES,
    UNFINISHED_CHANGES,
    CertificateKind,
    CommandOrigin,
    OcppVersion,
    ProfileChangeState,
)
from apps.chargers.engine.profile_change import url_problem
from apps.chargers.messages.commands import Command, SetVariables
from apps.chargers.messages.commands.network import SetNetworkProfile
from apps.chargers.models import ChargingStation, SecurityProfileChange, StationConnection
from apps.chargers.services.commands import enqueue
from apps.chargers.services.locking import lock_station
from apps.chargers.services.security.network_profiles import free_slot, slots_in_use
from apps.core.audit import record_audit
from apps.core.errors import DomainError

ANSWER_WITHIN_S = 600
"""How long an absent charger is waited for at each step."""
SLACK = timedelta(minutes=5)


class UnableToChangeProfile(DomainError):
    code = "unable_to_change_profile"
    message = "The security profile cannot be changed."


@dataclass(frozen=True, slots=True)
class Target:
    """Where a station is to connect: ``url`` without its identity (2.x), ``slot`` None for a free one."""

    profile: int
    url: str = ""
    slot: int | None = None
    interface: str = "Wired0"


def raise_security_profile(
    *,
    station: ChargingStation,
    target: Target,
    actor,
    origin: CommandOrigin,
    at: datetime,
    certificate_is_installed: bool = False,
    address: str | None = None,
) -> SecurityProfileChange:
    """Begin to bring the charger to ``target.profile`` (1 to 3), higher than what is required of it now.

    1.6: the key SecurityProfile; 2.x: a network profile in a free slot, its priority, a restart when idle (A05). Only
    when the charger has come in with the profile is it required. ``certificate_is_installed``: the operator knows that
    the charger holds its certificate (profile 3). Raises ``UnableToChangeProfile``, ``CommandRefused``.
    """
    with transaction.atomic():
        stored = lock_station(station)
        _check_profile(stored, target)
        _check_prerequisites(stored, target, certificate_is_installed)
        if _came_with(stored) >= target.profile:
            return _require_at_once(stored, target, actor, at, address)
        change = _begin(stored, target, actor=actor, origin=origin, at=at, is_migration=False)
        _audit(stored, actor, "station.profile_change_begun", [stored.security_profile, target.profile], address)
    return change


def send_to_other_system(
    *, station: ChargingStation, target: Target, actor, origin: CommandOrigin, at: datetime, address: str | None = None
) -> SecurityProfileChange:
    """Tell a 2.x charger to connect to the central system at ``target.url`` first; its earlier slots follow.

    Raises ``UnableToChangeProfile``, ``CommandRefused``.
    """
    with transaction.atomic():
        stored = lock_station(station)
        if stored.protocol in ("", OcppVersion.OCPP16):
            raise UnableToChangeProfile("OCPP 1.6 has no words for another address; set it at the charger.")
        if problem := url_problem(target.url, target.profile):
            raise UnableToChangeProfile(problem, field="url")
        change = _begin(stored, target, actor=actor, origin=origin, at=at, is_migration=True)
        _audit(stored, actor, "station.sent_elsewhere", [None, target.url], address)
    return change


def _check_profile(station: ChargingStation, target: Target) -> None:
    if not 1 <= target.profile <= 3:
        raise UnableToChangeProfile("Choose security profile 1, 2 or 3.", field="profile")
    if target.profile <= station.security_profile:
        raise UnableToChangeProfile(
            f"Profile {station.security_profile} is required already; a profile is never lowered this way.",
            field="profile",
        )
    if not station.protocol:
        raise UnableToChangeProfile("The charger never connected, so it is not known how to tell it.")


def _check_prerequisites(station: ChargingStation, target: Target, certificate_is_installed: bool) -> None:
    if target.profile < 3 and not station.password_hash:
        raise UnableToChangeProfile(
            f"Profile {target.profile} needs a password: change the password first.", field="profile"
        )
    if target.profile == 3 and not (certificate_is_installed or _has_certificate(station)):
        raise UnableToChangeProfile(
            "Profile 3 needs a certificate in the charger: install one first.", field="certificate_is_installed"
        )
    if station.protocol != OcppVersion.OCPP16 and (problem := url_problem(target.url, target.profile)):
        raise UnableToChangeProfile(problem, field="url")


def _has_certificate(station: ChargingStation) -> bool:
    """Whether it took a certificate that we signed for it."""
    return station.certificates.filter(kind=CertificateKind.STATION, state__in=CURRENT_CERTIFICATE_STATES).exists()


def _came_with(station: ChargingStation) -> int:
    """The profile of its socket that is open now; -1 where none is."""
    row = StationConnection.objects.filter(station=station).exclude(connection_id=None)
    profile = row.values_list("security_profile", flat=True).first()
    return -1 if profile is None else profile


def _require_at_once(station: ChargingStation, target: Target, actor, at: datetime, address) -> SecurityProfileChange:
    """It is there already: nothing has to be asked of the charger."""
    change = SecurityProfileChange.objects.create(
        station=station,
        profile_before=station.security_profile,
        profile_wanted=target.profile,
        state=ProfileChangeState.DONE,
        explanation="The charger connects with this profile already. Nothing less is accepted from now on.",
        requested_by=actor,
        created_at=at,
        due_at=at,
        ended_at=at,
    )
    _audit(station, actor, "station.edited", [station.security_profile, target.profile], address)
    station.security_profile = target.profile
    station.save(update_fields=["security_profile"])
    return change


def _begin(
    station: ChargingStation, target: Target, *, actor, origin: CommandOrigin, at: datetime, is_migration: bool
) -> SecurityProfileChange:
    if SecurityProfileChange.objects.filter(station=station, state__in=UNFINISHED_CHANGES).exists():
        raise UnableToChangeProfile("A change is under way already; wait for its end.")
    command: Command
    slot, before = None, ""
    if station.protocol == OcppVersion.OCPP16:
        command = SetVariables(variables=({"variable": "SecurityProfile", "value": str(target.profile)},))
        # The charger may reconnect as soon as it has said yes.
        station.wanted_security_profile = target.profile
        station.save(update_fields=["wanted_security_profile"])
    else:
        slot = free_slot(station) if target.slot is None else target.slot
        before = ",".join(map(str, slots_in_use(station)))
        command = SetNetworkProfile(
            slot=slot, url=target.url, security_profile=target.profile, ocpp_version=station.protocol,
            interface=target.interface,
        )  # fmt: skip
    row = enqueue(station=station, command=command, actor=actor, origin=origin, at=at, deadline_s=ANSWER_WITHIN_S)
    try:
        return SecurityProfileChange.objects.create(
            station=station,
            profile_before=station.security_profile,
            profile_wanted=target.profile,
            is_migration=is_migration,
            slot=slot,
            slots_before=before,
            connection_data={"url": target.url, "interface": target.interface} if slot is not None else {},
            command=row,
            requested_by=actor,
            created_at=at,
            due_at=at + timedelta(seconds=ANSWER_WITHIN_S) + SLACK,
        )
    except IntegrityError as error:
        raise UnableToChangeProfile("A change is under way already; wait for its end.") from error


def _audit(station: ChargingStation, actor, action: str, change: list, address: str | None) -> None:
    record_audit(
        actor=actor,
        action=action,
        subject=station,
        organisation=station.site.organisation,
        changes={"security_profile" if action != "station.sent_elsewhere" else "url": change},
        address=address,
    )
