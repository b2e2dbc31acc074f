"""Columns of runs and of the accounts in them."""

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from apps.accounts.policy import Action
from apps.invoicing.choices import ItemStage, RunState
from apps.invoicing.models import BillingItem, BillingRun, Issuer
from apps.portal.billing.words import account_link
from apps.portal.drivers.tables import dialog_link
from apps.portal.kit.columns import KitColumn, LinkColumn, MoneyColumn, SinceColumn, StatusColumn, kwh_column
from apps.portal.links import page_of

_COUNT = {"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}


class RunTable(tables.Table):
    period = LinkColumn(verbose_name="Month", order_by=("period__start_date", "pk"))
    issuer = KitColumn(accessor="period.issuer.name", verbose_name="Issuer", order_by="period__issuer__name")
    state = StatusColumn(RunState)
    is_dry = KitColumn(verbose_name="Kind")
    accounts_count = KitColumn(verbose_name="Customers", attrs=_COUNT)
    parked_count = KitColumn(verbose_name="Parked", attrs=_COUNT)
    created_at = SinceColumn(verbose_name="Begun", zone="period.issuer.time_zone")
    asked_by = KitColumn(verbose_name="By", order_by="asked_by__name", hide_on_phone=True)
    issued_on = KitColumn(verbose_name="Dated", hide_on_phone=True)

    class Meta:
        model = BillingRun
        fields = ()
        sequence = (
            "period", "issuer", "state", "is_dry", "accounts_count", "parked_count", "created_at", "asked_by",
            "issued_on",
        )  # fmt: skip
        order_by = "-created_at"
        row_attrs = {"id": lambda record: f"run-{record.pk}"}

    def render_is_dry(self, value):
        return self.value_is_dry(value)

    def value_is_dry(self, value):
        return "Dry run" if value else "Invoices"


class RunFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=RunState.choices)
    issuer = django_filters.ModelChoiceFilter(
        field_name="period__issuer",
        queryset=lambda request: Issuer.objects.visible_to(request.user, Action.BILLING_VIEW).order_by("name"),
    )
    is_dry = django_filters.BooleanFilter(label="Dry run")

    class Meta:
        model = BillingRun
        fields = ()


class ItemTable(tables.Table):
    """``may_edit``: whether the buttons of a row are offered."""

    account = KitColumn(verbose_name="Customer", order_by=("account__name", "pk"))
    stage = StatusColumn(ItemStage, verbose_name="Done")
    session_count = KitColumn(verbose_name="Sessions", attrs=_COUNT)
    held_count = KitColumn(verbose_name="Held", attrs=_COUNT, hide_on_phone=True)
    energy_wh = kwh_column(verbose_name="Energy", hide_on_phone=True)
    gross = MoneyColumn()
    previous_gross = MoneyColumn(verbose_name="Last month", hide_on_phone=True)
    difference = MoneyColumn()
    invoice = KitColumn(accessor="invoice.pk", order_by="invoice__number", attrs={"td": {"class": "text-nowrap"}})
    notes = KitColumn(empty_values=(), verbose_name="To look at", orderable=False)
    steps = KitColumn(empty_values=(), verbose_name="", orderable=False, exclude_from_export=True)

    may_edit = False

    class Meta:
        model = BillingItem
        fields = ()
        sequence = (
            "account", "stage", "session_count", "held_count", "energy_wh", "gross", "previous_gross", "difference",
            "invoice", "notes", "steps",
        )  # fmt: skip
        order_by = "account"
        row_attrs = {"id": lambda record: f"item-{record.pk}"}

    def render_account(self, record):
        return account_link(record.account)

    def value_account(self, record):
        return str(record.account)

    def render_invoice(self, record):
        return format_html('<a href="{}">{}</a>', page_of(record.invoice), record.invoice)

    def value_invoice(self, record):
        return str(record.invoice) if record.invoice_id else ""

    def render_notes(self, record):
        parts = []
        if record.is_left_out:
            parts.append(format_html('<span class="text-secondary">Left out of this run.</span>'))
        if record.problem_code:
            parts.append(format_html('<strong class="text-danger">Parked:</strong> {}', record.problem))
        for row in record.anomalies:
            parts.append(_anomaly(row))
        return format_html_join("", "<div>{}</div>", ((part,) for part in parts))

    def value_notes(self, record):
        words = ["Left out."] if record.is_left_out else []
        words += [record.problem] if record.problem_code else []
        return " ".join([*words, *(row["text"] for row in record.anomalies)])

    def render_steps(self, record):
        if not self.may_edit or record.is_left_out or record.stage == ItemStage.COLLECTED:
            return ""
        links = []
        if record.problem_code:
            links.append(dialog_link(reverse("portal:billing-item-go-on", args=[record.pk]), "Go on"))
        links.append(dialog_link(reverse("portal:billing-item-leave-out", args=[record.pk]), "Leave out"))
        return format_html_join("", "{}", ((link,) for link in links))

    def value_steps(self, record):
        return ""


def _anomaly(row: dict):
    if "session_id" in row:
        return format_html('<a href="{}">{}</a>', reverse("portal:session", args=[row["session_id"]]), row["text"])
    return row["text"]


class ItemFilters(django_filters.FilterSet):
    stage = django_filters.MultipleChoiceFilter(label="Done", choices=ItemStage.choices)
    look = django_filters.ChoiceFilter(
        label="To look at", method="by_look",
        choices=[("parked", "Parked"), ("odd", "With anomalies"), ("held", "With held sessions"), ("out", "Left out")],
    )  # fmt: skip

    class Meta:
        model = BillingItem
        fields = ()

    def by_look(self, rows, name, value):
        if value == "parked":
            return rows.exclude(problem_code="").filter(is_left_out=False)
        if value == "odd":
            return rows.exclude(anomalies=[])
        return rows.filter(held_count__gt=0) if value == "held" else rows.filter(is_left_out=True)
