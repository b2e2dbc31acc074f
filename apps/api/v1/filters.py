"""Filters of the API; unknown values are 400, naming the field."""

import django_filters as filters

from apps.chargers.messages.replies import RegistrationStatus
from apps.chargers.messages.tokens import IdTokenType
from apps.chargers.models import ChargingStation, Connector, Evse, StationCommand
from apps.drivers.models import Driver, IdToken
from apps.sessions.models import ChargingSession
from apps.sites.models import Site


def _sites(request):
    return Site.objects.visible_to(request.user) if request else Site.objects.none()


def _drivers(request):
    return Driver.objects.visible_to(request.user) if request else Driver.objects.none()


class SiteFilter(filters.FilterSet):
    class Meta:
        model = Site
        fields = ("kind", "country")


class StationFilter(filters.FilterSet):
    site = filters.ModelChoiceFilter(queryset=_sites)
    registration = filters.ChoiceFilter(choices=[(status.value, status.value) for status in RegistrationStatus])
    is_online = filters.BooleanFilter(field_name="connection__is_online")
    is_retired = filters.BooleanFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)

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
    site = filters.ModelChoiceFilter(queryset=_sites)
    driver = filters.ModelChoiceFilter(queryset=_drivers)
    station = filters.CharFilter(field_name="station__identity")
    started_after = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="lt")

    class Meta:
        model = ChargingSession
        fields = ("site", "station", "state", "driver", "transaction_id")


class DriverFilter(filters.FilterSet):
    home_site = filters.ModelChoiceFilter(queryset=_sites)
    group = filters.CharFilter(field_name="group__name")

    class Meta:
        model = Driver
        fields = ("name", "email", "home_site", "group")


class TokenFilter(filters.FilterSet):
    driver = filters.ModelChoiceFilter(queryset=_drivers)
    type = filters.ChoiceFilter(choices=[(kind.value, kind.value) for kind in IdTokenType])

    class Meta:
        model = IdToken
        fields = ("value", "status", "type", "driver")


class CommandFilter(filters.FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = StationCommand
        fields = ("station", "state", "name", "origin")
