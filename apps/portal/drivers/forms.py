"""Forms of drivers, groups, cards and access rules."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms

from apps.accounts.models import Organisation
from apps.drivers.choices import GroupKind
from apps.drivers.models import Driver, DriverGroup
from apps.portal.drivers.words import DAYS
from apps.sites.models import Area, Site

TOKEN_TYPES = [
    ("ISO14443", "RFID card"),
    ("ISO15693", "RFID tag, ISO 15693"),
    ("KeyCode", "Key code"),
    ("Central", "App or central system"),
    ("eMAID", "Contract (Plug & Charge)"),
    ("MacAddress", "MAC address of the car"),
]


class DriverForm(forms.Form):
    """``sites`` and ``groups``: what may be chosen. ``home_required``: the user may add drivers of his sites only."""

    name = forms.CharField(max_length=120)
    group = forms.ModelChoiceField(queryset=DriverGroup.objects.none(), required=False, empty_label="No group")
    home_site = forms.ModelChoiceField(queryset=Site.objects.none(), required=False, empty_label="No home site")
    unit = forms.CharField(label="Flat or unit", max_length=40, required=False)
    email = forms.EmailField(label="E-mail address", required=False)
    phone = forms.CharField(max_length=40, required=False)

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
        field = self.fields["organisation"]
        field.queryset = organisations
        if len(organisations) == 1:
            field.initial = organisations[0]
            field.widget = forms.HiddenInput()


class GroupForm(forms.Form):
    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=GroupKind.choices)


class NewGroupForm(GroupForm):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())

    field_order = ("organisation",)

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = organisations
        if len(organisations) == 1:
            field.initial = organisations[0]
            field.widget = forms.HiddenInput()


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
    is_master_pass = forms.BooleanField(required=False, label="Master pass: opens every charger and stops any session")

    def __init__(self, *args, zone: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)

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
