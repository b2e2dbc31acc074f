"""Bulk operations: one thing asked of many stations."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from apps.accounts.policy import Action
from apps.api.v1.base import ReadOnlyResource, Resource
from apps.api.v1.filters import FilterSet, filters
from apps.api.v1.inputs import Input
from apps.chargers.choices import BulkKind, CommandOrigin
from apps.chargers.models import BulkItem, BulkOperation, ChargingStation
from apps.chargers.models.bulk import needed_action
from apps.chargers.services.bulk import begin_bulk, cancel_bulk, retry_bulk
from apps.chargers.services.bulk.beginning import MAX_STATIONS
from apps.gateway.protocol.written_calls import problems_of_versions


class BulkSerializer(serializers.ModelSerializer):
    class Meta:
        model = BulkOperation
        fields = (
            "id", "kind", "arguments", "state", "skips_offline", "origin", "created_at", "deadline_at", "finished_at",
        )  # fmt: skip


class BulkItemSerializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)
    status_word = serializers.CharField(source="command.status_word", default="", read_only=True)
    words = serializers.CharField(read_only=True)

    class Meta:
        model = BulkItem
        fields = ("id", "operation", "station", "state", "command", "status_word", "words", "attempts")


class NewBulkInput(Input):
    """``arguments`` as of the command: ``{"type": "OnIdle"}`` for reset, ``{"operative": false}`` for availability,
    ``{"message": …}``, ``{"component": …, "variable": …, "value": …}``, ``{"evse_id": 1}``, ``{"action": …,
    "payload": {…}}``."""

    kind = serializers.ChoiceField(BulkKind.choices)
    arguments = serializers.DictField(default=dict)
    stations = serializers.ListField(child=serializers.CharField(max_length=48), min_length=1, max_length=MAX_STATIONS)
    skips_offline = serializers.BooleanField(default=False)
    wait_s = serializers.IntegerField(min_value=1, max_value=86_400, default=600)


class BulkFilter(FilterSet):
    class Meta:
        model = BulkOperation
        fields = ("state", "kind")


class BulkItemFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = BulkItem
        fields = ("operation", "state", "station")


class BulkResource(ReadOnlyResource):
    """Bulk operations, newest first."""

    queryset = BulkOperation.objects.all()
    serializer_class = BulkSerializer
    filterset_class = BulkFilter
    action_needed = Action.STATION_VIEW
    actions_by_method = {"POST": Action.STATION_COMMAND}

    @extend_schema(request=NewBulkInput, responses={201: BulkSerializer})
    def create(self, request) -> Response:
        """Ask it of those stations on which the caller may do it; the items tell which, and what became of each."""
        given = self.read(NewBulkInput)
        wanted = ChargingStation.objects.in_use().visible_to(request.user, needed_action(given["kind"]))
        stations = dict(wanted.filter(identity__in=given.pop("stations")).values_list("pk", "protocol"))
        if given["kind"] == BulkKind.RAW_CALL:
            check_raw_call(given["arguments"], stations.values())
        operation = begin_bulk(station_ids=stations, origin=CommandOrigin.API, at=timezone.now(), **given, **self.who())
        return self.show(operation, status_code=status.HTTP_201_CREATED)


def check_raw_call(arguments: dict[str, Any], versions: Iterable[str]) -> None:
    """Raise 400 that names every field which one of ``versions`` does not allow."""
    action, payload = arguments.get("action"), arguments.get("payload")
    if not isinstance(action, str) or not isinstance(payload, dict):
        raise ValidationError({"arguments": ["A raw call has an action and a payload, which is an object."]})
    problems = problems_of_versions(action, payload, versions)
    if problems:
        named = {path if path == "action" else f"payload.{path}".rstrip("."): words for path, words in problems.items()}
        raise ValidationError({f"arguments.{path}": words for path, words in named.items()})


class BulkItemResource(ListModelMixin, Resource):
    """Stations of bulk operations, with what became of each."""

    queryset = BulkItem.objects.select_related("station", "command")
    serializer_class = BulkItemSerializer
    filterset_class = BulkItemFilter
    action_needed = Action.STATION_VIEW


class _Change(Resource):
    queryset = BulkOperation.objects.select_related("organisation")
    serializer_class = BulkSerializer
    action_needed = Action.STATION_COMMAND


class BulkCancel(_Change):
    """Leaves out the stations that were not asked yet."""

    @extend_schema(request=None, responses={200: BulkSerializer})
    def create(self, request, pk: int) -> Response:
        """What was sent runs on."""
        operation = self.get_object()
        cancel_bulk(operation=operation, at=timezone.now(), **self.who())
        return self.show(operation)


class BulkRetry(_Change):
    """Asks again the stations that refused, failed or were left out."""

    @extend_schema(request=None, responses={200: BulkSerializer})
    def create(self, request, pk: int) -> Response:
        """Those that did it are not asked again."""
        operation = self.get_object()
        retry_bulk(operation=operation, at=timezone.now(), **self.who())
        return self.show(operation)
