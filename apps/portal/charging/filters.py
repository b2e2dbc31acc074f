"""Filters of the session list."""

import django_filters
from django import forms

from apps.accounts.policy import Action
from apps.chargers.models import ChargingStation
from apps.drivers.models import Driver
from apps.sessions.choices import OPEN_STATES, SessionState
from apps.sites.models import Site

_STATES = {
    "active": (SessionState.ACTIVE,),
    "idle": (SessionState.IDLE,),
    "past": (SessionState.ENDED, SessionState.REVIEW),
    "ended": (SessionState.ENDED,),
    "review": (SessionState.REVIEW,),
}


class SessionFilters(django_filters.FilterSet):
    """Without a chosen state the list shows what runs now."""

    state = django_filters.ChoiceFilter(
        label="State", method="by_state", empty_label="Plugged in now",
        choices=[
            ("active", "Charging"), ("idle", "Plugged in, not charging"), ("past", "Past"), ("ended", "Ended"),
            ("review", "Needs review"), ("all", "Now and past"),
        ],
    )  # fmt: skip
    site = django_filters.ModelChoiceFilter(
        empty_label="All sites",
        queryset=lambda request: Site.objects.visible_to(request.user, Action.SESSION_VIEW).order_by("name"),
    )
    # Pages of stations lead here; a list to choose from would hold thousands. The search box knows their names.
    station = django_filters.ModelChoiceFilter(
        widget=forms.HiddenInput,
        queryset=lambda request: ChargingStation.objects.visible_to(request.user, Action.SESSION_VIEW),
    )
    started_at = django_filters.DateFromToRangeFilter(
        label="Started", widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"})
    )
    flags = django_filters.ChoiceFilter(
        label="Flags", method="by_flags", empty_label="Any", choices=[("some", "With flags"), ("none", "Without flags")]
    )
    driver = django_filters.ModelChoiceFilter(
        widget=forms.HiddenInput,
        queryset=lambda request: Driver.objects.visible_to(request.user, Action.DRIVER_VIEW),
    )

    def by_state(self, rows, name, value):
        return rows if value == "all" else rows.filter(state__in=_STATES[value])

    def by_flags(self, rows, name, value):
        return rows.exclude(flags=[]) if value == "some" else rows.filter(flags=[])

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(state__in=OPEN_STATES)
