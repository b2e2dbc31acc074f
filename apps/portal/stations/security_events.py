"""All security events of a station, with filters."""

import django_filters
import django_tables2 as tables
from django.db.models import Q

from apps.accounts.policy import Action
from apps.chargers.engine.security_events import CRITICAL
from apps.chargers.models import StationNotice
from apps.portal.kit.columns import KitColumn, SinceColumn
from apps.portal.kit.views import Empty
from apps.portal.stations.sheets import DATES, StationSheet


class SecurityEventTable(tables.Table):
    received_at = SinceColumn(verbose_name="Received", zone="station.site.time_zone")
    title = KitColumn(verbose_name="Event")
    weight = KitColumn(verbose_name="Weight", empty_values=(), orderable=False)
    info = KitColumn(verbose_name="Said", accessor="details__info", orderable=False)
    source = KitColumn(verbose_name="From", empty_values=(), orderable=False, hide_on_phone=True)
    occurred_at = SinceColumn(verbose_name="By the charger’s clock", zone="station.site.time_zone", hide_on_phone=True)

    class Meta:
        model = StationNotice
        fields = ()
        sequence = ("received_at", "title", "weight", "info", "source", "occurred_at")
        order_by = "-received_at"

    def value_weight(self, record):
        return "critical" if record.title in CRITICAL else "to know"

    def render_weight(self, record):
        return self.value_weight(record)

    def value_source(self, record):
        return "the charger" if record.kind == "event" or "noticed_by" not in record.details else "noticed at the door"

    def render_source(self, record):
        return self.value_source(record)


class SecurityEventFilters(django_filters.FilterSet):
    type = django_filters.CharFilter(label="Event", field_name="title", lookup_expr="icontains")
    weight = django_filters.ChoiceFilter(
        label="Weight",
        choices=[("critical", "critical"), ("other", "to know")],
        method="filter_weight",
        empty_label="Any",
    )
    received_at = django_filters.DateFromToRangeFilter(label="Received", widget=DATES)

    class Meta:
        model = StationNotice
        fields = ()

    def filter_weight(self, rows, name, value):
        return rows.filter(title__in=CRITICAL) if value == "critical" else rows.exclude(title__in=CRITICAL)


class StationSecurityEvents(StationSheet):
    action = Action.STATION_VIEW
    title = "Security events"
    sheet = "security"
    queryset = StationNotice.objects.filter(
        Q(kind="security") | Q(kind="event", title__startswith="SecurityCtrlr")
    ).select_related("station__site")
    table = SecurityEventTable
    filterset = SecurityEventFilters
    empty = Empty(
        "No security events",
        "What the charger tells of its security, and what we refuse at the door in its name, stays here.",
        icon="shield",
    )
