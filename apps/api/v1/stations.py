"""Stations: looked at, enrolled, changed and retired."""

import re
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.pagination import ByIdentity
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import StationFilter
from apps.api.v1.inputs import NewStationInput, StationChangeInput
from apps.api.v1.serializers import StationSerializer
from apps.chargers.models import ChargingStation
from apps.chargers.services.stations import change_station, create_station, retire_station
from apps.sites.models import Area, Site

# Any character; a slash is written %2F and arrives so (``chargenet.routing``).
IDENTITY = "[^/]+"
NUL = "\x00"  # PostgreSQL cannot even be asked for it


class StationResource(ReadOnlyResource):
    """Charging stations, by the identity they connect with."""

    queryset = ChargingStation.objects.select_related("site__organisation", "area", "connection")
    serializer_class = StationSerializer
    filterset_class = StationFilter
    pagination_class = ByIdentity
    action_needed = Action.STATION_VIEW
    actions_by_method = {
        "POST": Action.STATION_ADOPT,
        "PATCH": Action.STATION_EDIT,
        "DELETE": Action.STATION_EDIT,
    }
    lookup_field = "identity"
    lookup_value_regex = IDENTITY

    def get_object(self) -> ChargingStation:
        self.kwargs["identity"] = read_identity(self.kwargs["identity"])
        if NUL in self.kwargs["identity"]:
            raise NotFound
        return super().get_object()

    @extend_schema(request=NewStationInput, responses={201: StationSerializer})
    def create(self, request) -> Response:
        """Enrol a station, so that it is let in when it calls."""
        given = self.read(NewStationInput)
        site, identity = given.pop("site"), given.pop("identity")
        fields = _with_area(given, site)
        station = create_station(site=site, identity=identity, at=timezone.now(), **self.who(), **fields)
        return self.show(station, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=StationChangeInput, responses=StationSerializer)
    def partial_update(self, request, identity: str) -> Response:
        """Change what is given; ``site`` moves the station, which then leaves its area."""
        station = self.get_object()
        given = self.read(StationChangeInput, partial=True)
        site, registration = given.pop("site", None), given.pop("registration", None)
        password = given.pop("password", None)
        changes = _with_area(given, site or station.site)
        change_station(
            station=station, site=site, changes=changes, registration=registration, password=password,
            at=timezone.now(), **self.who(),
        )  # fmt: skip
        return self.show(station)

    @extend_schema(responses={204: None})
    def destroy(self, request, identity: str) -> Response:
        """Retire the station for good; its past stays."""
        retire_station(station=self.get_object(), at=timezone.now(), **self.who())
        return Response(status=status.HTTP_204_NO_CONTENT)


def read_identity(segment: str) -> str:
    """The identity that a segment of a URL names."""
    return re.sub("%2f", "/", segment, flags=re.IGNORECASE)


def station_or_404(user, identity: str, action: Action) -> ChargingStation:
    """The station called ``identity`` on which ``user`` may do ``action``."""
    identity = read_identity(identity)
    stations = ChargingStation.objects.visible_to(user, action).select_related("site__organisation")
    station = None if NUL in identity else stations.filter(identity=identity).first()
    if station is None:
        raise NotFound("There is no such station that you may see.")
    return station


def _with_area(given: dict[str, Any], site: Site) -> dict[str, Any]:
    """``given`` with the area's row in place of its name."""
    name = given.get("area")
    if name is None:
        return given
    area = Area.objects.filter(site=site, name=name).first()
    if area is None:
        raise ValidationError({"area": [f"The site has no area called “{name}”."]})
    return {**given, "area": area}
