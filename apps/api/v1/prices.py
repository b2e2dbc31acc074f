"""Prices in stations: what they hold, whether they are told; sending, reading and clearing."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import FilterSet, filters
from apps.api.v1.inputs import Input
from apps.api.v1.serializers import CommandSerializer
from apps.api.v1.station_calls import StationCommandCall
from apps.api.v1.stations import IDENTITY, station_or_404
from apps.sessions.choices import PriceTelling
from apps.sessions.models import StationPricing, StationTariff
from apps.sessions.services import station_costs


class StationTariffSerializer(serializers.ModelSerializer):
    """``evse_number`` 0 is every EVSE; ``losses`` are what the station was not told of the tariff."""

    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = StationTariff
        fields = (
            "id", "station", "evse_number", "tariff_id", "kind", "tariff_version", "state", "status_word",
            "explanation", "losses", "told_at",
        )  # fmt: skip


class StationTariffFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = StationTariff
        fields = ("station", "evse_number", "state", "kind", "tariff_version")


class StationTariffResource(ReadOnlyResource):
    """Tariffs that stations hold or refused (OCPP 2.1), newest first."""

    queryset = StationTariff.objects.select_related("station")
    serializer_class = StationTariffSerializer
    filterset_class = StationTariffFilter
    action_needed = Action.STATION_VIEW


class PricingSerializer(serializers.ModelSerializer):
    """``refused`` names the messages that the station does not know, with its word."""

    class Meta:
        model = StationPricing
        fields = ("telling", "refused", "tariff_version", "command", "told_at")
        read_only_fields = ("refused", "tariff_version", "command", "told_at")


class TellingInput(Input):
    telling = serializers.ChoiceField(PriceTelling.choices)


class StationPrices(Resource):
    """Whether a station is told prices, and what it was told last."""

    queryset = StationPricing.objects.all()
    serializer_class = PricingSerializer
    action_needed = Action.STATION_VIEW
    actions_by_method = {"PATCH": Action.STATION_EDIT}
    lookup_value_regex = IDENTITY

    @extend_schema(responses={200: PricingSerializer})
    def retrieve(self, request, identity: str) -> Response:
        station = station_or_404(request.user, identity, self.action_needed)
        row = StationPricing.objects.filter(station=station).first() or StationPricing(station=station)
        return Response(PricingSerializer(row).data)

    @extend_schema(request=TellingInput, responses={200: PricingSerializer})
    def partial_update(self, request, identity: str) -> Response:
        station = station_or_404(request.user, identity, Action.STATION_EDIT)
        station_costs.set_telling(station=station, **self.read(TellingInput), **self.who())
        return self.retrieve(request, identity)


class StationPricesPush(StationCommandCall):
    """Sends a station the price in force for everybody (OCPP 2.1 and 1.6)."""

    @extend_schema(request=None, responses={201: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        return self.answer(station_costs.push_price(**self.asked(identity)))


class StationPricesRead(StationCommandCall):
    """Asks a station which tariffs it holds (OCPP 2.1)."""

    @extend_schema(request=None, responses={201: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        return self.answer(station_costs.read_tariffs(**self.asked(identity)))


class StationPricesClear(StationCommandCall):
    """Asks a station to forget its tariffs (OCPP 2.1)."""

    @extend_schema(request=None, responses={201: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        return self.answer(station_costs.clear_tariffs(**self.asked(identity)))
