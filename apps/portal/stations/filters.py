"""Filters of the list of stations."""

import django_filters
from django.db.models import Q

from apps.accounts.policy import Action
from apps.chargers.choices import OcppVersion, StationStatus
from apps.chargers.models import ChargingStation
from apps.sites.models import Area, Site


def _sites(request):
    return Site.objects.visible_to(request.user, Action.STATION_VIEW).order_by("name")


class AreaChoiceField(django_filters.ModelChoiceFilter.field_class):
    def label_from_instance(self, area) -> str:
        return f"{area.site}: {area}"


class AreaFilter(django_filters.ModelChoiceFilter):
    """Areas of different sites may bear one name."""

    field_class = AreaChoiceField


def _areas(request):
    return (
        Area.objects.visible_to(request.user, Action.STATION_VIEW).select_related("site").order_by("site__name", "pk")
    )


class StationFilters(django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=[c for c in StationStatus.choices if c[0] != "retired"])
    site = django_filters.ModelChoiceFilter(queryset=_sites, empty_label="Any")
    area = AreaFilter(queryset=_areas, empty_label="Any")
    online = django_filters.ChoiceFilter(
        label="Online", choices=[("yes", "Online"), ("no", "Not online")], method="filter_online", empty_label="Any"
    )
    protocol = django_filters.ChoiceFilter(label="Version", choices=OcppVersion.choices, empty_label="Any")
    model = django_filters.CharFilter(label="Vendor or model", method="filter_model")
    retired = django_filters.ChoiceFilter(
        label="Retired", choices=[("too", "Shown too"), ("only", "Only these")], method="filter_retired",
        empty_label="Left out",
    )  # fmt: skip

    class Meta:
        model = ChargingStation
        fields = ()

    @property
    def qs(self):
        rows = super().qs
        wants_retired = self.form.is_bound and self.form.is_valid() and self.form.cleaned_data.get("retired")
        return rows if wants_retired else rows.in_use()

    def filter_online(self, rows, name, value):
        online = Q(connection__is_online=True)
        return rows.filter(online) if value == "yes" else rows.exclude(online)

    def filter_model(self, rows, name, value):
        for word in value.replace("\x00", "").split()[:6]:
            rows = rows.filter(Q(vendor__icontains=word) | Q(model__icontains=word))
        return rows

    def filter_retired(self, rows, name, value):
        return rows.exclude(retired_at=None) if value == "only" else rows
