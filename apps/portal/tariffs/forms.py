"""Forms of tariffs: the simple editor, and where a tariff applies."""

from decimal import Decimal

from django import forms

from apps.accounts.models import Organisation
from apps.drivers.models import DriverGroup
from apps.portal.kit.fields import LocalMoment, offer_organisations
from apps.portal.tariffs.words import simple_tariff
from apps.sites.models import Area, Site
from apps.sites.validators import validate_currency
from apps.tariffs.engine.tariff import Tariff


def _price(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_digits=9, decimal_places=5, help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip


class CurrencyField(forms.CharField):
    """A code such as EUR; small letters are taken too."""

    def to_python(self, value) -> str:
        return super().to_python(value).upper()


class PriceForm(forms.Form):
    """``time_zone``: the clock in which the beginning is given."""

    energy = _price("Price per kWh", "")
    time = _price("Price per hour of charging", "Counted while energy flows.")
    flat = _price("Session fee", "Once for each session.")
    vat_percent = forms.DecimalField(
        label="Tax (%)", required=False, min_value=Decimal(0), max_value=Decimal(100), max_digits=5, decimal_places=2
    )
    tax_included = forms.BooleanField(label="The prices include the tax", required=False, initial=True)
    valid_from = LocalMoment(label="In force from", required=False)

    def __init__(self, *args, time_zone: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["valid_from"]
        field.time_zone = time_zone
        field.help_text = f"Clock of {time_zone}. Empty: at once. Sessions that run keep their price."

    def clean(self):
        values = super().clean()
        if not self.errors and all(values.get(name) is None for name in ("energy", "time", "flat")):
            self.add_error("energy", "Give at least one price; 0 is a price.")
        return values

    def tariff(self, currency: str) -> Tariff:
        """The engine's tariff of what was typed."""
        values = self.cleaned_data
        return simple_tariff(
            currency=currency,
            vat_percent=values.get("vat_percent") or None,
            tax_included=bool(values.get("tax_included")),
            **{name: values.get(name) for name in ("energy", "time", "flat")},
        )


class NewTariffForm(PriceForm):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    name = forms.CharField(max_length=120, help_text="Drivers see it, such as “Residents”.")
    currency = CurrencyField(max_length=3, validators=[validate_currency], help_text="Such as EUR.")

    field_order = ("organisation", "name", "currency")

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class AssignForm(forms.Form):
    site = forms.ModelChoiceField(queryset=Site.objects.none(), empty_label=None)
    area = forms.ModelChoiceField(queryset=Area.objects.none(), required=False, empty_label="The whole site")
    group = forms.ModelChoiceField(
        label="Only for", queryset=DriverGroup.objects.none(), required=False, empty_label="Everybody",
        help_text="A price for a group comes before one for an area, and that before one for the site.",
    )  # fmt: skip
    valid_from = LocalMoment(label="From", required=False)
    valid_until = LocalMoment(label="Until", required=False)

    def __init__(self, *args, sites, groups, time_zone: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["group"].queryset = groups
        self.fields["area"].queryset = (
            Area.objects.filter(site__in=sites).select_related("site").order_by("site__name", "name")
        )
        self.fields["area"].label_from_instance = lambda area: f"{area.site}: {area.name}"
        for name in ("valid_from", "valid_until"):
            self.fields[name].time_zone = time_zone
        self.fields["valid_from"].help_text = f"Clock of {time_zone}. Empty: at once."
        self.fields["valid_until"].help_text = "Empty: without end."
