"""Commands: any OCPP call to a station, and what became of it."""

import time

from django.db import connection
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import CommandFilter
from apps.api.v1.inputs import NewCommandInput
from apps.api.v1.serializers import CommandSerializer
from apps.api.v1.stations import IDENTITY, station_or_404
from apps.chargers.choices import CommandOrigin
from apps.chargers.models import ChargingStation, StationCommand
from apps.chargers.services.commands import enqueue, new_remote_start_number
from apps.core.shutdown import process_ends
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.raw_calls import read_call

FIRST_LOOK_S, LONGEST_PAUSE_S = 0.002, 0.1
DEFAULT_PROTOCOL = "ocpp1.6"


class CommandResource(ReadOnlyResource):
    """Commands sent to stations, newest first."""

    queryset = StationCommand.objects.select_related("station")
    serializer_class = CommandSerializer
    filterset_class = CommandFilter
    action_needed = Action.STATION_VIEW


class StationCommands(Resource):
    """Sends any action of the station's OCPP version."""

    queryset = StationCommand.objects.select_related("station")
    serializer_class = CommandSerializer
    action_needed = Action.STATION_RAW_CALL
    lookup_value_regex = IDENTITY

    @extend_schema(request=NewCommandInput, responses={201: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        """201 with the command; with ``wait``, after the charger answered or the seconds have passed."""
        station = station_or_404(request.user, identity, self.action_needed)
        given = self.read(NewCommandInput)
        action, payload, wait_s = given["action"], given["payload"], given["wait"]
        check_payload(station, action, payload)
        command = enqueue(
            station=station,
            command=read_call(station.protocol or DEFAULT_PROTOCOL, action, payload, number=new_remote_start_number),
            origin=CommandOrigin.API,
            at=timezone.now(),
            **self.who(),
        )
        if wait_s:
            wait_until_settled(command, seconds=wait_s)
        return Response(CommandSerializer(command).data, status=status.HTTP_201_CREATED)


def check_payload(station: ChargingStation, action: str, payload: dict) -> None:
    """Raise 400 that names every field of ``payload`` which the station's version does not allow."""
    adapter = adapter_for(station.protocol or DEFAULT_PROTOCOL)
    problems: dict[str, list[str]] = {}
    for path, words in adapter.validate_request(action, payload):
        problems.setdefault(path if path == "action" else f"payload.{path}".rstrip("."), []).append(words)
    if problems:
        raise ValidationError(problems)


def wait_until_settled(command: StationCommand, *, seconds: float) -> None:
    """Look at the row again and again, ever less often; the connection is given back in between.

    Ends early when the process does: nobody who waits here keeps a server from stopping.
    """
    deadline = time.monotonic() + seconds
    pause = FIRST_LOOK_S
    while not command.is_settled and (left := deadline - time.monotonic()) > 0:
        if pause >= LONGEST_PAUSE_S and not connection.in_atomic_block:
            connection.close()
        if process_ends.wait(min(pause, left)):
            return
        pause = min(pause * 1.3, LONGEST_PAUSE_S)
        command.refresh_from_db()
