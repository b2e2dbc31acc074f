"""Filters of the API; unknown values are 400, naming the field."""

from datetime import UTC, datetime

import django_filters as filters
from django import forms
from django.db import models
from django_filters.fields import IsoDateTimeField

from apps.chargers.messages.replies import RegistrationStatus
from apps.chargers.messages.tokens import IdTokenType
from apps.chargers.models import ChargingStation, Connector, Evse, StationCommand
from apps.drivers.models import CustomerInformation, Driver, IdToken, LocalList
from apps.sessions.models import ChargingSession
from apps.sites.models import Site

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class _BooleanField(forms.Field):
    def to_python(self, value):
        if value in self.empty_values:
            return None
        try:
            return _BOOLEANS[value.strip().lower()]
        except KeyError:
            raise forms.ValidationError("Either true or false.") from None


class _InstantField(IsoDateTimeField):
    def to_python(self, value) -> datetime | None:
        instant = super().to_python(value)
        try:
            return instant and instant.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError("There is no such moment in UTC.") from None


class BooleanFilter(filters.BooleanFilter):
    """``true`` or ``false``; the usual one takes everything else as not asked for."""

    field_class = _BooleanField


class InstantFilter(filters.IsoDateTimeFilter):
    """A moment that can be told in UTC, as the database does."""

    field_class = _InstantField


class KeyFilter(filters.NumberFilter):
    """The number of a related row. Whether others have a row of that number is not told: both find nothing."""

    field_class = forms.IntegerField

    def __init__(self, *args, **options) -> None:
        options.pop("queryset", None)
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **options)

    def get_max_validator(self):
        return None  # the field's own says it


class FilterSet(filters.FilterSet):
    FILTER_DEFAULTS = {
        **filters.FilterSet.FILTER_DEFAULTS,
        models.BooleanField: {"filter_class": BooleanFilter},
        models.ForeignKey: {"filter_class": KeyFilter},
    }


def visible_sites(request):
    """The sites that the caller may see."""
    return Site.objects.visible_to(request.user) if request else Site.objects.none()


def _drivers(request):
    return Driver.objects.visible_to(request.user) if request else Driver.objects.none()


class SiteFilter(FilterSet):
    class Meta:
        model = Site
        fields = ("kind", "country")


class StationFilter(FilterSet):
    site = filters.ModelChoiceFilter(queryset=visible_sites)
    registration = filters.ChoiceFilter(choices=[(status.value, status.value) for status in RegistrationStatus])
    is_online = BooleanFilter(field_name="connection__is_online")
    is_retired = BooleanFilter(field_name="retired_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = ChargingStation
        fields = ("site", "status", "identity", "vendor", "model", "protocol", "registration")


class EvseFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = Evse
        fields = ("station", "is_dc")


class ConnectorFilter(FilterSet):
    station = filters.CharFilter(field_name="evse__station__identity")

    class Meta:
        model = Connector
        fields = ("station", "status", "type")


class SessionFilter(FilterSet):
    site = filters.ModelChoiceFilter(queryset=visible_sites)
    driver = filters.ModelChoiceFilter(queryset=_drivers)
    station = filters.CharFilter(field_name="station__identity")
    started_after = InstantFilter(field_name="started_at", lookup_expr="gte")
    started_before = InstantFilter(field_name="started_at", lookup_expr="lt")

    class Meta:
        model = ChargingSession
        fields = ("site", "station", "state", "driver", "transaction_id")


class DriverFilter(FilterSet):
    home_site = filters.ModelChoiceFilter(queryset=visible_sites)
    group = filters.CharFilter(field_name="group__name")

    class Meta:
        model = Driver
        fields = ("name", "email", "home_site", "group")


class TokenFilter(FilterSet):
    driver = filters.ModelChoiceFilter(queryset=_drivers)
    type = filters.ChoiceFilter(choices=[(kind.value, kind.value) for kind in IdTokenType])

    class Meta:
        model = IdToken
        fields = ("value", "status", "type", "driver")


class CommandFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = StationCommand
        fields = ("station", "state", "name", "origin")


class LocalListFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")
    site = filters.ModelChoiceFilter(field_name="station__site", queryset=visible_sites)

    class Meta:
        model = LocalList
        fields = ("station", "site", "state")


class CustomerInformationFilter(FilterSet):
    station = filters.CharFilter(field_name="station__identity")

    class Meta:
        model = CustomerInformation
        fields = ("station", "state")
