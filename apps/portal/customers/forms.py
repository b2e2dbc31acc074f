"""Forms of customers, plans and vehicles."""

from django import forms
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as WrongNumber

from apps.accounts.models import Organisation
from apps.drivers.choices import AccountKind, PayBy
from apps.drivers.models import BillingAccount, Vehicle
from apps.sites.models import Site
from apps.tariffs.models import MembershipPlan

KINDS = [choice for choice in AccountKind.choices if choice[0] != AccountKind.GUEST]


class CustomerForm(forms.Form):
    """``sites``: what may be chosen. ``home_required``: the user may have customers of his sites only."""

    name = forms.CharField(max_length=120, help_text="As bills are made out to: a person or a company.")
    kind = forms.ChoiceField(choices=KINDS, help_text="A fleet's bills are split by vehicle and department.")
    home_site = forms.ModelChoiceField(queryset=Site.objects.none(), required=False, empty_label="No home site")
    contact = forms.CharField(label="Attention", max_length=120, required=False)
    email = forms.EmailField(label="E-mail address", required=False, help_text="Bills and reminders go here.")
    street = forms.CharField(max_length=120, required=False)
    postal_code = forms.CharField(max_length=20, required=False)
    city = forms.CharField(max_length=80, required=False)
    country = forms.RegexField(
        r"^[A-Za-z]{2}$", max_length=2, required=False, help_text="Two letters, such as DE. Needed for bills."
    )
    vat_id = forms.CharField(
        label="VAT number", max_length=20, required=False, help_text="Of companies, with DE in front."
    )
    buyer_reference = forms.CharField(
        label="Their reference", max_length=60, required=False,
        help_text="An order number or Leitweg-ID that each bill must show.",
    )  # fmt: skip
    pay_by = forms.ChoiceField(label="Pays by", choices=PayBy.choices)
    sends_mail = forms.BooleanField(label="Bills by e-mail", required=False, initial=True)
    language = forms.ChoiceField(choices=[("en", "English"), ("de", "Deutsch")], required=False)

    def __init__(self, *args, sites, home_required: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["home_site"].queryset = sites
        if home_required:
            self.fields["home_site"].required = True
            self.fields["home_site"].empty_label = None

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    def clean_vat_id(self) -> str:
        number = self.cleaned_data["vat_id"].strip()
        try:
            return vat.validate(number) if number else ""
        except WrongNumber as error:
            raise forms.ValidationError("This is not a VAT number of the European Union: check its digits.") from error

    def clean(self):
        values = super().clean()
        if values.get("sends_mail") and not values.get("email"):
            self.add_error("email", "Bills by e-mail need an address.")
        return values


class NewCustomerForm(CustomerForm):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    number = forms.CharField(
        label="Customer number", max_length=20, required=False, help_text="Empty: the next one, such as K00017."
    )
    field_order = ("organisation", "number")

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = organisations
        if len(organisations) == 1:
            field.initial = organisations[0]
            field.widget = forms.HiddenInput()


class PlanForm(forms.Form):
    plan = forms.ModelChoiceField(queryset=MembershipPlan.objects.none())
    from_date = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, plans, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans


class PlanEndForm(forms.Form):
    until_date = forms.DateField(
        label="First day without it", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The fee of that month is charged by days.",
    )  # fmt: skip


class VehicleForm(forms.Form):
    label = forms.CharField(label="Name", max_length=60, help_text="As people call it: Van 12, Rita’s Zoe.")
    plate = forms.CharField(label="Number plate", max_length=20, required=False)
    battery_kwh = forms.DecimalField(
        label="Battery (kWh)", min_value=0, max_value=2_000, decimal_places=1, required=False
    )
    evcc_id = forms.CharField(
        label="EVCC id", max_length=40, required=False, help_text="By which the car itself is known to chargers."
    )
    department = forms.CharField(max_length=60, required=False)
    depot = forms.CharField(max_length=60, required=False)
    route = forms.CharField(max_length=60, required=False)

    def fields_of_vehicle(self) -> dict:
        """The arguments of the service; energy in Wh."""
        values = dict(self.cleaned_data)
        battery_kwh = values.pop("battery_kwh")
        values["battery_wh"] = None if battery_kwh is None else int(battery_kwh * 1000)
        return values


class CardVehicleForm(forms.Form):
    vehicle = forms.ModelChoiceField(
        queryset=Vehicle.objects.none(), required=False, empty_label="No vehicle: the driver’s customer pays"
    )

    def __init__(self, *args, vehicles, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vehicle"].queryset = vehicles


class PayerForm(forms.Form):
    account = forms.ModelChoiceField(
        label="Customer", queryset=BillingAccount.objects.none(), required=False, empty_label="Nobody is billed"
    )

    def __init__(self, *args, accounts, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts
