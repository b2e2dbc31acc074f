"""The list of customers and the page of one."""

import django_filters
from django.db.models import Count
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.drivers.choices import AccountKind, PayBy
from apps.drivers.models import BillingAccount
from apps.portal.charging.recent import load_recent_sessions
from apps.portal.customers.tables import CustomerTable
from apps.portal.kit import html
from apps.portal.kit.views import ActionButton, Attribute, Crumb, DetailView, Empty, ListView, Panel
from apps.portal.navigation import url_or_none
from apps.sites.models import Site

CUSTOMERS_CRUMB = ("Customers", "portal:customers")


def _sites(request):
    return Site.objects.visible_to(request.user, Action.DRIVER_VIEW).order_by("name")


class CustomerFilters(django_filters.FilterSet):
    """Without a choice closed accounts and guests are not listed."""

    kind = django_filters.ChoiceFilter(choices=AccountKind.choices, empty_label="All kinds")
    home_site = django_filters.ModelChoiceFilter(queryset=_sites, empty_label="All sites")
    pay_by = django_filters.ChoiceFilter(label="Pays by", choices=PayBy.choices, empty_label="Any way of paying")
    which = django_filters.ChoiceFilter(
        label="Which", method="by_which", empty_label="Customers of today",
        choices=[("closed", "Closed"), ("all", "All, with guests")],
    )  # fmt: skip

    def by_which(self, queryset, name, value):
        return queryset if value == "all" else queryset.filter(closed_at__isnull=False)

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        if not self.form.cleaned_data["which"]:
            queryset = queryset.filter(closed_at=None)
            if not self.form.cleaned_data["kind"]:
                queryset = queryset.exclude(kind=AccountKind.GUEST)
        return queryset


class CustomerList(ListView):
    action = Action.DRIVER_VIEW
    title = "Customers"
    subtitle = "Whom bills are made out to. Several drivers may charge on one customer's bill."
    queryset = BillingAccount.objects.select_related("home_site").annotate(drivers_count=Count("drivers"))
    table = CustomerTable
    filterset = CustomerFilters
    search = ("name", "number", "email", "drivers__name")
    search_hint = "Name, number, e-mail address, driver"
    empty = Empty(
        "No customers yet",
        "Add whom the bills go to, then say of each driver who pays. Without a customer nothing is billed.",
        icon="users-group",
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.ACCOUNT_EDIT) else "Your role does not add customers."
        return (
            ActionButton("Add a customer", reverse("portal:customer-new"), icon="plus", style="primary", reason=reason),
        )


def load_drivers(request, account: BillingAccount) -> dict:
    drivers = account.drivers.visible_to(request.user).select_related("group", "home_site").order_by("name")[:100]
    return {"drivers": drivers}


def load_vehicles(request, account: BillingAccount) -> dict:
    rows = account.vehicles.filter(retired_at=None).prefetch_related("id_tokens").order_by("label")[:200]
    may_edit = BillingAccount.objects.visible_to(request.user, Action.ACCOUNT_EDIT).filter(pk=account.pk).exists()
    return {"account": account, "vehicles": rows, "may_edit": may_edit}


def load_plans(request, account: BillingAccount) -> dict:
    return {"subscriptions": account.subscriptions.select_related("plan").order_by("-from_date")}


def _address(account: BillingAccount) -> str:
    parts = (account.street, f"{account.postal_code} {account.city}".strip(), account.country)
    return ", ".join(part for part in parts if part)


class CustomerPage(DetailView):
    action = Action.DRIVER_VIEW
    queryset = BillingAccount.objects.select_related("home_site", "user", "organisation")

    panels = (
        Panel("drivers", "Drivers", template="portal/customers/drivers.html", load=load_drivers, flush=True,
              icon="steering-wheel"),
        Panel("vehicles", "Vehicles", template="portal/customers/vehicles.html", load=load_vehicles, flush=True,
              icon="car"),
        Panel("sessions", "Sessions", template="portal/charging/recent.html", flush=True, icon="battery-charging",
              load=lambda request, account: load_recent_sessions(request, account=account),
              action=Action.SESSION_VIEW),
        Panel("plans", "Membership", template="portal/customers/plans.html", load=load_plans, icon="id"),
        Panel(
            "facts", "Customer", side=True,
            attributes=(
                Attribute("Number", "number"),
                Attribute("Kind", "get_kind_display"),
                Attribute("Address", _address),
                Attribute("Attention", "contact"),
                Attribute("E-mail address", "email"),
                Attribute("VAT number", "vat_id"),
                Attribute("Their reference", "buyer_reference"),
                Attribute("Pays by", "get_pay_by_display"),
                Attribute("Bills by e-mail", lambda account: "Yes" if account.sends_mail else "No"),
                Attribute("Home site", "home_site"),
                Attribute("Signs in as", "user.email"),
                Attribute("Since", lambda account: html.moment(account.created_at, _zone(account))),
                Attribute("Closed", lambda account: html.moment(account.closed_at, _zone(account))),
            ),
        ),
    )  # fmt: skip

    def breadcrumbs(self, obj):
        return (Crumb(CUSTOMERS_CRUMB[0], reverse(CUSTOMERS_CRUMB[1])),)

    def page_subtitle(self, obj):
        return " · ".join(str(part) for part in (obj.get_kind_display(), obj.home_site) if part)

    def buttons(self, obj):
        bills = url_or_none("portal:invoices")
        if bills and may(self.request.user, Action.BILLING_VIEW):
            yield ActionButton("Bills", f"{bills}?account={obj.pk}", icon="file-invoice")
            yield ActionButton("Statement", reverse("portal:account-statement", args=[obj.pk]), icon="list-details")
            yield ActionButton(
                "Ways of paying", reverse("portal:payment-methods", args=[obj.pk]), icon="credit-card", in_menu=True
            )
        if not BillingAccount.objects.visible_to(self.request.user, Action.ACCOUNT_EDIT).filter(pk=obj.pk).exists():
            return
        args, closed = [obj.pk], "This account is closed." if obj.closed_at else ""
        yield ActionButton("Edit", reverse("portal:customer-edit", args=args), icon="pencil")
        yield ActionButton("Add a vehicle", reverse("portal:vehicle-new", args=args), icon="car", in_dialog=True,
                           reason=closed)  # fmt: skip
        yield ActionButton("Give a plan", reverse("portal:customer-plan", args=args), icon="id", in_dialog=True,
                           in_menu=True, reason=closed)  # fmt: skip
        yield ActionButton("End the plan", reverse("portal:customer-plan-end", args=args), icon="id-off",
                           in_dialog=True, in_menu=True)  # fmt: skip
        if obj.closed_at:
            yield ActionButton("Open again", reverse("portal:customer-reopen", args=args), icon="lock-open",
                               in_dialog=True, in_menu=True)  # fmt: skip
        else:
            yield ActionButton("Close", reverse("portal:customer-close", args=args), icon="lock", in_dialog=True,
                               in_menu=True, style="danger")  # fmt: skip


def _zone(account: BillingAccount) -> str:
    return account.home_site.time_zone if account.home_site else ""
