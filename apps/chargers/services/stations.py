"""Enrolling, describing, moving and retiring stations. Audited."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.chargers import events
from apps.chargers.choices import CommandOrigin, CommandState, ConnectorType
from apps.chargers.messages.commands import TriggerMessage
from apps.chargers.messages.replies import RegistrationStatus
from apps.chargers.models import ChargingStation, Connector, Evse, StationCommand, StationConnection, UnknownStation
from apps.chargers.services.announcing import send_to_gateways
from apps.chargers.services.commands import enqueue
from apps.chargers.services.connections import set_password
from apps.chargers.services.locking import lock_station
from apps.chargers.services.pictures import refresh_status
from apps.core import outbox
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.sites.models import Area, Site

EDITABLE = frozenset(
    {
        "name",
        "area",
        "max_power_w",
        "security_profile",
        "key_encoding",
        "is_lenient",
        "provisioning_enabled",
        "heartbeat_interval_s",
    }
)


class IdentityTaken(DomainError):
    code = "identity_taken"
    message = "A station with this identity is enrolled already."


class StationInvalid(DomainError):
    code = "station_invalid"


class UnableToMoveStation(DomainError):
    code = "unable_to_move_station"
    message = "A station can only move to an open site of the same organisation."


class StationRetired(DomainError):
    code = "station_retired"
    message = "This station is retired."


class EvseNumberTaken(DomainError):
    code = "evse_number_taken"
    message = "The station has an EVSE with this number already."


def create_station(
    *,
    site: Site,
    identity: str,
    actor,
    at: datetime,
    registration: str = RegistrationStatus.ACCEPTED,
    password: str = "",
    address: str | None = None,
    **fields: Any,
) -> ChargingStation:
    """Enrol a station before, or after, it called for the first time; ``fields`` are among ``EDITABLE``.

    Whoever called the organisation, or nobody in particular, under this identity no longer waits to be adopted.
    ``identity`` is what the charger sends as the last segment of its URL, at most 48 characters, no colon;
    ``password`` is what it is asked for, ``""``: none. Raises ``StationInvalid`` (with ``field``), ``IdentityTaken``,
    ``PasswordUnacceptable``.
    """
    _check_fields(fields)
    station = ChargingStation(site=site, identity=identity.strip(), created_at=at, status_since=at, **fields)
    _check_area(station)
    _validate(station)
    try:
        with transaction.atomic():
            station.save(force_insert=True)
            UnknownStation.objects.filter(
                Q(organisation=site.organisation_id) | Q(organisation=None), identity=station.identity, adopted_at=None
            ).update(adopted_at=at)
            _audit(station, actor, "station.created", {"identity": [None, station.identity]}, address)
            if registration != station.registration:
                set_registration(station=station, registration=registration, actor=actor, at=at, address=address)
            if password:
                set_password(station=station, password=password, actor=actor, address=address)
    except IntegrityError as error:
        raise IdentityTaken(field="identity") from error
    return station


def change_station(
    *,
    station: ChargingStation,
    actor,
    at: datetime,
    site: Site | None = None,
    changes: dict[str, Any] | None = None,
    registration: str | None = None,
    password: str | None = None,
    address: str | None = None,
) -> None:
    """Everything that can be said of a station at once, or nothing of it; ``None`` leaves as it is.

    As ``move_station``, ``edit_station``, ``set_registration`` and ``set_password``, in this order.
    """
    with transaction.atomic():
        if site is not None:
            move_station(station=station, site=site, actor=actor, at=at, address=address)
        if changes:
            edit_station(station=station, actor=actor, changes=changes, address=address)
        if registration is not None:
            set_registration(station=station, registration=registration, actor=actor, at=at, address=address)
        if password is not None:
            set_password(station=station, password=password, actor=actor, address=address)


def edit_station(
    *, station: ChargingStation, actor, changes: dict[str, Any], address: str | None = None
) -> ChargingStation:
    """Change what is in ``EDITABLE``; a connected charger's gateway is told. Raises ``StationInvalid``."""
    _check_fields(changes)
    with transaction.atomic():
        stored = lock_station(station)
        changed = {
            name: [getattr(stored, name), value] for name, value in changes.items() if getattr(stored, name) != value
        }
        for name, (_, value) in changed.items():
            setattr(stored, name, value)
        _check_area(stored)
        _validate(stored)
        if changed:
            stored.save(update_fields=list(changed))
            _audit(stored, actor, "station.edited", changed, address)
            send_to_gateways([stored.pk], "station.changed")
    station.refresh_from_db()
    return station


def move_station(*, station: ChargingStation, site: Site, actor, at: datetime, address: str | None = None) -> None:
    """Bring a station to another site of its organisation; it leaves its area. Raises ``UnableToMoveStation``."""
    with transaction.atomic():
        stored = lock_station(station)
        before = stored.site
        if site.organisation_id != before.organisation_id or site.closed_at is not None:
            raise UnableToMoveStation(field="site")
        if before.pk == site.pk:
            return
        stored.site, stored.area = site, None
        stored.save(update_fields=["site", "area"])
        _audit(stored, actor, "station.moved", {"site": [before, site]}, address)
        refresh_status([stored.pk], at)
        send_to_gateways([stored.pk], "station.changed")
    station.refresh_from_db()


def set_registration(
    *, station: ChargingStation, registration: str, actor, at: datetime, address: str | None = None
) -> None:
    """Let a station in (Accepted), keep it waiting (Pending) or turn it away (Rejected).

    A connected station that is accepted now, and may be spoken to unbidden, is asked to boot again: only the answer to
    its BootNotification tells it. Raises ``StationInvalid``, ``StationRetired``.
    """
    if registration not in [status.value for status in RegistrationStatus]:
        raise StationInvalid("Choose Accepted, Pending or Rejected.", field="registration")
    with transaction.atomic():
        stored = lock_station(station)
        if stored.retired_at is not None:
            raise StationRetired
        before = stored.registration
        if before == registration:
            return
        stored.registration = registration
        stored.save(update_fields=["registration"])
        _audit(stored, actor, "station.registration_set", {"registration": [before, registration]}, address)
        refresh_status([stored.pk], at)
        send_to_gateways([stored.pk], "station.changed")
        is_connected = StationConnection.objects.filter(station=stored).exclude(connection_id=None).exists()
        if registration == RegistrationStatus.ACCEPTED and is_connected and stored.provisioning_enabled:
            trigger = TriggerMessage(message="BootNotification")
            enqueue(
                station=stored, command=trigger, actor=actor, origin=CommandOrigin.AUTOMATION, at=at, address=address
            )
    station.refresh_from_db()


def retire_station(*, station: ChargingStation, actor, at: datetime, address: str | None = None) -> None:
    """Take a station out of the network for good; its past stays. Waiting commands are superseded. Repeatable."""
    with transaction.atomic():
        if not ChargingStation.objects.filter(pk=station.pk, retired_at=None).update(retired_at=at):
            return
        StationCommand.objects.filter(station=station, state=CommandState.PENDING).update(
            state=CommandState.SUPERSEDED, settled_at=at, sealed="", explanation="The station was retired."
        )
        _audit(station, actor, "station.retired", {"retired_at": [None, at]}, address)
        refresh_status([station.pk], at)
        outbox.record(outbox.Event(events.STATION_RETIRED, station.pk, _payload(station, at)))
        send_to_gateways([station.pk], "station.changed")
    station.refresh_from_db()


def add_evse(
    *,
    station: ChargingStation,
    number: int,
    actor,
    connector_type: str = ConnectorType.UNKNOWN,
    max_power_w: int | None = None,
    is_dc: bool = False,
    phases: int = 3,
    address: str | None = None,
) -> Evse:
    """Add an EVSE with one connector; ``number`` is OCPP's evseId (1.6: connectorId), from 1.

    Chargers' own reports add what they mention, so this is for describing a station beforehand. Raises
    ``EvseNumberTaken``, ``StationInvalid``.
    """
    evse = Evse(station=station, number=number, max_power_w=max_power_w, is_dc=is_dc, phases=phases)
    _validate(evse)
    try:
        with transaction.atomic():
            evse.save(force_insert=True)
            Connector.objects.create(evse=evse, number=1, type=connector_type)
            _audit(station, actor, "station.evse_added", {"evse": [None, number]}, address)
    except IntegrityError as error:
        raise EvseNumberTaken(field="number") from error
    return evse


def _check_fields(fields: dict[str, Any]) -> None:
    unknown = sorted(set(fields) - EDITABLE)
    if unknown:
        raise StationInvalid(f"{unknown[0]} cannot be set here.", field=unknown[0])


def _check_area(station: ChargingStation) -> None:
    area: Area | None = station.area
    if area is not None and area.site_id != station.site_id:
        raise StationInvalid("The area belongs to another site.", field="area")


def _validate(row: ChargingStation | Evse) -> None:
    try:
        row.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise StationInvalid(messages[0], field=field) from error
    if isinstance(row, Evse) and row.number < 1:
        raise StationInvalid("EVSEs are numbered from 1.", field="number")


def _audit(station: ChargingStation, actor, action: str, changes: dict[str, list], address: str | None) -> None:
    record_audit(
        actor=actor,
        action=action,
        subject=station,
        organisation=station.site.organisation,
        changes=changes,
        address=address,
    )


def _payload(station: ChargingStation, at: datetime) -> dict[str, Any]:
    return {"organisation_id": station.site.organisation_id, "site_id": station.site_id, "at": at.isoformat()}
