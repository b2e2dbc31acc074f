"""What people do to payments."""

import secrets
from decimal import Decimal

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import InvoiceState, PaymentMethodKind
from apps.invoicing.models import Invoice, Issuer, Payment, PaymentMethod
from apps.invoicing.payments.providers import ASKED
from apps.invoicing.services.allocations import allocate_to, take_back
from apps.invoicing.services.payment_methods import remove_method, set_default_method
from apps.invoicing.services.payments import receive, refund, release
from apps.invoicing.services.polling import check_payment
from apps.portal.kit.views import ActionView, Crumb, FormView
from apps.portal.links import page_of
from apps.portal.payments.tables import left_over
from apps.portal.payments.views import PAYMENTS_CRUMB


def amount_field(**kwargs) -> forms.DecimalField:
    return forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2, **kwargs)


class ReceiveForm(forms.Form):
    customer = forms.CharField(max_length=20, help_text="The customer number, as on bills.")
    issuer = forms.ModelChoiceField(Issuer.objects.none())
    amount = amount_field()
    currency = forms.CharField(min_length=3, max_length=3, initial="EUR")
    invoice = forms.CharField(
        max_length=30, required=False, help_text="Its number. Empty: the oldest open one is paid first."
    )
    note = forms.CharField(max_length=200, help_text="Cash, cheque number, who took it.")
    once = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args, accounts, issuers, invoices, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.accounts, self.invoices = accounts, invoices
        self.fields["issuer"].queryset = issuers

    def clean_currency(self):
        return self.cleaned_data["currency"].upper()

    def clean_customer(self):
        account = self.accounts.filter(number=self.cleaned_data["customer"]).first()
        if account is None:
            raise forms.ValidationError("There is no customer with this number.")
        return account

    def clean(self):
        number, account = self.cleaned_data.get("invoice"), self.cleaned_data.get("customer")
        issuer = self.cleaned_data.get("issuer")
        if account and issuer and account.organisation_id != issuer.organisation_id:
            self.add_error("issuer", "The issuer is of another organisation than the customer.")
        if number and account and issuer:
            invoice = self.invoices.filter(number=number, account=account, issuer=issuer).first()
            if invoice is None:
                self.add_error("invoice", "The issuer has no invoice of this number to this customer.")
            self.cleaned_data["invoice"] = invoice
        return self.cleaned_data


class RecordPayment(FormView):
    """``once`` travels with the form, so that sending it twice records one payment."""

    action = Action.PAYMENT_EDIT
    title = "Record a payment"
    intro = "Money that came in without bank or provider: cash, a cheque. It pays what the customer owes."
    form_class = ReceiveForm
    submit_label = "Record"
    success_message = "The payment is recorded."

    def breadcrumbs(self):
        return (Crumb(PAYMENTS_CRUMB[0], reverse(PAYMENTS_CRUMB[1])),)

    def get_cancel_url(self):
        return reverse("portal:payments")

    def get_initial(self):
        return {"once": secrets.token_hex(12), "customer": self.request.GET.get("customer", "")}

    def get_form_kwargs(self):
        user = self.request.user
        return {
            "accounts": BillingAccount.objects.visible_to(user, self.action),
            "issuers": Issuer.objects.visible_to(user, self.action).order_by("name"),
            "invoices": Invoice.objects.visible_to(user, self.action),
        }

    def save(self, form):
        data = form.cleaned_data
        return receive(
            issuer=data["issuer"], account=data["customer"], kind=PaymentMethodKind.MANUAL, provider="manual",
            key=f"manual:{self.request.user.pk}:{data['once']}", amount=data["amount"], currency=data["currency"],
            at=timezone.now(), invoice=data["invoice"] or None, note=data["note"], actor=self.request.user,
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(result)


class OfPayment(FormView):
    """A form about one payment, reached from its page."""

    action = Action.PAYMENT_EDIT
    queryset = Payment.objects.select_related("issuer", "account", "invoice")

    def breadcrumbs(self):
        crumb = Crumb(PAYMENTS_CRUMB[0], reverse(PAYMENTS_CRUMB[1]))
        return (crumb, Crumb(str(self.object), page_of(self.object)))

    def get_cancel_url(self):
        return page_of(self.object)

    def get_success_url(self, result):
        return page_of(self.object)


class RefundForm(forms.Form):
    amount = amount_field()
    reason = forms.CharField(max_length=200)
    refunded = forms.DecimalField(max_digits=14, decimal_places=2, widget=forms.HiddenInput)


class RefundPayment(OfPayment):
    """``refunded`` is what the person saw, so that a double click gives back once."""

    title = "Give money back"
    intro = (
        "A card is credited by its provider. Other money you give back yourself; here it is written down. Invoices "
        "that the payment paid are open again as far as needed."
    )
    form_class = RefundForm
    submit_label = "Give back"
    dangerous = True
    success_message = "It is given back."

    def get_refusal(self):
        return "" if self.object.captured_amount > self.object.refunded_amount else "Nothing is left of this payment."

    def get_initial(self):
        return {"amount": left_over(self.object) or None, "refunded": self.object.refunded_amount}

    def save(self, form):
        self.object.refunded_amount = form.cleaned_data["refunded"]
        return refund(
            payment=self.object, amount=form.cleaned_data["amount"], reason=form.cleaned_data["reason"],
            at=timezone.now(), actor=self.request.user,
        )  # fmt: skip


class AllocateForm(forms.Form):
    invoice = forms.ModelChoiceField(Invoice.objects.none())
    amount = amount_field()

    def __init__(self, *args, invoices, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoice"].queryset = invoices
        self.fields["invoice"].label_from_instance = lambda one: f"{one.number}: {one.open_amount} {one.currency} open"


class AllocatePayment(OfPayment):
    title = "Pay an invoice with it"
    form_class = AllocateForm
    submit_label = "Allocate"
    success_message = "The payment is allocated."

    def _invoices(self):
        payment = self.object
        return Invoice.objects.filter(
            issuer=payment.issuer_id, account=payment.account_id, currency=payment.currency,
            state=InvoiceState.ISSUED, open_amount__gt=0,
        ).order_by("due_on", "pk")  # fmt: skip

    def get_refusal(self):
        if left_over(self.object) <= 0:
            return "Nothing is left of this payment."
        return "" if self._invoices().exists() else "Nothing is open of this customer, issuer and currency."

    def get_form_kwargs(self):
        return {"invoices": self._invoices()}

    def get_initial(self):
        return {"amount": left_over(self.object)}

    def save(self, form):
        return allocate_to(
            payment=self.object, invoice=form.cleaned_data["invoice"], amount=form.cleaned_data["amount"],
            at=timezone.now(), actor=self.request.user,
        )  # fmt: skip


class OnPayment(ActionView):
    """A question about one payment, asked before something is done."""

    action = Action.PAYMENT_EDIT
    queryset = Payment.objects.select_related("issuer", "account__organisation", "invoice")

    def get_success_url(self, result):
        return page_of(self.object)


class ReleasePayment(OnPayment):
    title = "Give free what is held?"
    intro = "Nothing is taken from the customer's card."
    submit_label = "Release"
    dangerous = True
    success_message = "It is released."

    def save(self, form):
        return release(payment=self.object, at=timezone.now(), actor=self.request.user)


class FreePayment(OnPayment):
    title = "Take this payment off its invoices?"
    intro = "They are open again; the payment can be allocated otherwise or given back."
    submit_label = "Take off"
    success_message = "The payment pays nothing now."

    def save(self, form):
        return take_back(payment=self.object, at=timezone.now(), actor=self.request.user)


class CheckPayment(OnPayment):
    title = "Ask the provider how it stands?"
    intro = "It is asked by itself every now and then; this asks at once."
    submit_label = "Ask"

    def get_refusal(self):
        return "" if self.object.provider in ASKED else "No provider follows this payment."

    def save(self, form):
        return check_payment(payment=self.object, at=timezone.now())

    def get_success_message(self, result):
        return "There was news." if result else "Nothing new."


class OnMethod(ActionView):
    action = Action.PAYMENT_EDIT
    queryset = PaymentMethod.objects.select_related("account")

    def get_success_url(self, result):
        return reverse("portal:payment-methods", args=[self.object.account_id])


class ChooseMethod(OnMethod):
    title = "Charge this from now on?"
    submit_label = "Charge this"
    success_message = "It is charged from now on."

    def save(self, form):
        return set_default_method(method=self.object, actor=self.request.user)


class RemoveMethod(OnMethod):
    title = "Remove this payment method?"
    intro = "It is charged no more."
    submit_label = "Remove"
    dangerous = True
    success_message = "It is removed."

    def save(self, form):
        return remove_method(method=self.object, actor=self.request.user, at=timezone.now())
