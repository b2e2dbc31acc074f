"""Reservations: places that stations keep for a card."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import FilterSet, InstantFilter, filters, visible_sites
from apps.api.v1.inputs import Input, VisibleField
from apps.api.v1.serializers import CommandSerializer
from apps.chargers.choices import CommandOrigin
from apps.chargers.models import ChargingStation
from apps.drivers.models import IdToken
from apps.sessions.models import Reservation
from apps.sessions.services.reservations import cancel_reservation, reserve
from apps.sites.models import Site


class ReservationSerializer(serializers.ModelSerializer):
    """``token_value`` is empty and ``driver`` null where the caller may not look at drivers."""

    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = Reservation
        fields = (
            "id", "station", "number", "evse_number", "connector_type", "token_value", "driver", "state",
            "status_word", "explanation", "asked_at", "held_at", "expires_at", "ended_at", "command", "session",
        )  # fmt: skip

    def to_representation(self, reservation):
        shown = super().to_representation(reservation)
        if reservation.station.site_id not in self.context["sites_with_drivers"]:
            shown.update(token_value="", driver=None)
        return shown


class ReservationFilter(FilterSet):
    site = filters.ModelChoiceFilter(field_name="station__site", queryset=visible_sites)
    station = filters.CharFilter(field_name="station__identity")
    asked_after = InstantFilter(field_name="asked_at", lookup_expr="gte")
    asked_before = InstantFilter(field_name="asked_at", lookup_expr="lt")

    class Meta:
        model = Reservation
        fields = ("site", "station", "state", "number")


class NewReservationInput(Input):
    """``evse`` 0 is any place of the station; ``token`` is the key of a card; ``expires_at`` within 24 hours."""

    station = serializers.SlugRelatedField("identity", queryset=ChargingStation.objects.none())
    token = VisibleField(action=Action.DRIVER_VIEW, queryset=IdToken.objects.select_related("driver"))
    evse = serializers.IntegerField(min_value=0, max_value=10_000, default=0)
    connector_type = serializers.CharField(max_length=20, default="", allow_blank=True)
    expires_at = serializers.DateTimeField()

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            stations = ChargingStation.objects.visible_to(request.user, Action.RESERVATION_EDIT)
            self.fields["station"].queryset = stations.select_related("site__organisation")


class ReservationResource(ReadOnlyResource):
    """Reservations, newest first."""

    queryset = Reservation.objects.select_related("station__site__organisation")
    serializer_class = ReservationSerializer
    filterset_class = ReservationFilter
    action_needed = Action.RESERVATION_VIEW
    actions_by_method = {"POST": Action.RESERVATION_EDIT}

    def get_serializer_context(self):
        sites = Site.objects.visible_to(self.request.user, Action.DRIVER_VIEW).values_list("pk", flat=True)
        return {**super().get_serializer_context(), "sites_with_drivers": frozenset(sites)}

    @extend_schema(request=NewReservationInput, responses={201: ReservationSerializer})
    def create(self, request) -> Response:
        """Ask a station to keep a place; the row tells what became of it."""
        given = self.read(NewReservationInput)
        reservation = reserve(
            station=given["station"], card=given["token"], expires_at=given["expires_at"],
            evse_number=given["evse"], connector_type=given["connector_type"], origin=CommandOrigin.API,
            at=timezone.now(), **self.who(),
        )  # fmt: skip
        return self.show(reservation, status_code=status.HTTP_201_CREATED)


class ReservationCancel(Resource):
    """Gives a place free."""

    queryset = Reservation.objects.select_related("station__site__organisation")
    serializer_class = CommandSerializer
    action_needed = Action.RESERVATION_EDIT

    @extend_schema(request=None, responses={202: CommandSerializer})
    def create(self, request, pk: int) -> Response:
        """Ask the station to give the place free; it is cancelled when the station agrees."""
        command = cancel_reservation(
            reservation=self.get_object(), origin=CommandOrigin.API, at=timezone.now(), **self.who()
        )
        return Response(CommandSerializer(command).data, status=status.HTTP_202_ACCEPTED)
