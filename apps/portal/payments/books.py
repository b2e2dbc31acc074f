"""The books: accounts with their balances, what moved on one, and a customer's statement."""

import django_filters
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import LedgerKind
from apps.invoicing.models import LedgerAccount
from apps.invoicing.selectors.books import entries_of, statement_of, with_balances
from apps.portal.kit.views import ActionButton, Crumb, Empty, ListView
from apps.portal.links import page_of
from apps.portal.payments.tables import EntryTable, LedgerTable


class LedgerFilters(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=LedgerKind.choices)


class Ledger(ListView):
    action = Action.BILLING_VIEW
    title = "Ledger"
    subtitle = "Double entry: a balance is debits less credits; over all accounts of an issuer it is nothing."
    queryset = with_balances(LedgerAccount.objects.select_related("issuer", "account"))
    table = LedgerTable
    filterset = LedgerFilters
    search = ("account__name", "account__number", "detail")
    search_hint = "Customer, rate"
    fixed_views = (("All", ""), ("Receivables", "kind=receivable"), ("Revenue and VAT", "kind=revenue&kind=vat"))
    empty = Empty("Nothing is booked yet", "Issue an invoice: its amounts are booked with its number.", icon="book")


class ListOf(ListView):
    """A list about ``self.account``: whoever may not see that neither reads it nor saves a view of it."""

    action = Action.BILLING_VIEW

    def post(self, request, *args, **kwargs):
        self.account  # noqa: B018  or 404
        return super().post(request, *args, **kwargs)


class ListOfCustomer(ListOf):
    @cached_property
    def account(self) -> BillingAccount:
        accounts = BillingAccount.objects.visible_to(self.request.user, self.action)
        return get_object_or_404(accounts, pk=self.kwargs["pk"])

    def breadcrumbs(self):
        return (Crumb("Customers", reverse("portal:customers")), Crumb(str(self.account), page_of(self.account)))


class LedgerAccountEntries(ListOf):
    table = EntryTable
    empty = Empty("Nothing is booked here yet", icon="book")

    @cached_property
    def account(self) -> LedgerAccount:
        accounts = LedgerAccount.objects.visible_to(self.request.user, self.action).select_related("account", "issuer")
        return get_object_or_404(accounts, pk=self.kwargs["pk"])

    @property
    def title(self):
        return f"{self.account}, {self.account.currency}"

    def rows(self):
        return entries_of(self.account).order_by("-booked_at", "-pk")

    def breadcrumbs(self):
        return (Crumb("Ledger", reverse("portal:ledger")),)


class Statement(ListOfCustomer):
    title = "Account statement"
    subtitle = "What was billed and what came in. A positive balance is owed by the customer."
    table = EntryTable
    empty = Empty("Nothing was billed yet", icon="book")

    def rows(self):
        return statement_of(self.account).order_by("-booked_at", "-pk")

    def buttons(self):
        url = f"{reverse('portal:payment-new')}?customer={self.account.number}"
        return (
            ActionButton("Record a payment", url, icon="plus"),
            ActionButton(
                "Payment methods", reverse("portal:payment-methods", args=[self.account.pk]), icon="credit-card"
            ),
        )
