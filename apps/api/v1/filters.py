"""Filters of the API; unknown values are 400, naming the field."""

import django_filters as filters

from apps.chargers.models import ChargingStation, Connector, Evse, StationCommand
from apps.drivers.models import IdToken
from apps.sessions.models import ChargingSession
from apps.sites.models import Site


class SiteFilter(filters.FilterSet):
    class Meta:
        model = Site
        fields = ("kind", "country")


class StationFilter(filters.FilterSet):
    is_online = filters.BooleanFilter(field_name="connection__is_online")

    class Meta:
        model = ChargingStation
        fields = ("site", "status", "identity", "vendor", "model", "protocol", "registration")


class EvseFilter(filters.FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = Evse
        fields = ("station", "is_dc")


class ConnectorFilter(filters.FilterSet):
    station = filters.CharFilter(field_name="evse__station__identity")

    class Meta:
        model = Connector
        fields = ("station", "status", "type")


class SessionFilter(filters.FilterSet):
    station = filters.CharFilter(field_name="station__identity")
    started_after = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="lt")

    class Meta:
        model = ChargingSession
        fields = ("site", "station", "state", "driver", "transaction_id")


class TokenFilter(filters.FilterSet):
    class Meta:
        model = IdToken
        fields = ("status", "type", "driver")


class CommandFilter(filters.FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = StationCommand
        fields = ("station", "state", "name", "origin")
