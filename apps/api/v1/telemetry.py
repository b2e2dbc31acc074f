"""Meter values and the journal: rows that only grow, read per station and by time."""

from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin

from apps.accounts.policy import Action
from apps.api.pagination import ByTime, Pages
from apps.api.v1.base import Resource
from apps.api.v1.serializers import JournalSerializer, MeterValueSerializer
from apps.api.v1.stations import station_or_404
from apps.core.ids import first_id_at
from apps.gateway.models import JournalEntry
from apps.sessions.models import MeterValue

_STATION = OpenApiParameter("station", str, required=True, description="Identity of the station.")
_AFTER = OpenApiParameter("after", datetime, description="Only later instants (ISO 8601 with zone).")
_EVSE = OpenApiParameter("evse", int, description="Only this EVSE; 0 is the station's main meter.")
_BEFORE = OpenApiParameter("before", datetime, description="Only earlier instants (ISO 8601 with zone).")


def read_instant(request, name: str) -> datetime | None:
    """The instant in a query parameter; a value that is none is 400."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        instant = parse_datetime(text.replace(" ", "+"))
        if instant is not None and instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError({name: ["Give an instant with its zone, such as 2026-05-01T12:00:00Z."]})


def read_number(request, name: str) -> int | None:
    """The whole number from 0 in a query parameter; a value that is none is 400."""
    text = request.query_params.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValidationError({name: ["Give a whole number from 0."]})
    return int(text)


class PerStation(ListModelMixin, Resource):
    """A list of one station's rows; the station is found by identity, within the caller's scope."""

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        identity = self.request.query_params.get("station")
        if not identity:
            raise ValidationError({"station": ["Name the station: ?station=<identity>."]})
        self.station = station_or_404(self.request.user, identity, self.action_needed)
        return self.queryset.filter(station_id=self.station.pk)


@extend_schema(parameters=[_STATION, _AFTER, _BEFORE, _EVSE])
class MeterValueResource(PerStation):
    """What a station's meters reported, oldest first: one row per EVSE and instant."""

    queryset = MeterValue.objects.all()
    serializer_class = MeterValueSerializer
    pagination_class = ByTime
    action_needed = Action.SESSION_VIEW

    def get_queryset(self):
        rows = super().get_queryset()
        if after := read_instant(self.request, "after"):
            rows = rows.filter(at__gt=after)
        if before := read_instant(self.request, "before"):
            rows = rows.filter(at__lt=before)
        if (evse := read_number(self.request, "evse")) is not None:
            rows = rows.filter(evse_number=evse)
        return rows

    def get_serializer_context(self):
        station = getattr(self, "station", None)
        identities = {station.pk: station.identity} if station else {}
        return {**super().get_serializer_context(), "identities": identities}


@extend_schema(parameters=[_STATION, _AFTER, _BEFORE, OpenApiParameter("action", str)])
class JournalResource(PerStation):
    """Every frame that crossed a station's socket, newest first."""

    queryset = JournalEntry.objects.all()
    serializer_class = JournalSerializer
    pagination_class = Pages
    action_needed = Action.JOURNAL_VIEW

    def get_queryset(self):
        rows = super().get_queryset()
        if after := read_instant(self.request, "after"):
            rows = rows.filter(id__gt=first_id_at(after))
        if before := read_instant(self.request, "before"):
            rows = rows.filter(id__lt=first_id_at(before))
        if action := self.request.query_params.get("action"):
            if "\x00" in action:
                raise ValidationError({"action": ["Null characters are not allowed."]})
            rows = rows.filter(action=action)
        return rows
