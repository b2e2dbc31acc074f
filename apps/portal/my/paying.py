"""Paying a bill on the provider's page, and allowing the issuer to collect by direct debit."""

from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.core.addresses import base_url_for
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import PaymentState
from apps.invoicing.models import Mandate
from apps.invoicing.services.mandates import revoke_mandate, sign_mandate
from apps.invoicing.services.payments import pay_invoice
from apps.portal.kit.views import Crumb, FormView
from apps.portal.my.bills import own_bills
from apps.portal.my.more import Mine

COLLECTED = "It is collected by direct debit on the day that you were told."


class MyPay(FormView):
    """Leads to the provider's page. Pressing twice leads to the same payment; a failed one begins anew."""

    action = Action.OWN_CHARGING_VIEW
    title = "Pay this bill now?"
    submit_label = "Go on to pay"
    success_message = ""

    @property
    def object(self):
        return get_object_or_404(own_bills(self.request.user), pk=self.kwargs["pk"])

    def get_intro(self):
        bill = self.object
        return f"{bill.open_amount} {bill.currency} for {bill.get_kind_display().lower()} {bill.number}."

    def get_refusal(self):
        bill = self.object
        if bill.kind == "credit_note" or not bill.open_amount:
            return "Nothing is open of it."
        waits = bill.payments.filter(kind="direct_debit", state__in=[PaymentState.CREATED, PaymentState.PENDING])
        return COLLECTED if waits.exists() else ""

    def breadcrumbs(self):
        return (Crumb("My bills", reverse("portal:my-bills")),)

    def get_cancel_url(self):
        return reverse("portal:my-bill", args=[self.kwargs["pk"]])

    def save(self, form):
        bill = self.object
        tries = bill.payments.exclude(state__in=[PaymentState.CREATED, PaymentState.PENDING]).count()
        return pay_invoice(
            invoice=bill,
            key=f"bill:{bill.pk}:{bill.open_amount}:{tries}",
            return_url=base_url_for(self.request) + self.get_cancel_url(),
            at=timezone.now(),
        )

    def get_success_url(self, result):
        return result.redirect_url or self.get_cancel_url()


class MandateForm(forms.Form):
    holder = forms.CharField(label="Account holder", max_length=70)
    iban = forms.CharField(label="IBAN", max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    agrees = forms.BooleanField(label="I allow my bills to be collected from this account by SEPA direct debit.")


class MyMandate(Mine):
    """The customer signs: a mandate in force is replaced."""

    title = "Pay by direct debit"
    intro = (
        "You are told the amount and the day before each collection. Within eight weeks you can have your bank give "
        "the money back, on the terms agreed with it."
    )
    form_class = MandateForm
    submit_label = "Sign"
    success_message = "Thank you. Your bills are collected from now on; the mandate is listed here."

    @property
    def object(self):
        rows = BillingAccount.objects.of_user(self.request.user).filter(closed_at=None)
        return get_object_or_404(rows.select_related("organisation"), pk=self.kwargs["pk"])

    def get_initial(self):
        return {"holder": self.object.name}

    def save(self, form):
        return sign_mandate(
            account=self.object,
            iban=form.cleaned_data["iban"],
            holder=form.cleaned_data["holder"],
            at=timezone.now(),
            actor=self.request.user,
        )


class MyMandateRevoke(Mine):
    title = "End the direct debit?"
    intro = "Nothing more is collected. Bills are then paid by transfer, or by card on their page."
    submit_label = "End it"
    dangerous = True
    success_message = "The direct debit is ended."

    @property
    def object(self):
        return get_object_or_404(Mandate.objects.filter(account__user=self.request.user), pk=self.kwargs["pk"])

    def save(self, form):
        return revoke_mandate(
            mandate=self.object, reason="Ended by the customer", actor=self.request.user, at=timezone.now()
        )
