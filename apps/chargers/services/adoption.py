"""Chargers that called without being enrolled: taken in, or ignored. Audited."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.chargers import events
from apps.chargers.engine.passwords import generate_password
from apps.chargers.models import ChargingStation, UnknownStation
from apps.chargers.services.stations import StationInvalid, create_station
from apps.core import outbox
from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.sites.models import Area, Site


class UnableToAdopt(DomainError):
    code = "unable_to_adopt"
    message = "This charger was adopted already."


@dataclass(frozen=True, slots=True)
class Adoption:
    """``password`` is shown once and kept nowhere; ``None`` where none was made."""

    station: ChargingStation
    password: str | None


def adopt_station(
    *,
    unknown: UnknownStation,
    site: Site,
    actor,
    at: datetime,
    name: str = "",
    area: Area | None = None,
    with_password: bool = False,
    address: str | None = None,
) -> Adoption:
    """Enrol the charger at ``site``; it is let in at its next attempt, which comes by itself within a minute or so.

    ``with_password`` makes a password that must be entered at the charger; without, none is asked for. Raises
    ``UnableToAdopt``, ``IdentityTaken`` and ``StationInvalid``.
    """
    if unknown.organisation_id not in (None, site.organisation_id):
        raise UnableToAdopt("This charger called under another organisation's address.", field="site")
    if site.closed_at is not None:
        raise UnableToAdopt("This site is closed.", field="site")
    if len(unknown.identity) > 48:
        raise StationInvalid("The identity is longer than 48 characters; shorten it at the charger.", field="identity")
    password = generate_password() if with_password else None
    with transaction.atomic():
        still_waiting = UnknownStation.objects.filter(pk=unknown.pk, adopted_at=None)
        if not still_waiting.update(adopted_at=at, ignored_at=None):
            raise UnableToAdopt
        station = create_station(
            site=site, identity=unknown.identity, actor=actor, at=at, name=name, area=area, password=password or "",
            address=address,
        )  # fmt: skip
        outbox.record(outbox.Event(events.STATION_ADOPTED, station.pk, _payload(station, unknown, at)))
    unknown.refresh_from_db()
    return Adoption(station, password)


def ignore_station(*, unknown: UnknownStation, actor, at: datetime, address: str | None = None) -> None:
    """Take the charger off the list of those who wait; its attempts are still counted. Repeatable."""
    with transaction.atomic():
        if UnknownStation.objects.filter(pk=unknown.pk, ignored_at=None, adopted_at=None).update(ignored_at=at):
            record_audit(
                actor=actor,
                action="unknown_station.ignored",
                subject=unknown,
                organisation=unknown.organisation,
                address=address,
            )
    unknown.refresh_from_db()


def _payload(station: ChargingStation, unknown: UnknownStation, at: datetime) -> dict:
    return {
        "organisation_id": station.site.organisation_id,
        "site_id": station.site_id,
        "at": at.isoformat(),
        "unknown_station_id": unknown.pk,
    }
