"""Filters of the lists of drivers, cards and rules."""

import django_filters
from django.db.models import Q
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import DriverGroup
from apps.sites.models import Site


def _groups(request):
    return DriverGroup.objects.visible_to(request.user, Action.DRIVER_VIEW).order_by("name")


def _sites(request):
    return Site.objects.visible_to(request.user, Action.DRIVER_VIEW).order_by("name")


class DriverFilters(django_filters.FilterSet):
    """Without a choice those who have left are not listed."""

    group = django_filters.ModelChoiceFilter(queryset=_groups, empty_label="All groups")
    home_site = django_filters.ModelChoiceFilter(queryset=_sites, empty_label="All sites")
    who = django_filters.ChoiceFilter(
        label="Who",
        method="by_who",
        empty_label="Drivers of today",
        choices=[("left", "Have left"), ("all", "Everybody")],
    )

    def by_who(self, rows, name, value):
        return rows if value == "all" else rows.exclude(left_at=None)

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("who") else rows.filter(left_at=None)


class TokenFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="State", method="by_state", empty_label="All states",
        choices=[("accepted", "Accepted"), ("blocked", "Blocked"), ("lost", "Reported lost"), ("expired", "Expired")],
    )  # fmt: skip
    group = django_filters.ModelChoiceFilter(field_name="driver__group", queryset=_groups, empty_label="All groups")
    site = django_filters.ModelChoiceFilter(
        label="Home site", field_name="driver__home_site", queryset=_sites, empty_label="All sites"
    )

    def by_state(self, rows, name, value):
        now = timezone.now()
        if value == "accepted":
            return rows.usable_at(now).filter(Q(driver__left_at=None) | Q(driver__left_at__gt=now))
        if value == "expired":
            return rows.filter(status="active", expires_at__lte=now)
        return rows.filter(status=value)


class AccessRuleFilters(django_filters.FilterSet):
    site = django_filters.ModelChoiceFilter(queryset=_sites, empty_label="All sites")
    group = django_filters.ModelChoiceFilter(queryset=_groups, empty_label="All groups")
