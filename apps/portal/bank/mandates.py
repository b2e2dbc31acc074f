"""Mandates: who lets us collect, signed on paper, revoked."""

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.invoicing.models import Mandate
from apps.invoicing.services.mandates import revoke_mandate, sign_mandate
from apps.portal.bank import scope
from apps.portal.bank.filters import MandateFilters
from apps.portal.bank.forms import MandateForm, ReasonForm
from apps.portal.bank.tables import MandateTable
from apps.portal.bank.transactions import NO_RIGHT
from apps.portal.kit.views import ActionButton, ActionView, Crumb, Empty, FormView, ListView


class MandateList(ListView):
    action = Action.BILLING_VIEW
    title = "Mandates"
    queryset = Mandate.objects.select_related("account", "issuer")
    table = MandateTable
    filterset = MandateFilters
    search = ("reference", "account__name", "account__number", "holder")
    search_hint = "Reference, customer, holder"
    fixed_views = (("In force", "state=asked&state=signed&state=active"), ("All", ""))
    empty = Empty(
        "No mandates yet",
        "Customers sign one under “My charging”; one on paper is entered here.",
        icon="signature",
    )

    def buttons(self):
        reason = "" if may(self.request.user, Action.PAYMENT_EDIT) else NO_RIGHT
        url = reverse("portal:mandate-new")
        return (ActionButton("Enter one on paper", url, icon="plus", style="primary", reason=reason),)


def mandate_crumbs() -> tuple[Crumb, ...]:
    return (Crumb("Mandates", reverse("portal:mandates")),)


class MandateNew(FormView):
    action = Action.PAYMENT_EDIT
    title = "A mandate on paper"
    intro = "From now on the customer pays by direct debit. A mandate that was in force is replaced."
    form_class = MandateForm
    submit_label = "Enter"
    success_message = "The mandate is in force."

    def get_form_kwargs(self):
        return {"issuers": scope.issuers(self.request.user), "accounts": scope.accounts(self.request.user)}

    def breadcrumbs(self):
        return mandate_crumbs()

    def get_cancel_url(self):
        return reverse("portal:mandates")

    def save(self, form):
        return sign_mandate(**form.cleaned_data, is_on_paper=True, actor=self.request.user, at=timezone.now())

    def get_success_url(self, mandate):
        return reverse("portal:mandates")


class MandateRevoke(ActionView):
    action = Action.PAYMENT_EDIT
    queryset = Mandate.objects.select_related("account__organisation")
    title = "Revoke this mandate?"
    intro = "Nothing more is collected by it; the customer pays by transfer. What the bank has already, it collects."
    form_class = ReasonForm
    submit_label = "Revoke"
    dangerous = True
    success_message = "The mandate is revoked."

    def breadcrumbs(self):
        return mandate_crumbs()

    def get_refusal(self):
        return "It has ended." if self.object.ended_at else ""

    def save(self, form):
        reason = form.cleaned_data["reason"]
        return revoke_mandate(mandate=self.object, reason=reason, actor=self.request.user, at=timezone.now())

    def get_success_url(self, result):
        return reverse("portal:mandates")

    def get_cancel_url(self):
        return reverse("portal:mandates")
