"""Crediting a bill, billing it again, discarding a draft."""

from django import forms
from django.utils import timezone

from apps.accounts.policy import Action
from apps.invoicing.models import Invoice
from apps.invoicing.services.corrections import bill_again, credit, discard
from apps.portal.billing.invoice_panels import again_refusal, credit_refusal, discard_refusal
from apps.portal.kit.views import ActionView
from apps.portal.links import page_of

_INVOICES = Invoice.objects.select_related("issuer", "account", "item__run")


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, help_text="Stands on the credit note.")


class CreditInvoice(ActionView):
    action = Action.BILLING_EDIT
    queryset = _INVOICES
    title = "Credit this bill?"
    intro = (
        "A credit note over all of it is issued. Its charging is then on no bill until you bill it again or the next "
        "run does. What was paid for it waits at the payment, to be refunded or to pay another bill."
    )
    form_class = ReasonForm
    submit_label = "Credit"
    dangerous = True

    def get_refusal(self):
        return credit_refusal(self.object)

    def save(self, form):
        reason = form.cleaned_data["reason"]
        return credit(invoice_id=self.object.pk, reason=reason, actor=self.request.user, at=timezone.now())

    def get_success_message(self, result):
        return f"{result} is issued."


class BillAgain(ActionView):
    action = Action.BILLING_EDIT
    queryset = _INVOICES
    title = "Bill this again?"
    intro = "A new bill for the same days is issued at once, as the charging is rated now."
    submit_label = "Bill again"

    def get_refusal(self):
        return again_refusal(self.object)

    def save(self, form):
        return bill_again(invoice_id=self.object.pk, actor=self.request.user, at=timezone.now())

    def get_success_url(self, result):
        return page_of(result)

    def get_success_message(self, result):
        return f"{result} is issued."


class DiscardDraft(ActionView):
    action = Action.BILLING_EDIT
    queryset = _INVOICES
    title = "Discard this draft?"
    intro = "Its charging is billed by the next run."
    submit_label = "Discard"
    success_message = "The draft is discarded."
    dangerous = True

    def get_refusal(self):
        return discard_refusal(self.object)

    def save(self, form):
        return discard(invoice_id=self.object.pk, actor=self.request.user, at=timezone.now())
