"""The read side: sites, stations and their parts, sessions, tokens."""

from rest_framework.exceptions import NotFound

from apps.accounts.policy import Action
from apps.api.pagination import ByIdentity, ByName, ByStart
from apps.api.v1 import filters, serializers
from apps.api.v1.base import ReadOnlyResource
from apps.chargers.models import ChargingStation, Connector, Evse
from apps.drivers.models import IdToken
from apps.sessions.models import ChargingSession
from apps.sites.models import Site

# Identities may hold any character that a URL segment can carry.
IDENTITY = "[^/]+"


class SiteResource(ReadOnlyResource):
    """Places with one grid connection, one time zone and one currency."""

    queryset = Site.objects.select_related("organisation")
    serializer_class = serializers.SiteSerializer
    filterset_class = filters.SiteFilter
    pagination_class = ByName
    action_needed = Action.SITE_VIEW


class StationResource(ReadOnlyResource):
    """Charging stations, by the identity they connect with."""

    queryset = ChargingStation.objects.select_related("area", "connection")
    serializer_class = serializers.StationSerializer
    filterset_class = filters.StationFilter
    pagination_class = ByIdentity
    action_needed = Action.STATION_VIEW
    lookup_field = "identity"
    lookup_value_regex = IDENTITY


class EvseResource(ReadOnlyResource):
    """Places of supply."""

    queryset = Evse.objects.select_related("station")
    serializer_class = serializers.EvseSerializer
    filterset_class = filters.EvseFilter
    action_needed = Action.STATION_VIEW


class ConnectorResource(ReadOnlyResource):
    """Sockets and cables with the status they reported last."""

    queryset = Connector.objects.select_related("evse__station")
    serializer_class = serializers.ConnectorSerializer
    filterset_class = filters.ConnectorFilter
    action_needed = Action.STATION_VIEW


class SessionResource(ReadOnlyResource):
    """Charging sessions, running and past, newest first."""

    queryset = ChargingSession.objects.select_related("station")
    serializer_class = serializers.SessionSerializer
    filterset_class = filters.SessionFilter
    pagination_class = ByStart
    action_needed = Action.SESSION_VIEW


class TokenResource(ReadOnlyResource):
    """Id tokens of drivers."""

    queryset = IdToken.objects.select_related("driver")
    serializer_class = serializers.TokenSerializer
    filterset_class = filters.TokenFilter
    action_needed = Action.DRIVER_VIEW


def station_or_404(user, identity: str, action: Action) -> ChargingStation:
    """The station called ``identity`` on which ``user`` may do ``action``."""
    station = ChargingStation.objects.visible_to(user, action).filter(identity=identity).first()
    if station is None:
        raise NotFound(f"There is no station {identity!r} that you may see.")
    return station
