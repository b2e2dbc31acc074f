"""Firmware: the catalogue, updates of stations, campaigns, publications."""

from django.db.models import Count
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import FilterSet, InstantFilter, filters, visible_sites
from apps.api.v1.inputs import Input, OrganisationField, VisibleField
from apps.chargers.choices import CommandOrigin
from apps.chargers.models import (
    ChargingStation,
    Firmware,
    FirmwareCampaign,
    FirmwarePublication,
    FirmwareUpdate,
)
from apps.chargers.services.campaigns.managing import cancel_campaign, pause_campaign, resume_campaign, start_campaign
from apps.chargers.services.firmware.catalogue import add_firmware, ticket_for_file, withdraw_firmware
from apps.chargers.services.firmware.publishing import publish_firmware, unpublish_firmware
from apps.chargers.services.firmware.updating import update_firmware
from apps.core.addresses import base_url_for

STATIONS = ChargingStation.objects.select_related("site__organisation")


class FirmwareSerializer(serializers.ModelSerializer):
    """``has_file`` is false until the file was uploaded to the address that ``upload`` gives."""

    organisation = serializers.SlugRelatedField("slug", read_only=True)
    has_file = serializers.BooleanField(read_only=True)
    is_signed = serializers.BooleanField(read_only=True)

    class Meta:
        model = Firmware
        fields = (
            "id", "organisation", "vendor", "model", "version", "applies_from", "release_notes", "has_file",
            "file_name", "size_bytes", "sha256", "md5", "is_signed", "signature_verified_at", "created_at",
            "withdrawn_at",
        )  # fmt: skip


class FirmwareFilter(FilterSet):
    class Meta:
        model = Firmware
        fields = ("vendor", "model", "version")


class NewFirmwareInput(Input):
    organisation = OrganisationField(
        action=Action.STATION_EDIT, required=False, help_text="Slug; not needed where you work for one only."
    )
    vendor = serializers.CharField(max_length=80)
    model = serializers.CharField(max_length=80, allow_blank=True, default="")
    version = serializers.CharField(max_length=80)
    applies_from = serializers.CharField(max_length=80, allow_blank=True, default="")
    release_notes = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    signature = serializers.CharField(max_length=1_000, allow_blank=True, default="", help_text="Base64.")
    signing_certificate = serializers.CharField(max_length=6_000, allow_blank=True, default="", help_text="PEM.")


class UploadAddressSerializer(serializers.Serializer):
    """``PUT`` the file there, once, within two hours."""

    upload_url = serializers.CharField()


class FirmwareResource(ReadOnlyResource):
    """The firmware catalogue, newest first. Files come in by an address of their own: see ``upload``."""

    queryset = Firmware.objects.select_related("organisation").order_by("-created_at", "-pk")
    serializer_class = FirmwareSerializer
    filterset_class = FirmwareFilter
    action_needed = Action.STATION_VIEW
    actions_by_method = {"POST": Action.STATION_EDIT, "DELETE": Action.STATION_EDIT}

    @extend_schema(request=NewFirmwareInput, responses={201: FirmwareSerializer})
    def create(self, request) -> Response:
        """Describe a version; its file follows."""
        given = self.read(NewFirmwareInput)
        organisation = self.organisation_for(given.pop("organisation", None))
        row = add_firmware(organisation=organisation, at=timezone.now(), **given, **self.who())
        return self.show(row, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={201: UploadAddressSerializer})
    @action(detail=True, methods=["post"])
    def upload(self, request, pk=None) -> Response:
        """An address for the file, good for one upload."""
        token = ticket_for_file(firmware=self.get_object(), at=timezone.now())
        return Response({"upload_url": f"{base_url_for(request)}/files/in/{token}/"}, status.HTTP_201_CREATED)

    def destroy(self, request, pk=None) -> Response:
        """Withdraw it: it is offered no longer, and stays in the records."""
        withdraw_firmware(firmware=self.get_object(), at=timezone.now(), **self.who())
        return Response(status=status.HTTP_204_NO_CONTENT)


class UpdateSerializer(serializers.ModelSerializer):
    """``state`` is the charger's last word, or how it ended; ``progress`` everything heard of it, oldest first."""

    station = serializers.SlugRelatedField("identity", read_only=True)
    progress = serializers.SerializerMethodField()

    class Meta:
        model = FirmwareUpdate
        fields = (
            "id", "station", "firmware", "version", "version_before", "location", "is_signed", "request_id", "state",
            "detail", "retrieve_at", "install_at", "created_at", "heard_at", "ended_at", "confirmed_at", "command",
            "progress",
        )  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_progress(self, row) -> list[dict]:
        return [{"at": note.at, "word": note.word, "detail": note.detail} for note in row.progress.all()]


class UpdateFilter(FilterSet):
    site = filters.ModelChoiceFilter(field_name="station__site", queryset=visible_sites)
    station = filters.CharFilter(field_name="station__identity")
    created_after = InstantFilter(field_name="created_at", lookup_expr="gte")
    created_before = InstantFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = FirmwareUpdate
        fields = ("site", "station", "state", "firmware")


class NewUpdateInput(Input):
    """Either ``firmware`` of the catalogue or ``location`` elsewhere."""

    station = VisibleField(queryset=STATIONS, action=Action.STATION_EDIT)
    firmware = VisibleField(
        queryset=Firmware.objects.all(), action=Action.STATION_VIEW, required=False, allow_null=True
    )
    location = serializers.CharField(max_length=512, allow_blank=True, default="")
    retrieve_at = serializers.DateTimeField(required=False, allow_null=True)
    install_at = serializers.DateTimeField(required=False, allow_null=True)
    retries = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)
    retry_interval_s = serializers.IntegerField(min_value=0, max_value=86_400, required=False, allow_null=True)
    signed = serializers.BooleanField(required=False, allow_null=True)
    replace = serializers.BooleanField(default=False)
    deadline_s = serializers.IntegerField(min_value=1, max_value=86_400, default=300)


class UpdateResource(ReadOnlyResource):
    """Firmware updates of stations, newest first."""

    queryset = (
        FirmwareUpdate.objects.select_related("station").prefetch_related("progress").order_by("-created_at", "-pk")
    )
    serializer_class = UpdateSerializer
    filterset_class = UpdateFilter
    action_needed = Action.STATION_VIEW
    actions_by_method = {"POST": Action.STATION_EDIT}

    @extend_schema(request=NewUpdateInput, responses={201: UpdateSerializer})
    def create(self, request) -> Response:
        """Ask a station to fetch and install a firmware."""
        row = update_firmware(
            at=timezone.now(), base_url=base_url_for(request), origin=CommandOrigin.API, **self.read(NewUpdateInput),
            **self.who(),
        )  # fmt: skip
        return self.show(row, status_code=status.HTTP_201_CREATED)


class PublicationSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = FirmwarePublication
        fields = (
            "id", "station", "firmware", "location", "request_id", "checksum", "state", "detail", "locations",
            "created_at", "heard_at", "command",
        )  # fmt: skip


class NewPublicationInput(Input):
    station = VisibleField(queryset=STATIONS, action=Action.STATION_EDIT)
    firmware = VisibleField(queryset=Firmware.objects.all(), action=Action.STATION_VIEW)


class PublicationResource(ReadOnlyResource):
    """Firmware that local controllers offer to the stations behind them (OCPP 2.x)."""

    queryset = FirmwarePublication.objects.select_related("station__site__organisation").order_by("-created_at", "-pk")
    serializer_class = PublicationSerializer
    action_needed = Action.STATION_VIEW
    actions_by_method = {"POST": Action.STATION_EDIT, "DELETE": Action.STATION_EDIT}

    @extend_schema(request=NewPublicationInput, responses={201: PublicationSerializer})
    def create(self, request) -> Response:
        """Let a local controller fetch a firmware and offer it."""
        row = publish_firmware(
            at=timezone.now(), base_url=base_url_for(request), origin=CommandOrigin.API,
            **self.read(NewPublicationInput), **self.who(),
        )  # fmt: skip
        return self.show(row, status_code=status.HTTP_201_CREATED)

    @extend_schema(responses={202: PublicationSerializer})
    def destroy(self, request, pk=None) -> Response:
        """Ask the controller to offer it no longer; ``state`` says when it has agreed."""
        row = self.get_object()
        unpublish_firmware(publication=row, at=timezone.now(), origin=CommandOrigin.API, **self.who())
        return self.show(row, status_code=status.HTTP_202_ACCEPTED)


class CampaignSerializer(serializers.ModelSerializer):
    """``stations`` counts the campaign's stations by state."""

    organisation = serializers.SlugRelatedField("slug", read_only=True)
    stations = serializers.SerializerMethodField()

    class Meta:
        model = FirmwareCampaign
        fields = (
            "id", "organisation", "firmware", "name", "state", "explanation", "wave_count", "open_wave", "pause_s",
            "halt_after_failures", "starts_at", "ends_at", "window_from", "window_to", "created_at", "ended_at",
            "stations",
        )  # fmt: skip

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_stations(self, row) -> dict[str, int]:
        return dict(row.members.values_list("state").annotate(count=Count("pk")).order_by("state"))


class NewCampaignInput(Input):
    """``waves`` as in the portal: ``1, 10 %`` is one station, then a tenth, then all the others."""

    firmware = VisibleField(queryset=Firmware.objects.select_related("organisation"), action=Action.STATION_EDIT)
    stations = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=50_000)
    name = serializers.CharField(max_length=80)
    waves = serializers.CharField(max_length=120, allow_blank=True, default="")
    pause_s = serializers.IntegerField(min_value=0, max_value=604_800, default=3600)
    halt_after_failures = serializers.IntegerField(min_value=1, max_value=10_000, default=1)
    starts_at = serializers.DateTimeField(required=False, allow_null=True)
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    window_from = serializers.TimeField(required=False, allow_null=True)
    window_to = serializers.TimeField(required=False, allow_null=True)


class CampaignResource(ReadOnlyResource):
    """Firmware campaigns, newest first."""

    queryset = FirmwareCampaign.objects.select_related("organisation", "firmware").order_by("-created_at", "-pk")
    serializer_class = CampaignSerializer
    action_needed = Action.STATION_VIEW
    actions_by_method = {"POST": Action.STATION_EDIT}

    @extend_schema(request=NewCampaignInput, responses={201: CampaignSerializer})
    def create(self, request) -> Response:
        """Bring a firmware to many stations, in waves."""
        given = self.read(NewCampaignInput)
        wanted = set(given.pop("stations"))
        stations = list(STATIONS.visible_to(request.user, Action.STATION_EDIT).in_use().filter(pk__in=wanted))
        if len(stations) != len(wanted):
            raise serializers.ValidationError({"stations": ["Some of these stations do not exist."]})
        row = start_campaign(
            stations=stations, at=timezone.now(), base_url=base_url_for(request), **given, **self.who()
        )
        return self.show(row, status_code=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request, pk=None) -> Response:
        """Begin no further updates."""
        return self._change(pause_campaign)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request, pk=None) -> Response:
        """Go on; failures so far are forgiven."""
        return self._change(resume_campaign)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None) -> Response:
        """End it for good."""
        return self._change(cancel_campaign)

    def _change(self, service) -> Response:
        row = self.get_object()
        service(campaign=row, at=timezone.now(), **self.who())
        return self.show(row)
