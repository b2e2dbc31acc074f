"""Local lists of stations, what stations know of customers, and how a card would be judged."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.pagination import Pages
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import CustomerInformationFilter, LocalListFilter
from apps.api.v1.inputs import TOKEN_TYPES, Input
from apps.api.v1.serializers import CommandSerializer
from apps.api.v1.stations import station_or_404
from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.tokens import IdToken, IdTokenType
from apps.drivers.models import CustomerInformation, LocalList, LocalListEntry
from apps.drivers.services.authorisation import AuthorisationRequest, authorise_tokens
from apps.drivers.services.customer_information import ask_customer_information
from apps.drivers.services.local_lists.by_hand import clear_list, read_version, send_full
from apps.drivers.services.local_lists.keeping import set_keep, with_switch

LIST_ACTIONS = {"send": send_full, "read": read_version, "clear": clear_list}


class LocalListSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = LocalList
        fields = (
            "station", "keep", "state", "version", "sending_version", "held_count", "wanted_count", "left_out_count",
            "digest", "changed_at", "read_at", "problem",
        )  # fmt: skip


class StationLocalListSerializer(LocalListSerializer):
    is_kept = serializers.SerializerMethodField()

    class Meta(LocalListSerializer.Meta):
        fields = (*LocalListSerializer.Meta.fields, "is_kept")

    def get_is_kept(self, row) -> bool:
        """Whether it follows the cards: by its own switch, its site's, or the station's word."""
        return with_switch().filter(pk=row.station_id, is_kept=True).exists()


class LocalListEntrySerializer(serializers.ModelSerializer):
    is_in_step = serializers.SerializerMethodField()

    class Meta:
        model = LocalListEntry
        fields = ("id", "value", "type", "status", "is_in_step", "is_forgotten")

    def get_is_in_step(self, entry) -> bool:
        """Whether the station holds what it should."""
        return entry.wanted == entry.held


class CustomerInformationSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = CustomerInformation
        fields = (
            "id", "station", "request_id", "report", "clear", "id_token", "id_token_type", "customer_identifier",
            "certificate_hash", "state", "status_word", "text", "requested_at", "completed_at",
        )  # fmt: skip


class KeepInput(Input):
    """``keep``: true or false, or null for what the site says."""

    keep = serializers.BooleanField(allow_null=True)


class ListActionInput(Input):
    action = serializers.ChoiceField(list(LIST_ACTIONS), help_text="Send the whole list, read its version, clear it.")


class CertificateHashInput(Input):
    hashAlgorithm = serializers.ChoiceField(["SHA256", "SHA384", "SHA512"])
    issuerNameHash = serializers.CharField(max_length=128)
    issuerKeyHash = serializers.CharField(max_length=128)
    serialNumber = serializers.CharField(max_length=40)


class QuestionInput(Input):
    """Exactly one of ``id_token``, ``customer_identifier`` and ``certificate_hash`` names the customer."""

    report = serializers.BooleanField(default=False)
    clear = serializers.BooleanField(default=False)
    id_token = serializers.CharField(max_length=255, required=False, help_text="In 2.0.1 up to 36 characters.")
    id_token_type = serializers.ChoiceField(TOKEN_TYPES, default=IdTokenType.ISO14443.value)
    customer_identifier = serializers.CharField(max_length=64, required=False)
    certificate_hash = CertificateHashInput(required=False)


class JudgeInput(Input):
    """``evse`` where a session is to start there."""

    station = serializers.CharField(max_length=48)
    value = serializers.CharField(max_length=255)
    type = serializers.CharField(max_length=20, default=IdTokenType.ISO14443.value)
    evse = serializers.IntegerField(min_value=1, required=False)


class JudgementSerializer(serializers.Serializer):
    """What a station would be told of the card now. ``token`` and ``driver`` are null for one that nobody knows."""

    status = serializers.CharField()
    token = serializers.IntegerField(allow_null=True)
    driver = serializers.IntegerField(allow_null=True)
    group_id = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    evse_ids = serializers.ListField(child=serializers.IntegerField())
    charging_priority = serializers.IntegerField()
    free_of_charge = serializers.BooleanField()


class LocalListResource(ListModelMixin, Resource):
    """Where the local lists of stations stand."""

    queryset = LocalList.objects.select_related("station")
    serializer_class = LocalListSerializer
    filterset_class = LocalListFilter
    action_needed = Action.STATION_VIEW


class StationLocalList(Resource):
    """The local list of one station."""

    queryset = LocalList.objects.select_related("station__site__organisation")
    serializer_class = StationLocalListSerializer
    action_needed = Action.STATION_VIEW
    actions_by_method = {"PATCH": Action.STATION_EDIT, "POST": Action.STATION_COMMAND}

    @extend_schema(responses=StationLocalListSerializer)
    def retrieve(self, request, identity: str) -> Response:
        """Its state, its version, how many cards it holds."""
        station = station_or_404(request.user, identity, self.action_for("GET"))
        row = self.queryset.filter(station=station).first()
        return Response(self.get_serializer(row or LocalList(station=station)).data)

    @extend_schema(request=KeepInput, responses=StationLocalListSerializer)
    def partial_update(self, request, identity: str) -> Response:
        """Keep it in step with cards and rules, leave it alone, or do as the site says."""
        station = station_or_404(request.user, identity, self.action_for("PATCH"))
        row = set_keep(station=station, keep=self.read(KeepInput)["keep"], actor=request.user, at=timezone.now())
        return Response(self.get_serializer(self.queryset.get(pk=row.pk)).data)

    @extend_schema(request=ListActionInput, responses={201: CommandSerializer})
    def create(self, request, identity: str) -> Response:
        """Send the whole list now, read the version, or clear it; 201 with the command."""
        station = station_or_404(request.user, identity, Action.STATION_COMMAND)
        given = self.read(ListActionInput)
        if given["action"] == "clear":
            station = station_or_404(request.user, identity, Action.STATION_EDIT)
        command = LIST_ACTIONS[given["action"]](
            station=station, origin=CommandOrigin.API, at=timezone.now(), **self.who()
        )
        return Response(CommandSerializer(command).data, status=status.HTTP_201_CREATED)


class StationListEntries(ListModelMixin, Resource):
    """The cards of one station's list."""

    queryset = LocalListEntry.objects.all()
    serializer_class = LocalListEntrySerializer
    pagination_class = Pages
    action_needed = Action.DRIVER_VIEW

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        station = station_or_404(self.request.user, self.kwargs["identity"], self.action_needed)
        return super().get_queryset().filter(local_list__station=station.pk)


class CustomerInformationResource(ReadOnlyResource):
    """Questions about customers with what stations told; removed after a month."""

    queryset = CustomerInformation.objects.select_related("station")
    serializer_class = CustomerInformationSerializer
    filterset_class = CustomerInformationFilter
    action_needed = Action.DRIVER_EDIT


class StationCustomers(Resource):
    """Asks one station about a customer."""

    queryset = CustomerInformation.objects.select_related("station")
    serializer_class = CustomerInformationSerializer
    action_needed = Action.DRIVER_EDIT

    @extend_schema(request=QuestionInput, responses={201: CustomerInformationSerializer})
    def create(self, request, identity: str) -> Response:
        """Have the station tell, forget, or both; the answer comes into ``text`` and ``state`` of the resource."""
        station = station_or_404(request.user, identity, self.action_needed)
        given = self.read(QuestionInput)
        row = ask_customer_information(
            station=station, origin=CommandOrigin.API, at=timezone.now(), **given, **self.who()
        )
        return self.show(row, status_code=status.HTTP_201_CREATED)


class JudgeToken(Resource):
    """How a card would be judged at a station now: type, status, expiry, group, limits and rules taken together."""

    queryset = CustomerInformation.objects.none()
    serializer_class = JudgementSerializer
    action_needed = Action.DRIVER_VIEW

    @extend_schema(request=JudgeInput, responses=JudgementSerializer)
    def create(self, request) -> Response:
        """The station's answer to Authorize, or with ``evse`` to a start there; nothing is stored."""
        given = self.read(JudgeInput)
        try:
            station = station_or_404(request.user, given["station"], self.action_needed)
        except Http404 as error:
            raise ValidationError({"station": [str(error)]}) from error
        question = AuthorisationRequest(
            organisation_id=station.site.organisation_id,
            site_id=station.site_id,
            station_id=station.pk,
            id_token=IdToken(given["value"], given["type"]),
            at=timezone.now(),
            site_time_zone=station.site.time_zone,
            area_id=station.area_id,
            evse_number=given.get("evse"),
            is_start="evse" in given,
        )
        (found,) = authorise_tokens([question])
        info = found.info
        return Response(
            {
                "status": info.status.value,
                "token": found.id_token_pk,
                "driver": found.driver_pk,
                "group_id": info.group_id,
                "expires_at": info.expires_at,
                "evse_ids": list(info.evse_ids),
                "charging_priority": info.charging_priority,
                "free_of_charge": found.free_of_charge,
            }
        )
