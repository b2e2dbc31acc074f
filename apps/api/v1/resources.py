"""What is only looked at: parts of stations, and sessions."""

from apps.accounts.policy import Action
from apps.api.pagination import ByStart
from apps.api.v1 import filters, serializers
from apps.api.v1.base import ReadOnlyResource
from apps.chargers.models import Connector, Evse
from apps.sessions.models import ChargingSession
from apps.sites.models import Site


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

    def get_serializer_context(self):
        sites = Site.objects.visible_to(self.request.user, Action.DRIVER_VIEW).values_list("pk", flat=True)
        return {**super().get_serializer_context(), "sites_with_drivers": frozenset(sites)}
