"""Columns of the list of guests' visits, and its filters."""

import django_filters
import django_tables2 as tables
from django.utils.html import format_html

from apps.accounts.policy import Action
from apps.invoicing.choices import LIVE_VISITS, GuestState
from apps.invoicing.models import GuestVisit
from apps.portal.kit.columns import KitColumn, LinkColumn, MomentColumn, MoneyColumn, StatusColumn, kwh_column
from apps.portal.kit.html import badge
from apps.portal.links import page_of
from apps.sites.models import Site


class VisitTable(tables.Table):
    state = StatusColumn(GuestState, orderable=False)
    created_at = MomentColumn(verbose_name="Began", zone="site.time_zone")
    place = KitColumn(verbose_name="Charging point", accessor="evse", order_by=("evse__station__identity",))
    site = LinkColumn(accessor="site.name", url_name="portal:site", args_from=("site_id",), hide_on_phone=True)
    energy_wh = kwh_column(verbose_name="Energy", accessor="session.energy_wh", orderable=False)
    paid = MoneyColumn(verbose_name="Paid", accessor="payment.captured_amount", orderable=False)
    receipt = KitColumn(verbose_name="Receipt", accessor="receipt.number", orderable=False, hide_on_phone=True)
    problem = KitColumn(verbose_name="Problem", orderable=False, hide_on_phone=True)

    class Meta:
        model = GuestVisit
        fields = ()
        sequence = ("state", "created_at", "place", "site", "energy_wh", "paid", "receipt", "problem")
        order_by = "-created_at"
        row_attrs = {"id": lambda record: f"visit-{record.pk}"}

    def render_state(self, record):
        return format_html('<a class="cn-plain" href="{}">{}</a>', page_of(record), badge(record.state_choice))

    def value_state(self, record):
        return record.state_choice.label


class VisitFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="State", method="by_state", empty_label="Any",
        choices=[("live", "On the way"), ("failed", "Came to nothing"), *GuestState.choices],
    )  # fmt: skip
    site = django_filters.ModelChoiceFilter(
        label="Site", empty_label="All sites",
        queryset=lambda request: Site.objects.visible_to(request.user, Action.SITE_VIEW).order_by("name"),
    )  # fmt: skip
    created_at = django_filters.DateFromToRangeFilter(
        label="Began", widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"})
    )

    def by_state(self, rows, name, value):
        if value == "live":
            return rows.filter(state__in=LIVE_VISITS)
        if value == "failed":
            return rows.exclude(state__in=(*LIVE_VISITS, GuestState.PAID))
        return rows.filter(state=value)
