"""Logs and diagnostics: asked for, followed, fetched."""

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource
from apps.api.v1.filters import FilterSet, InstantFilter, filters, visible_sites
from apps.api.v1.inputs import Input, VisibleField
from apps.chargers.choices import CommandOrigin
from apps.chargers.models import ChargingStation, LogRequest, StationFile
from apps.chargers.services.files.storage import path_of
from apps.chargers.services.logs.requesting import request_log
from apps.chargers.transfer_choices import LogKind
from apps.core.addresses import base_url_for
from apps.core.streaming import file_response


class StationFileSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)

    class Meta:
        model = StationFile
        fields = ("id", "station", "log_request", "name", "size_bytes", "sha256", "received_at", "removed_at")


class LogRequestSerializer(serializers.ModelSerializer):
    """``state`` is the charger's last word, or how it ended; ``files`` what has arrived."""

    station = serializers.SlugRelatedField("identity", read_only=True)
    files = StationFileSerializer(many=True, read_only=True)

    class Meta:
        model = LogRequest
        fields = (
            "id", "station", "kind", "request_id", "oldest_at", "latest_at", "location", "state", "detail",
            "file_name", "created_at", "heard_at", "ended_at", "command", "files",
        )  # fmt: skip


class LogRequestFilter(FilterSet):
    site = filters.ModelChoiceFilter(field_name="station__site", queryset=visible_sites)
    station = filters.CharFilter(field_name="station__identity")
    created_after = InstantFilter(field_name="created_at", lookup_expr="gte")
    created_before = InstantFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = LogRequest
        fields = ("site", "station", "state", "kind")


class NewLogRequestInput(Input):
    """``location`` empty: the station uploads to this server."""

    station = VisibleField(
        queryset=ChargingStation.objects.select_related("site__organisation"), action=Action.STATION_COMMAND
    )
    kind = serializers.ChoiceField(LogKind.choices, default=LogKind.DIAGNOSTICS)
    oldest_at = serializers.DateTimeField(required=False, allow_null=True)
    latest_at = serializers.DateTimeField(required=False, allow_null=True)
    location = serializers.CharField(max_length=512, allow_blank=True, default="")
    as_password = serializers.BooleanField(default=False)
    security_extension = serializers.BooleanField(default=False)
    deadline_s = serializers.IntegerField(min_value=1, max_value=86_400, default=300)


class LogRequestResource(ReadOnlyResource):
    """Requests for logs and diagnostics, newest first."""

    queryset = LogRequest.objects.select_related("station").prefetch_related("files__station")
    queryset = queryset.order_by("-created_at", "-pk")
    serializer_class = LogRequestSerializer
    filterset_class = LogRequestFilter
    action_needed = Action.STATION_VIEW
    actions_by_method = {"POST": Action.STATION_COMMAND}

    @extend_schema(request=NewLogRequestInput, responses={201: LogRequestSerializer})
    def create(self, request) -> Response:
        """Ask a station to upload a log."""
        row = request_log(
            at=timezone.now(), base_url=base_url_for(request), origin=CommandOrigin.API,
            **self.read(NewLogRequestInput), **self.who(),
        )  # fmt: skip
        return self.show(row, status_code=status.HTTP_201_CREATED)


class StationFileResource(ReadOnlyResource):
    """Files that stations uploaded, newest first."""

    queryset = StationFile.objects.select_related("station").order_by("-received_at", "-pk")
    serializer_class = StationFileSerializer
    action_needed = Action.JOURNAL_VIEW

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def content(self, request, pk=None) -> StreamingHttpResponse:
        """The file itself."""
        file = self.get_object()
        path = path_of(file.storage_name)
        if file.removed_at is not None or not path.is_file():
            raise Http404
        return file_response(request._request, path, name=file.name, size_bytes=file.size_bytes)
