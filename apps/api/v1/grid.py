"""What only stations of 2.1 tell: streams of values, grid controls and alarms, batteries, payments. Newest first."""

import django_filters as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin

from apps.accounts.policy import Action
from apps.api.pagination import Pages
from apps.api.v1.base import Resource
from apps.api.v1.filters import FilterSet, InstantFilter
from apps.api.v1.telemetry import PerStation, read_instant, read_number
from apps.chargers.models import (
    BatterySwap,
    DerControl,
    DerEvent,
    PeriodicEventStream,
    PeriodicEventValue,
    Settlement,
    WebPayment,
)
from apps.core.ids import first_id_at

_STATION = OpenApiParameter("station", str, required=True, description="Identity of the station.")
_STREAM = OpenApiParameter("stream", int, description="Only this stream.")


class _Serializer(serializers.ModelSerializer):
    station = serializers.SlugRelatedField("identity", read_only=True)


class _Filter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")


class _List(ListModelMixin, Resource):
    """A list of rows that have no page of their own."""

    action_needed = Action.STATION_VIEW


class EventStreamSerializer(_Serializer):
    class Meta:
        model = PeriodicEventStream
        fields = (
            "id", "station", "stream_id", "variable_monitoring_id", "interval_s", "values_per_message", "is_open",
            "opened_at", "closed_at", "last_value", "last_value_at", "pending",
        )  # fmt: skip


class EventStreamFilter(_Filter):
    class Meta:
        model = PeriodicEventStream
        fields = ("station", "stream_id", "is_open")


class EventStreamResource(_List):
    """Periodic event streams, open and closed."""

    queryset = PeriodicEventStream.objects.select_related("station")
    serializer_class = EventStreamSerializer
    filterset_class = EventStreamFilter


class EventValueSerializer(serializers.ModelSerializer):
    class Meta:
        model = PeriodicEventValue
        fields = ("id", "stream_id", "at", "received_at", "value")


@extend_schema(parameters=[_STATION, _STREAM, OpenApiParameter("after", str), OpenApiParameter("before", str)])
class EventValueResource(PerStation):
    """Values that a station's streams brought, newest first; ``after`` and ``before`` are instants of receipt."""

    queryset = PeriodicEventValue.objects.all()
    serializer_class = EventValueSerializer
    pagination_class = Pages
    action_needed = Action.STATION_VIEW

    def get_queryset(self):
        rows = super().get_queryset()
        if (stream := read_number(self.request, "stream")) is not None:
            rows = rows.filter(stream_id=stream)
        if after := read_instant(self.request, "after"):
            rows = rows.filter(id__gt=first_id_at(after))
        if before := read_instant(self.request, "before"):
            rows = rows.filter(id__lt=first_id_at(before))
        return rows


class DerControlSerializer(_Serializer):
    class Meta:
        model = DerControl
        fields = (
            "id", "station", "control_id", "control_type", "is_default", "is_superseded", "is_running", "settings",
            "request_id", "told_at",
        )  # fmt: skip


class DerControlFilter(_Filter):
    class Meta:
        model = DerControl
        fields = ("station", "control_type", "control_id", "is_default", "is_running", "request_id")


class DerControlResource(_List):
    """Grid controls that stations keep."""

    queryset = DerControl.objects.select_related("station")
    serializer_class = DerControlSerializer
    filterset_class = DerControlFilter


class DerEventSerializer(_Serializer):
    class Meta:
        model = DerEvent
        fields = (
            "id", "station", "kind", "control", "grid_fault", "info", "superseded_ids", "occurred_at", "received_at",
        )  # fmt: skip


class DerEventFilter(_Filter):
    after = InstantFilter(field_name="received_at", lookup_expr="gt")

    class Meta:
        model = DerEvent
        fields = ("station", "kind", "control")


class DerEventResource(_List):
    """Grid alarms, and starts and stops of controls."""

    queryset = DerEvent.objects.select_related("station")
    serializer_class = DerEventSerializer
    filterset_class = DerEventFilter


class BatterySwapSerializer(_Serializer):
    class Meta:
        model = BatterySwap
        fields = (
            "id", "station", "request_id", "kind", "evse_number", "serial_number", "soc_percent", "soh_percent",
            "produced", "vendor_info", "token_value", "token_type", "received_at",
        )  # fmt: skip


class BatterySwapFilter(_Filter):
    class Meta:
        model = BatterySwap
        fields = ("station", "kind", "serial_number", "request_id")


class BatterySwapResource(_List):
    """Batteries given out and taken in."""

    queryset = BatterySwap.objects.select_related("station")
    serializer_class = BatterySwapSerializer
    filterset_class = BatterySwapFilter


class WebPaymentSerializer(_Serializer):
    class Meta:
        model = WebPayment
        fields = ("id", "station", "evse_number", "timeout_s", "received_at")


class WebPaymentFilter(_Filter):
    class Meta:
        model = WebPayment
        fields = ("station", "evse_number")


class WebPaymentResource(_List):
    """Payment pages that were opened for an EVSE."""

    queryset = WebPayment.objects.select_related("station")
    serializer_class = WebPaymentSerializer
    filterset_class = WebPaymentFilter


class SettlementSerializer(_Serializer):
    class Meta:
        model = Settlement
        fields = (
            "id", "station", "transaction_id", "psp_ref", "status", "amount", "currency", "settled_at", "received_at",
            "info", "receipt_id", "receipt_url", "vat_number", "vat_company",
        )  # fmt: skip


class SettlementFilter(_Filter):
    class Meta:
        model = Settlement
        fields = ("station", "status", "transaction_id", "psp_ref")


class SettlementResource(_List):
    """Payments that terminals settled."""

    queryset = Settlement.objects.select_related("station")
    serializer_class = SettlementSerializer
    filterset_class = SettlementFilter
    action_needed = Action.SESSION_VIEW
