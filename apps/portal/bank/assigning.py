"""Saying what an entry of the bank is."""

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount
from apps.invoicing.bank_choices import DebitState
from apps.invoicing.models import BankTransaction, DirectDebit, Invoice
from apps.invoicing.services.bank_assigning import (
    assign,
    assign_as_fee,
    assign_as_return,
    share_of_invoice,
    take_assignment_back,
)
from apps.invoicing.services.bank_payments import Share
from apps.portal.bank.forms import AssignForm, ReturnForm
from apps.portal.kit import format as fmt
from apps.portal.kit.views import ActionView, Crumb
from apps.portal.links import page_of


class EntryAction(ActionView):
    """Base: one entry of the bank."""

    action = Action.PAYMENT_EDIT
    queryset = BankTransaction.objects.select_related("issuer")

    def breadcrumbs(self):
        return (Crumb("Bank", reverse("portal:bank")), Crumb(str(self.object), page_of(self.object)))

    def get_intro(self):
        return self.intro.format(amount=fmt.money(self.object.amount, self.object.currency))


class OpenEntryAction(EntryAction):
    """Base: one that lies in suspense."""

    def get_refusal(self):
        return "" if self.object.is_unassigned else "It is assigned already."


class Assign(OpenEntryAction):
    title = "Whose payment is it?"
    intro = "{amount} came in. The bill you name is paid first, then the customer's oldest; the rest stays as a credit."
    form_class = AssignForm
    submit_label = "Assign"
    success_message = "The payment is assigned."

    def get_form_kwargs(self):
        issuer = self.object.issuer
        invoices = Invoice.objects.filter(issuer=issuer, number__isnull=False).select_related("account")
        accounts = BillingAccount.objects.filter(organisation=issuer.organisation_id)
        return {"invoices": invoices, "accounts": accounts}

    def get_refusal(self):
        return super().get_refusal() or ("" if self.object.is_credit else "This money went out: it pays no bill.")

    def save(self, form):
        invoice, entry = form.cleaned_data["invoice"], self.object
        share = share_of_invoice(entry, invoice) if invoice else Share(form.cleaned_data["account"], entry.amount)
        return assign(entry=entry, shares=[share], actor=self.request.user, at=timezone.now())


class AssignAsFee(OpenEntryAction):
    title = "Is it a fee of the bank?"
    intro = "{amount} are booked as a cost of the bank, or as one that it gives back."
    submit_label = "Book as a fee"
    success_message = "It is booked as a fee."

    def save(self, form):
        return assign_as_fee(entry=self.object, actor=self.request.user, at=timezone.now())


class AssignAsReturn(OpenEntryAction):
    title = "Which debit came back?"
    intro = "{amount} went out. The bill is open again; what is more than the debit is booked as a fee of the bank."
    form_class = ReturnForm
    submit_label = "It came back"
    success_message = "The debit is returned; its bill is open again."

    def get_form_kwargs(self):
        rows = DirectDebit.objects.filter(
            mandate__issuer=self.object.issuer_id, state__in=[DebitState.SUBMITTED, DebitState.COLLECTED],
            payment__amount__lte=self.object.amount,
        ).select_related("invoice", "mandate__account", "payment")  # fmt: skip
        nearest = rows.order_by("-payment__amount", "-due_on")[:100]
        return {"debits": rows.filter(pk__in=list(nearest.values_list("pk", flat=True))).order_by("-payment__amount")}

    def get_refusal(self):
        return super().get_refusal() or ("This money came in." if self.object.is_credit else "")

    def save(self, form):
        return assign_as_return(entry=self.object, actor=self.request.user, at=timezone.now(), **form.cleaned_data)


class TakeBack(EntryAction):
    title = "Take the assignment back?"
    intro = "The bills that it paid are open again, and the {amount} wait to be assigned anew."
    submit_label = "Take back"
    dangerous = True
    success_message = "It waits to be assigned anew."

    def get_refusal(self):
        return "It waits to be assigned." if self.object.is_unassigned else ""

    def save(self, form):
        return take_assignment_back(entry=self.object, actor=self.request.user, at=timezone.now())
