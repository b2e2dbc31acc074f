"""Messages on the displays of stations (OCPP 2.x)."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import FilterSet, filters
from apps.api.v1.inputs import Input
from apps.api.v1.serializers import CommandSerializer
from apps.api.v1.stations import station_or_404
from apps.chargers.choices import CommandOrigin
from apps.chargers.models import ChargingStation, DisplayMessage, StationCommand
from apps.chargers.services.display import clear_message, read_messages, set_message


class DisplayMessageSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = DisplayMessage
        fields = (
            "id", "station", "number", "content", "format", "language", "extra", "priority", "shown_in", "starts_at",
            "ends_at", "transaction_id", "state", "status_word", "explanation", "asked_at", "told_at", "ended_at",
            "command",
        )  # fmt: skip


class DisplayMessageFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = DisplayMessage
        fields = ("station", "state", "number", "priority", "shown_in")


class NewDisplayMessageInput(Input):
    """``number`` replaces the message of that id; without it, a new one is made. The station has the last word."""

    station = serializers.SlugRelatedField("identity", queryset=ChargingStation.objects.none())
    content = serializers.CharField(max_length=1024)
    format = serializers.ChoiceField(["UTF8", "ASCII", "HTML", "URI", "QRCODE"], default="UTF8")
    priority = serializers.ChoiceField(["NormalCycle", "InFront", "AlwaysFront"], default="NormalCycle")
    shown_in = serializers.CharField(max_length=20, default="", allow_blank=True)
    language = serializers.CharField(max_length=8, default="", allow_blank=True)
    starts_at = serializers.DateTimeField(default=None, allow_null=True)
    ends_at = serializers.DateTimeField(default=None, allow_null=True)
    transaction_id = serializers.CharField(max_length=36, default="", allow_blank=True)
    number = serializers.IntegerField(min_value=1, max_value=2**31 - 1, default=None, allow_null=True)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            stations = ChargingStation.objects.visible_to(request.user, Action.STATION_COMMAND)
            self.fields["station"].queryset = stations.select_related("site__organisation")


class DisplayMessageResource(ReadOnlyResource):
    """Messages on displays, newest first."""

    queryset = DisplayMessage.objects.select_related("station")
    serializer_class = DisplayMessageSerializer
    filterset_class = DisplayMessageFilter
    action_needed = Action.STATION_VIEW
    actions_by_method = {"POST": Action.STATION_COMMAND}

    @extend_schema(request=NewDisplayMessageInput, responses={201: DisplayMessageSerializer})
    def create(self, request) -> Response:
        """Ask a station to show a message; the row tells what became of it."""
        given = self.read(NewDisplayMessageInput)
        message = set_message(origin=CommandOrigin.API, at=timezone.now(), **given, **self.who())
        return self.show(message, status_code=status.HTTP_201_CREATED)


class DisplayMessageClear(Resource):
    """Clears a message."""

    queryset = DisplayMessage.objects.select_related("station__site__organisation")
    serializer_class = CommandSerializer
    action_needed = Action.STATION_COMMAND

    @extend_schema(request=None, responses={202: CommandSerializer})
    def create(self, request, pk: int) -> Response:
        """Ask the station to show it no more."""
        command = clear_message(message=self.get_object(), origin=CommandOrigin.API, at=timezone.now(), **self.who())
        return Response(CommandSerializer(command).data, status=status.HTTP_202_ACCEPTED)


class DisplayReadBack(Resource):
    """Asks what a display shows."""

    queryset = StationCommand.objects.select_related("station")
    serializer_class = CommandSerializer
    action_needed = Action.STATION_COMMAND

    @extend_schema(request=None, responses={202: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        """Ask for every message; they appear in the list as the station tells them."""
        station = station_or_404(request.user, identity, self.action_needed)
        command = read_messages(station=station, origin=CommandOrigin.API, at=timezone.now(), **self.who())
        return Response(CommandSerializer(command).data, status=status.HTTP_202_ACCEPTED)
