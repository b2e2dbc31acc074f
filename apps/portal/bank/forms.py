"""Forms of the bank."""

from django import forms

from apps.drivers.models import BillingAccount
from apps.invoicing.engine.bank_xml import MOST_BYTES
from apps.invoicing.models import DebitTerms, DirectDebit, Invoice, Issuer

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class IssuerForm(forms.Form):
    """``issuers``: those to choose from; a single one is chosen already."""

    issuer = forms.ModelChoiceField(queryset=Issuer.objects.none(), empty_label="Choose an issuer")

    def __init__(self, *args, issuers, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["issuer"]
        field.queryset = issuers
        if len(first := list(issuers[:2])) == 1:
            field.initial, field.empty_label = first[0].pk, None


class FileForm(IssuerForm):
    file = forms.FileField(label="File")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"At most {MOST_BYTES // 1024 // 1024} MiB.")
        return file


class CollectionForm(IssuerForm):
    until = forms.DateField(label="Due until", widget=DAY, help_text="Debits that fall due until this day, included.")


class MandateForm(IssuerForm):
    account = forms.ModelChoiceField(label="Customer", queryset=BillingAccount.objects.none())
    holder = forms.CharField(label="Holder of the bank account", max_length=70)
    iban = forms.CharField(
        label="IBAN", max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
    signed_on = forms.DateField(label="Signed on", widget=DAY, help_text="The day on the paper, which you keep.")

    def __init__(self, *args, accounts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, help_text="For the record, such as: the customer wrote on 3 April.")


class AssignForm(forms.Form):
    """A bill by its number, or a customer by his; the numbers of ``invoices`` and ``accounts`` are looked up."""

    invoice = forms.CharField(label="Bill", max_length=30, required=False, help_text="Its number.")
    account = forms.CharField(
        label="Customer",
        max_length=20,
        required=False,
        help_text="Or his number: the oldest bills are paid.",
    )

    def __init__(self, *args, invoices, accounts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.invoices, self.accounts = invoices, accounts

    def clean_invoice(self) -> Invoice | None:
        return self._found("invoice", self.invoices, "No bill of this issuer has this number.")

    def clean_account(self) -> BillingAccount | None:
        return self._found("account", self.accounts, "No customer has this number.")

    def clean(self):
        values = super().clean()
        if not self.errors and bool(values.get("invoice")) == bool(values.get("account")):
            raise forms.ValidationError("Give the number of a bill, or that of a customer.")
        return values

    def _found(self, name: str, rows, refusal: str):
        number = self.cleaned_data[name].strip()
        if not number:
            return None
        if (row := rows.filter(number__iexact=number).first()) is None:
            raise forms.ValidationError(refusal)
        return row


class ReturnForm(forms.Form):
    debit = forms.ModelChoiceField(label="Which debit", queryset=DirectDebit.objects.none())
    reason = forms.CharField(max_length=4, initial="MS03", help_text="The bank's code, such as AM04; MS03: none given.")

    def __init__(self, *args, debits, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["debit"].queryset = debits
        self.fields["debit"].label_from_instance = lambda debit: (
            f"{debit.invoice} · {debit.mandate.account} · {debit.payment.amount} {debit.payment.currency}"
        )


class TermsForm(forms.ModelForm):
    class Meta:
        model = DebitTerms
        fields = ("notice_days", "lead_days", "schema")
        labels = {"notice_days": "Days of notice", "lead_days": "Business days before", "schema": "Format of files"}
        help_texts = {
            "notice_days": "Between telling the customer and the due date; 14 unless your terms agree on fewer.",
            "lead_days": "By which your bank wants the file before the due date.",
        }
