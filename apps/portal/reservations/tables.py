"""Columns of the list of reservations, and its filters."""

import django_filters
import django_tables2 as tables
from django import forms
from django.utils.html import format_html

from apps.accounts.policy import Action
from apps.chargers.models import ChargingStation
from apps.drivers.models import Driver
from apps.portal.charging.tables import who
from apps.portal.kit.columns import KitColumn, LinkColumn, MomentColumn, StatusColumn
from apps.portal.kit.html import badge
from apps.portal.links import page_of
from apps.sessions.choices import LIVE_RESERVATIONS, ReservationState
from apps.sessions.models import Reservation
from apps.sites.models import Site


class ReservationTable(tables.Table):
    state = StatusColumn(ReservationState, orderable=False)
    place = KitColumn(verbose_name="Station", accessor="station", order_by=("station__identity", "evse_number"))
    site = LinkColumn(
        accessor="station.site.name", url_name="portal:site", args_from=("station.site_id",), verbose_name="Site",
        order_by="station__site__name", hide_on_phone=True,
    )  # fmt: skip
    driver = KitColumn(empty_values=(), verbose_name="For", order_by=("driver__name", "token_value"))
    asked_at = MomentColumn(verbose_name="Asked", zone="station.site.time_zone")
    expires_at = MomentColumn(verbose_name="Until", zone="station.site.time_zone")
    explanation = KitColumn(verbose_name="What became of it", orderable=False)
    requested_by = KitColumn(verbose_name="By", order_by="requested_by__name", hide_on_phone=True)

    class Meta:
        model = Reservation
        fields = ()
        sequence = ("state", "place", "driver", "site", "asked_at", "expires_at", "explanation", "requested_by")
        order_by = "-asked_at"
        row_attrs = {"id": lambda record: f"reservation-{record.pk}"}

    def render_state(self, record):
        return format_html('<a class="cn-plain" href="{}">{}</a>', page_of(record), badge(record.state_choice))

    def value_state(self, record):
        return str(record.state_choice.label)

    def render_place(self, record):
        return format_html('<a href="{}">{}</a>, {}', page_of(record), record.station, record.place)

    def value_place(self, record):
        return f"{record.station}, {record.place}"

    def render_driver(self, record):
        return who(record)

    def value_driver(self, record):
        return str(record.driver or record.token_value)


class ReservationFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="State", method="by_state", empty_label="Any",
        choices=[("live", "Kept now or asked for"), *ReservationState.choices],
    )  # fmt: skip
    site = django_filters.ModelChoiceFilter(
        label="Site", field_name="station__site", empty_label="All sites",
        queryset=lambda request: Site.objects.visible_to(request.user, Action.RESERVATION_VIEW).order_by("name"),
    )  # fmt: skip
    asked_at = django_filters.DateFromToRangeFilter(
        label="Asked", widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"})
    )
    # Pages of stations and drivers lead here; lists to choose from would hold thousands.
    station = django_filters.ModelChoiceFilter(
        widget=forms.HiddenInput,
        queryset=lambda request: ChargingStation.objects.visible_to(request.user, Action.RESERVATION_VIEW),
    )
    driver = django_filters.ModelChoiceFilter(
        widget=forms.HiddenInput,
        queryset=lambda request: Driver.objects.visible_to(request.user, Action.DRIVER_VIEW),
    )

    def by_state(self, rows, name, value):
        return rows.filter(state__in=LIVE_RESERVATIONS) if value == "live" else rows.filter(state=value)
