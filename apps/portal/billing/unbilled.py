"""Charging that is on no bill, and why."""

import django_filters
import django_tables2 as tables
from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When
from django.urls import reverse

from apps.accounts.policy import Action
from apps.core.choices import ColouredChoices
from apps.invoicing.models import BilledSession
from apps.portal.billing.words import account_link
from apps.portal.kit.columns import KitColumn, LinkColumn, MomentColumn, MoneyColumn, StatusColumn, kwh_column
from apps.portal.kit.views import ActionButton, Empty, ListView
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargeDetailRecord, ChargingSession
from apps.sites.models import Site


class Reason(ColouredChoices):
    """Why a session is on no bill, and what would help."""

    REVIEW = "review", "orange", "eye", "Waits for a review"
    NO_TARIFF = "no_tariff", "orange", "receipt-off", "No tariff applied"
    NOT_RATED = "not_rated", "yellow", "calculator", "Not priced yet"
    NO_ACCOUNT = "no_account", "orange", "user-off", "Nobody pays for this driver"
    NO_ISSUER = "no_issuer", "orange", "building", "Nobody bills at this site"
    NOT_DUE = "not_due", "blue", "calendar", "Comes with the next run"


def _rows() -> QuerySet[ChargingSession]:
    """Ended sessions on no bill that cost something or have no price, each with its ``reason``."""
    current = ChargeDetailRecord.objects.current().filter(session=OuterRef("pk"))
    billed = BilledSession.objects.filter(session=OuterRef("pk"), released_at=None)
    rows = ChargingSession.objects.filter(~Exists(billed), state__in=(SessionState.ENDED, SessionState.REVIEW))
    rows = rows.filter(is_billable=True, free_of_charge=False).exclude(cost_gross=0, priced_at__isnull=False)
    return rows.annotate(
        reason=Case(
            When(state=SessionState.REVIEW, then=Value(Reason.REVIEW)),
            When(tariff_version=None, then=Value(Reason.NO_TARIFF)),
            When(~Exists(current), then=Value(Reason.NOT_RATED)),
            When(~Exists(current.filter(account__isnull=False)), then=Value(Reason.NO_ACCOUNT)),
            When(site__terms=None, then=Value(Reason.NO_ISSUER)),
            default=Value(Reason.NOT_DUE),
            output_field=CharField(),
        )
    )


class UnbilledTable(tables.Table):
    ended_at = MomentColumn(verbose_name="Ended", zone="site.time_zone")
    reason = StatusColumn(Reason, verbose_name="Why it is on no bill")
    session = LinkColumn(accessor="transaction_id", verbose_name="Session")
    station = LinkColumn(
        accessor="station.identity", url_name="portal:station", args_from=("station_id",), verbose_name="Station"
    )
    site = LinkColumn(
        accessor="site.name", url_name="portal:site", args_from=("site_id",), verbose_name="Site", hide_on_phone=True
    )
    driver = KitColumn(accessor="driver.name", verbose_name="Driver", order_by="driver__name")
    account = KitColumn(accessor="driver.account", verbose_name="Customer", order_by="driver__account__name")
    energy_wh = kwh_column(verbose_name="Energy")
    cost_gross = MoneyColumn(verbose_name="Cost")

    class Meta:
        model = ChargingSession
        fields = ()
        sequence = (
            "ended_at", "reason", "session", "station", "site", "driver", "account", "energy_wh", "cost_gross",
        )  # fmt: skip
        order_by = "-ended_at"
        row_attrs = {"id": lambda record: f"session-{record.pk}"}

    def render_account(self, value):
        return account_link(value)

    def value_account(self, value):
        return str(value)


class UnbilledFilters(django_filters.FilterSet):
    reason = django_filters.MultipleChoiceFilter(label="Why", choices=Reason.choices)
    site = django_filters.ModelChoiceFilter(
        queryset=lambda request: Site.objects.visible_to(request.user, Action.BILLING_VIEW).order_by("name")
    )
    ended_at = django_filters.DateFromToRangeFilter(
        label="Ended", widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"})
    )

    class Meta:
        model = ChargingSession
        fields = ()


class UnbilledList(ListView):
    action = Action.BILLING_VIEW
    title = "Unbilled charging"
    queryset = _rows().select_related("site", "station", "driver__account").defer("price_breakdown", "seq_ranges")
    table = UnbilledTable
    filterset = UnbilledFilters
    search = ("driver__name", "station__identity", "transaction_id", "driver__account__name")
    search_hint = "Driver, customer, station, transaction"
    fixed_views = (
        ("All", ""),
        ("To be mended", "reason=review&reason=no_tariff&reason=not_rated&reason=no_account&reason=no_issuer"),
        ("With the next run", "reason=not_due"),
    )
    empty = Empty("Everything is billed", "Charging that ends from now on waits here for the next run.", icon="checks")

    def rows(self):
        sites = Site.objects.visible_to(self.request.user, self.action)
        return self.queryset.all().filter(site__in=sites)

    def buttons(self):
        return (ActionButton("Billing runs", reverse("portal:billing-runs"), icon="player-play"),)
