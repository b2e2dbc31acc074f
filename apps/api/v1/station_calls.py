"""What is asked of one station by its identity: the bases of those resources."""

from typing import Any

from django.utils import timezone
from rest_framework import status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import Resource
from apps.api.v1.serializers import CommandSerializer
from apps.api.v1.stations import IDENTITY, station_or_404
from apps.chargers.choices import CommandOrigin
from apps.chargers.models import StationCommand


class StationCall(Resource):
    """Base: declare ``queryset`` and ``serializer_class`` of what the answer shows."""

    action_needed = Action.STATION_COMMAND
    lookup_value_regex = IDENTITY

    def asked(self, identity: str) -> dict[str, Any]:
        """What every service takes: the station, and who asks, how and when."""
        station = station_or_404(self.request.user, identity, self.action_needed)
        return {"station": station, "origin": CommandOrigin.API, "at": timezone.now(), **self.who()}


class StationCommandCall(StationCall):
    """Base of what is answered with the command that was made."""

    queryset = StationCommand.objects.select_related("station")
    serializer_class = CommandSerializer

    def answer(self, row: StationCommand) -> Response:
        return Response(CommandSerializer(row).data, status=status.HTTP_201_CREATED)
