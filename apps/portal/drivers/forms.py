"""Forms of drivers, groups, cards and access rules."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms

from apps.accounts.models import Organisation
from apps.drivers.choices import CurrentKind, EnergyPeriod, GroupKind
from apps.drivers.models import Driver, DriverGroup
from apps.portal.drivers.words import DAYS
from apps.portal.kit.fields import offer_organisations
from apps.sites.models import Area, Site

TOKEN_TYPES = [
    ("ISO14443", "RFID card"),
    ("ISO15693", "RFID tag, ISO 15693"),
    ("KeyCode", "Key code"),
    ("Central", "App or central system"),
    ("eMAID", "Contract (Plug & Charge)"),
    ("MacAddress", "MAC address of the car"),
    ("Local", "Known to the station alone"),
    ("EVCCID", "Identifier of the car’s controller"),
    ("VIN", "Vehicle identification number"),
    ("DirectPayment", "Payment at the station"),
]


class DriverForm(forms.Form):
    """``sites`` and ``groups``: what may be chosen. ``home_required``: the user may add drivers of his sites only."""

    name = forms.CharField(max_length=120)
    group = forms.ModelChoiceField(queryset=DriverGroup.objects.none(), required=False, empty_label="No group")
    home_site = forms.ModelChoiceField(queryset=Site.objects.none(), required=False, empty_label="No home site")
    unit = forms.CharField(label="Flat or unit", max_length=40, required=False)
    email = forms.EmailField(label="E-mail address", required=False)
    phone = forms.CharField(max_length=40, required=False)
    language = forms.RegexField(
        r"^[A-Za-z]{2,3}(-[A-Za-z]{2,4})?$", max_length=8, required=False,
        help_text="In which stations speak to the driver, such as de or fr-CH.",
    )  # fmt: skip
    max_sessions = forms.IntegerField(
        label="Sessions at once", min_value=1, max_value=100, required=False,
        help_text="With all cards together. Empty: no limit.",
    )  # fmt: skip
    energy_limit_kwh = forms.DecimalField(
        label="Energy limit (kWh)", min_value=0, max_value=1_000_000, decimal_places=3, required=False,
        help_text="Once it is reached, no session begins until the period is over. Empty: no limit.",
    )  # fmt: skip
    energy_period = forms.ChoiceField(
        label="Energy limit per", choices=EnergyPeriod.choices, initial=EnergyPeriod.MONTH, required=False
    )

    def fields_of_driver(self) -> dict:
        """The arguments of the service; energy in Wh."""
        values = dict(self.cleaned_data)
        limit_kwh = values.pop("energy_limit_kwh")
        values["energy_limit_wh"] = None if limit_kwh is None else int(limit_kwh * 1000)
        values["energy_period"] = values["energy_period"] or EnergyPeriod.MONTH
        return values

    def __init__(self, *args, sites, groups, home_required: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups
        self.fields["home_site"].queryset = sites
        if home_required:
            self.fields["home_site"].required = True
            self.fields["home_site"].empty_label = None


class NewDriverForm(DriverForm):
    """As ``DriverForm``, with the organisation and, at once, a first card."""

    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    card = forms.CharField(
        label="First card", max_length=255, required=False,
        help_text="The number that the charger reads, such as 04A2B3C4D5E680. More cards can be added later.",
    )  # fmt: skip

    field_order = ("organisation",)

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class GroupForm(forms.Form):
    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=GroupKind.choices)
    charging_priority = forms.IntegerField(
        label="Priority", min_value=-9, max_value=9, initial=0, required=False,
        help_text="−9 to 9. Stations of OCPP 2.x are told who goes first where power is short.",
    )  # fmt: skip

    def clean_charging_priority(self) -> int:
        return self.cleaned_data["charging_priority"] or 0


class NewGroupForm(GroupForm):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())

    field_order = ("organisation",)

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class TokenForm(forms.Form):
    """What can be changed of a card. ``zone``: the clock in which its last day ends."""

    label = forms.CharField(max_length=80, required=False, help_text="What people call it, such as “Rita's blue tag”.")
    valid_until = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), label="Last day",
        help_text="Accepted until the end of this day; empty: without end.",
    )  # fmt: skip
    parent_group = forms.CharField(
        max_length=36, required=False, label="Parent group",
        help_text="Cards of one group may stop each other's sessions.",
    )  # fmt: skip
    allows_concurrent = forms.BooleanField(required=False, initial=True, label="May charge at several places at once")
    personal_message = forms.CharField(
        label="Message", max_length=200, required=False,
        help_text="Shown by stations of OCPP 2.x to whoever presents the card.",
    )  # fmt: skip
    is_master_pass = forms.BooleanField(required=False, label="Master pass: opens every charger and stops any session")

    def __init__(self, *args, zone: str, reaches_all: bool, **kwargs) -> None:
        """``reaches_all``: the user works for the whole organisation, as what works at all its sites needs."""
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        for name in () if reaches_all else ("parent_group", "is_master_pass"):
            self.fields[name].disabled = True
            self.fields[name].help_text = "Works at every site: only people of the whole organisation may change this."

    def fields_of_token(self) -> dict:
        """The arguments of the service; the last day as the instant in which it is over."""
        values = dict(self.cleaned_data)
        last_day = values.pop("valid_until")
        over = last_day and datetime.combine(last_day + timedelta(days=1), time(0), self.zone)
        return {**values, "expires_at": over or None}


class NewTokenForm(TokenForm):
    value = forms.CharField(
        max_length=255, label="Number", help_text="As the charger reads it, such as 04A2B3C4D5E680."
    )
    type = forms.ChoiceField(choices=TOKEN_TYPES, label="Kind")

    field_order = ("value", "type")


class BlockForm(forms.Form):
    reason = forms.CharField(max_length=200, required=False, help_text="Kept in the audit log.")


class AccessRuleForm(forms.Form):
    """``site`` fixed: areas, groups and drivers are those of its organisation."""

    group = forms.ModelChoiceField(queryset=DriverGroup.objects.none(), required=False, empty_label="Everybody")
    driver = forms.ModelChoiceField(
        queryset=Driver.objects.none(), required=False, empty_label="No single driver",
        help_text="Instead of a group: one driver.",
    )  # fmt: skip
    area = forms.ModelChoiceField(queryset=Area.objects.none(), required=False, empty_label="The whole site")
    weekdays = forms.MultipleChoiceField(
        choices=DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        label="Days",
        help_text="None: every day.",
    )
    from_time = forms.TimeField(
        required=False, label="From", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    until_time = forms.TimeField(
        required=False, label="Until", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="By the site's clock. Empty: all day. A time before “From” is on the next day.",
    )  # fmt: skip
    current = forms.ChoiceField(choices=CurrentKind.choices, required=False, label="At EVSEs that give")
    free_of_charge = forms.BooleanField(required=False, label="Free of charge in these hours")

    def __init__(self, *args, site: Site, groups, drivers, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups
        self.fields["driver"].queryset = drivers
        self.fields["area"].queryset = site.areas.order_by("name")

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))


class SiteChoiceForm(forms.Form):
    site = forms.ModelChoiceField(queryset=Site.objects.none(), empty_label=None)

    def __init__(self, *args, sites, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
