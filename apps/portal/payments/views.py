"""Payments: the list and the page of one; the cards that a customer left."""

import django_filters
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.invoicing.choices import EventOutcome, PaymentMethodKind, PaymentState
from apps.invoicing.models import Payment, PaymentMethod
from apps.invoicing.payments.providers import ASKED
from apps.portal.kit import html
from apps.portal.kit.format import money
from apps.portal.kit.views import ActionButton, Attribute, Crumb, DetailView, Empty, ListView, Panel
from apps.portal.links import page_of
from apps.portal.payments.books import ListOfCustomer
from apps.portal.payments.tables import MethodTable, PaymentTable, invoice_link, left_over

PAYMENTS_CRUMB = ("Payments", "portal:payments")
_LOOKS_ONLY = "Your role looks at payments only."


class PaymentFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=PaymentState.choices)
    kind = django_filters.ChoiceFilter(label="By", choices=PaymentMethodKind.choices, empty_label="Any way")
    created_at = django_filters.DateFromToRangeFilter(label="Begun")


class PaymentList(ListView):
    action = Action.BILLING_VIEW
    title = "Payments"
    subtitle = "Money asked for, held, received and given back."
    queryset = Payment.objects.select_related("issuer", "account", "invoice")
    table = PaymentTable
    filterset = PaymentFilters
    search = ("account__name", "account__number", "invoice__number", "provider_ref", "note")
    search_hint = "Customer, invoice, reference"
    fixed_views = (
        ("All", ""),
        ("Held", "state=authorised"),
        ("Failed or returned", "state=failed&state=returned"),
    )
    empty = Empty(
        "No payments yet",
        "They appear when customers pay by card, when bank statements are read in, or when somebody records one here.",
        icon="cash",
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.PAYMENT_EDIT) else _LOOKS_ONLY
        return (
            ActionButton(
                "Record a payment", reverse("portal:payment-new"), icon="plus", style="primary", reason=reason
            ),
        )


def load_events(request, payment: Payment) -> dict:
    rows = payment.events.order_by("-received_at", "-pk")[:100]
    return {"events": [(row, EventOutcome(row.outcome)) for row in rows], "zone": payment.issuer.time_zone}


def load_allocations(request, payment: Payment) -> dict:
    rows = payment.allocations.select_related("invoice").order_by("pk")
    return {
        "allocations": [(row, invoice_link(row.invoice)) for row in rows], "currency": payment.currency,
        "left": left_over(payment), "zone": payment.issuer.time_zone,
    }  # fmt: skip


def load_entries(request, payment: Payment) -> dict:
    rows = payment.entries.select_related("debit__account", "credit__account").order_by("pk")
    return {"entries": rows, "zone": payment.issuer.time_zone}


class PaymentPage(DetailView):
    action = Action.BILLING_VIEW
    queryset = Payment.objects.select_related("issuer", "account", "invoice", "method")
    panels = (
        Panel("allocations", "Pays", template="portal/payments/allocations.html", load=load_allocations, flush=True,
              icon="file-invoice", live=lambda payment: f"payment:{payment.pk}"),
        Panel("events", "What the provider said", template="portal/payments/events.html", load=load_events,
              flush=True, icon="message", live=lambda payment: f"payment:{payment.pk}"),
        Panel("entries", "In the books", template="portal/payments/entries.html", load=load_entries, flush=True,
              icon="book", live=lambda payment: f"payment:{payment.pk}"),
        Panel(
            "facts", "Payment", side=True, live=lambda payment: f"payment:{payment.pk}",
            attributes=(
                Attribute("Customer", lambda payment: html.link(page_of(payment.account), payment.account)),
                Attribute("Asked for", lambda payment: money(payment.amount, payment.currency)),
                Attribute("Held", lambda payment: money(payment.authorised_amount, payment.currency)),
                Attribute("Came in", lambda payment: money(payment.captured_amount, payment.currency)),
                Attribute("Given back", lambda payment: money(payment.refunded_amount, payment.currency)),
                Attribute("Pays nothing yet", lambda payment: money(left_over(payment), payment.currency)),
                Attribute("For", lambda payment: invoice_link(payment.invoice)),
                Attribute("By", "get_kind_display"),
                Attribute("Method", "method"),
                Attribute("Provider", "provider"),
                Attribute("Its reference", "provider_ref"),
                Attribute("Why it failed", "failure"),
                Attribute("Note", "note"),
                Attribute("Issuer", "issuer"),
                Attribute("Begun", lambda payment: html.moment(payment.created_at, payment.issuer.time_zone)),
                Attribute("Ended", lambda payment: html.moment(payment.settled_at, payment.issuer.time_zone)),
                Attribute("Asked again", lambda payment: html.moment(payment.next_check_at, payment.issuer.time_zone)),
            ),
        ),
    )  # fmt: skip

    def page_status(self, obj):
        return PaymentState(obj.state)

    def page_live(self, obj):
        return f"payment:{obj.pk}"

    def breadcrumbs(self, obj):
        return (Crumb(PAYMENTS_CRUMB[0], reverse(PAYMENTS_CRUMB[1])),)

    def buttons(self, obj):
        reason = "" if may(self.request.user, Action.PAYMENT_EDIT) else _LOOKS_ONLY
        back = obj.captured_amount - obj.refunded_amount
        rows = [
            ("Give back", "refund", "arrow-back-up", "" if back else "Nothing is left of it.", False),
            ("Allocate", "allocate", "file-invoice", "" if left_over(obj) else "Nothing is left to allocate.", False),
            ("Release", "release", "lock-open", "" if _is_held(obj) else "Nothing is held.", False),
            ("Take off invoices", "free", "arrows-exchange", "" if obj.allocated_amount else "It pays nothing.", True),
            ("Ask the provider", "check", "refresh", "" if obj.provider in ASKED else "No provider follows it.", True),
        ]
        for label, name, icon, why_not, in_menu in rows:
            url = reverse(f"portal:payment-{name}", args=[obj.pk])
            yield ActionButton(label, url, icon=icon, reason=reason or why_not, in_dialog=True, in_menu=in_menu)


def _is_held(payment: Payment) -> bool:
    return payment.state in (PaymentState.CREATED, PaymentState.PENDING, PaymentState.AUTHORISED)


class MethodList(ListOfCustomer):
    title = "Payment methods"
    table = MethodTable
    empty = Empty("No payment method", "The customer leaves a card when paying a bill online.", icon="credit-card")

    def rows(self):
        methods = PaymentMethod.objects.visible_to(self.request.user, self.action)
        return methods.filter(account=self.account, removed_at=None)
