"""Forms of issuers and of the terms of a site."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.invoicing.models import Issuer
from apps.portal.issuers.numbers import bic_of, clean_bic, clean_iban, clean_vat_id
from apps.portal.kit.fields import offer_organisations
from apps.tariffs.engine.errors import UnknownTimeZone
from apps.tariffs.engine.zones import zone_of


def levels_of(text: str) -> list[dict[str, Any]]:
    """``7 0.00`` a line: days after the due date, and the fee. Raises ``ValidationError``."""
    levels = []
    for line in filter(str.strip, text.splitlines()):
        found = re.fullmatch(r"\s*(\d{1,3})(?:\s+(\d{1,4}(?:[.,]\d{1,2})?))?\s*", line)
        if not found:
            raise forms.ValidationError(f"“{line.strip()}” is not days and a fee, such as 14 5.00.")
        fee = Decimal((found[2] or "0").replace(",", ".")).quantize(Decimal("0.01"))
        levels.append({"after_days": int(found[1]), "fee": str(fee)})
    days = [level["after_days"] for level in levels]
    if days != sorted(set(days)):
        raise forms.ValidationError("Each reminder comes later than the one before.")
    return levels


def text_of(levels: list[dict[str, Any]]) -> str:
    return "\n".join(f"{level['after_days']} {level['fee']}" for level in levels)


class IssuerForm(forms.ModelForm):
    dunning = forms.CharField(
        label="Reminders", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: days after the due date, and the fee. 7 0.00, then 21 5.00. Empty: none are sent.",
    )  # fmt: skip
    language = forms.ChoiceField(choices=[("en", "English"), ("de", "Deutsch")])
    country = forms.RegexField(r"^[A-Za-z]{2}$", max_length=2, help_text="Two letters, such as DE.")

    class Meta:
        model = Issuer
        fields = (
            "name", "street", "postal_code", "city", "country", "vat_id", "tax_number", "register", "email", "phone",
            "contact", "iban", "bic", "bank_name", "creditor_id", "invoice_prefix", "credit_prefix", "receipt_prefix",
            "payment_days", "cash_step", "exemption_reason", "dunning", "return_fee", "footer", "time_zone", "language",
        )  # fmt: skip
        help_texts = {
            "name": "As the law has it: with GmbH, Ltd, …",
            "bic": "Empty: found from the IBAN where the bank's country lists it.",
            "cash_step": "0.05 where cents are not paid, as in CHF. Empty: to the cent.",
            "exemption_reason": "Only where no VAT is charged at all: the sentence that the law asks for.",
            "return_fee": "What a returned direct debit costs the customer.",
        }
        widgets = {"footer": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["dunning"] = text_of(self.initial.get("dunning") or [])

    def clean_dunning(self) -> list[dict[str, Any]]:
        return levels_of(self.cleaned_data["dunning"])

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    def clean_iban(self) -> str:
        return clean_iban(self.cleaned_data["iban"])

    def clean_bic(self) -> str:
        return clean_bic(self.cleaned_data["bic"]) or bic_of(self.cleaned_data.get("iban", ""))

    def clean_vat_id(self) -> str:
        return clean_vat_id(self.cleaned_data["vat_id"], self.cleaned_data.get("country", ""))

    def clean_time_zone(self) -> str:
        try:
            zone_of(self.cleaned_data["time_zone"])
        except UnknownTimeZone as error:
            raise forms.ValidationError(error.message) from error
        return self.cleaned_data["time_zone"]

    def _post_clean(self) -> None:
        """What was typed is handed to the service, which checks it; the row itself stays as it is."""


class NewIssuerForm(IssuerForm):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    field_order = ("organisation",)

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class TermsForm(forms.Form):
    issuer = forms.ModelChoiceField(queryset=Issuer.objects.none(), help_text="Whose invoices charging here is on.")
    owner_name = forms.CharField(label="Owner of the site", max_length=120, required=False)
    owner_address = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    owner_email = forms.EmailField(label="Owner's e-mail address", required=False)
    share_percent = forms.DecimalField(
        label="Share of revenue (%)", min_value=0, max_value=100, max_digits=5, decimal_places=2, initial=0,
        help_text="Of the net revenue of energy, time and idle fees.",
    )  # fmt: skip
    share_per_kwh = forms.DecimalField(
        label="Share per kWh", min_value=0, max_digits=8, decimal_places=4, initial=0,
        help_text="Net, in the currency of the site, for each kWh that was billed.",
    )  # fmt: skip

    def __init__(self, *args, issuers, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = issuers
