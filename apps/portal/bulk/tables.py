"""Columns of bulk operations and of their stations."""

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html

from apps.chargers.choices import BulkItemState, BulkKind, BulkState
from apps.chargers.models import BulkItem, BulkOperation
from apps.portal.kit.columns import KitColumn, LinkColumn, SinceColumn, StatusColumn
from apps.portal.links import page_of


class BulkTable(tables.Table):
    created_at = SinceColumn(verbose_name="Begun")
    kind = KitColumn(verbose_name="What")
    state = StatusColumn(BulkState)
    stations_count = KitColumn(verbose_name="Stations", orderable=False, attrs={"td": {"class": "text-end"}})
    requested_by = KitColumn(verbose_name="By", order_by="requested_by__name")

    class Meta:
        model = BulkOperation
        fields = ()
        sequence = ("created_at", "kind", "state", "stations_count", "requested_by")
        order_by = "-created_at"
        row_attrs = {"id": lambda record: f"bulk-{record.pk}"}

    def render_kind(self, record):
        return format_html('<a href="{}">{}</a>', page_of(record), record.get_kind_display())

    def value_kind(self, record):
        return record.get_kind_display()


class BulkFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=BulkState.choices)
    kind = django_filters.MultipleChoiceFilter(label="What", choices=BulkKind.choices)

    class Meta:
        model = BulkOperation
        fields = ()


class ItemTable(tables.Table):
    station = KitColumn(order_by="station__identity")
    site = LinkColumn(
        accessor="station.site.name", url_name="portal:site", args_from=("station.site_id",), verbose_name="Site",
        order_by="station__site__name", hide_on_phone=True,
    )  # fmt: skip
    state = StatusColumn(BulkItemState)
    status_word = KitColumn(accessor="command.status_word", verbose_name="The charger’s word", orderable=False)
    words = KitColumn(verbose_name="What became of it", orderable=False)
    attempts = KitColumn(verbose_name="Tries", attrs={"td": {"class": "text-end"}}, hide_on_phone=True)

    class Meta:
        model = BulkItem
        fields = ()
        sequence = ("station", "site", "state", "status_word", "words", "attempts")
        order_by = "station"
        row_attrs = {"id": lambda record: f"item-{record.pk}"}

    def render_station(self, record):
        return format_html('<a href="{}">{}</a>', page_of(record.station), record.station)

    def value_station(self, record):
        return record.station.identity

    def render_words(self, record, value):
        if not record.command_id:
            return value
        operation = record.command.operation_id
        url = reverse("portal:operation", args=[operation]) if operation else page_of(record.command)
        return format_html('<a href="{}">{}</a>', url, value)

    def value_words(self, value):
        return value


class ItemFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=BulkItemState.choices)

    class Meta:
        model = BulkItem
        fields = ()
