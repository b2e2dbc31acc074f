"""What customers owe, by how long it is due."""

from datetime import timedelta

import django_filters
import django_tables2 as tables
from django.db.models import Count, F, Min, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from apps.accounts.policy import Action
from apps.invoicing.choices import InvoiceState, LedgerKind
from apps.invoicing.models import Issuer, LedgerAccount
from apps.portal.billing.words import account_link
from apps.portal.kit.columns import KitColumn, MoneyColumn
from apps.portal.kit.views import Empty, ListView
from apps.tariffs.engine.exact import half_up

_NUMBER = {"th": {"class": "cn-num"}, "td": {"class": "cn-num"}}
_BUCKETS = {"not_due": (None, 0), "to_30": (0, 30), "to_60": (30, 60), "to_90": (60, 90), "over_90": (90, None)}
"""Days past the due date, from (exclusive) and until (inclusive)."""


def _age(bucket: str) -> Q:
    """The condition that an open invoice lies in the bucket today."""
    today = timezone.localdate()
    after, until = _BUCKETS[bucket]
    condition = Q()
    if after is not None:
        condition &= Q(account__invoices__due_on__lt=today - timedelta(days=after))
    if until is not None:
        condition &= Q(account__invoices__due_on__gte=today - timedelta(days=until))
    return condition


class SumColumn(MoneyColumn):
    """A sum of amounts; SQLite adds floating-point numbers, so it is rounded."""

    def render(self, value, record):
        return super().render(self.value(value), record)

    def value(self, value):
        return half_up(value, 2)


class OpenItemTable(tables.Table):
    account = KitColumn(verbose_name="Customer", order_by="account__name")
    issuer = KitColumn(accessor="issuer.name", verbose_name="Issuer", order_by="issuer__name", hide_on_phone=True)
    bills = KitColumn(attrs=_NUMBER)
    not_due = SumColumn(verbose_name="Not due")
    to_30 = SumColumn(verbose_name="1–30 days")
    to_60 = SumColumn(verbose_name="31–60 days")
    to_90 = SumColumn(verbose_name="61–90 days")
    over_90 = SumColumn(verbose_name="Over 90 days")
    total = SumColumn(verbose_name="Together")
    oldest = KitColumn(verbose_name="Oldest due", hide_on_phone=True)

    class Meta:
        model = LedgerAccount
        fields = ()
        sequence = (
            "account", "issuer", "bills", "not_due", "to_30", "to_60", "to_90", "over_90", "total", "oldest",
        )  # fmt: skip
        order_by = "oldest"
        row_attrs = {"id": lambda record: f"owed-{record.pk}"}

    def render_account(self, record):
        return account_link(record.account)

    def value_account(self, record):
        return str(record.account)

    def render_bills(self, record, value):
        url = reverse("portal:invoices")
        return format_html('<a href="{}?account={}&amp;state=issued">{}</a>', url, record.account_id, value)

    def value_bills(self, value):
        return value


class OpenItemFilters(django_filters.FilterSet):
    issuer = django_filters.ModelChoiceFilter(
        queryset=lambda request: Issuer.objects.visible_to(request.user, Action.BILLING_VIEW).order_by("name")
    )
    age = django_filters.ChoiceFilter(
        label="With something", method="by_age",
        choices=[("to_30", "1–30 days over"), ("to_60", "31–60"), ("to_90", "61–90"), ("over_90", "over 90")],
    )  # fmt: skip

    class Meta:
        model = LedgerAccount
        fields = ()

    def by_age(self, rows, name, value):
        return rows.filter(**{f"{value}__gt": 0})


class OpenItems(ListView):
    """One row per customer, issuer and currency: the books of receivables, with the bills that are open in them."""

    action = Action.BILLING_VIEW
    title = "Open items"
    queryset = LedgerAccount.objects.select_related("account", "issuer")
    table = OpenItemTable
    filterset = OpenItemFilters
    search = ("account__name", "account__number")
    search_hint = "Customer, number"
    empty = Empty("Nobody owes anything", "Open bills appear here by how long they are due.", icon="checks")

    def rows(self):
        open_bills = {
            "account__invoices__issuer": F("issuer"), "account__invoices__currency": F("currency"),
            "account__invoices__state": InvoiceState.ISSUED, "account__invoices__open_amount__gt": 0,
        }  # fmt: skip
        amount = "account__invoices__open_amount"
        return super().rows().filter(kind=LedgerKind.RECEIVABLE, **open_bills).annotate(
            bills=Count("account__invoices"), total=Sum(amount), oldest=Min("account__invoices__due_on"),
            **{bucket: Sum(amount, filter=_age(bucket)) for bucket in _BUCKETS},
        )  # fmt: skip
