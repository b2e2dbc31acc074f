"""Places where somebody could charge at this moment, and that a station could keep for him."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from apps.chargers.choices import ConnectorState
from apps.chargers.messages.tokens import IdToken as Presented
from apps.chargers.models import Connector, DeviceVariable, Evse
from apps.drivers.models import IdToken
from apps.drivers.services.authorisation import AuthorisationRequest, authorise_tokens
from apps.sessions.models import ChargingSession, Reservation

MOST = 200
"""EVSEs that are looked at: those of the driver's home site first."""
# Stations that say of themselves that they keep no place.
_NOT_ABLE = Q(component__iexact="ReservationCtrlr", variable__in=("Available", "Enabled"), variable_instance="")
_PROFILES = Q(component="ConfigurationKey", variable="SupportedFeatureProfiles")
_KEEPS_NONE = (_NOT_ABLE & Q(value__iexact="false")) | (_PROFILES & ~Q(value__icontains="Reservation"))


@dataclass(frozen=True, slots=True)
class FreePlace:
    """An EVSE with a free connector."""

    evse: Evse
    connectors: tuple[Connector, ...]

    @property
    def kinds(self) -> str:
        """The types of its free connectors, in words; empty where they are not known."""
        names = [str(one.get_type_display()) for one in self.connectors if one.type]
        return ", ".join(dict.fromkeys(names))


def free_places(card: IdToken, *, at: datetime, evse_id: int | None = None) -> list[FreePlace]:
    """The EVSEs of its organisation at which ``card`` would be accepted now, those of the home site first.

    Free: the station is online and says so of a connector, no session runs, nobody has it reserved. ``evse_id``: only
    this one. ``card.driver`` must be loaded.
    """
    evses = _free(card, at)
    if evse_id is not None:
        evses = evses.filter(pk=evse_id)
    found = list(evses[:MOST])
    presented = Presented(card.value, card.type)
    verdicts = authorise_tokens(
        [
            AuthorisationRequest(
                organisation_id=card.organisation_id,
                site_id=evse.station.site_id,
                station_id=evse.station_id,
                id_token=presented,
                at=at,
                site_time_zone=evse.station.site.time_zone,
                area_id=evse.station.area_id,
                evse_number=evse.number,
                is_start=True,
            )
            for evse in found
        ]
    )
    return [
        FreePlace(evse, tuple(evse.free_connectors))
        for evse, verdict in zip(found, verdicts, strict=True)
        if verdict.is_accepted
    ]


def _free(card: IdToken, at: datetime) -> QuerySet[Evse]:
    here = {"station": OuterRef("station"), "evse_number__in": (OuterRef("number"), 0)}
    connectors = Connector.objects.filter(evse=OuterRef("pk"))
    resting = (ConnectorState.AVAILABLE, ConnectorState.UNKNOWN)
    says_no = DeviceVariable.objects.filter(_KEEPS_NONE, station=OuterRef("station"), attribute="Actual")
    running = ChargingSession.objects.open().filter(station=OuterRef("station"), evse_number=OuterRef("number"))
    rows = Evse.objects.filter(
        Exists(connectors.filter(status=ConnectorState.AVAILABLE)),
        ~Exists(connectors.exclude(status__in=resting)),
        ~Exists(running),
        ~Exists(Reservation.objects.live().filter(**here, expires_at__gt=at)),
        ~Exists(says_no),
        station__site__organisation=card.organisation_id,
        station__retired_at=None,
        station__registration="Accepted",
        station__connection__is_online=True,
        wanted_operative=True,
    )
    first = Case(When(station__site=card.driver.home_site_id, then=Value(0)), default=Value(1))
    free = Connector.objects.filter(status=ConnectorState.AVAILABLE).order_by("number")
    return (
        rows.select_related("station__site")
        .prefetch_related(Prefetch("connectors", free, to_attr="free_connectors"))
        .order_by(first, "station__site__name", "station__site", "station__identity", "number")
    )
