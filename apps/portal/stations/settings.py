"""The settings of a station, and the forms behind them."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import ConnectorType, KeyEncoding
from apps.chargers.models import ChargingStation
from apps.chargers.services.stations import (
    add_evse,
    edit_station,
    move_station,
    retire_station,
    set_registration,
)
from apps.portal.kit import format as fmt
from apps.portal.kit import html
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import ActionButton, ActionView, Attribute, DetailView, FormView, Panel
from apps.portal.links import page_of
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import NO_EDIT, RETIRED, rights_on
from apps.sites.models import Area, Site

PROFILES = [
    (0, "Any: encryption and password as configured"),
    (1, "1: password"),
    (2, "2: TLS and password"),
    (3, "3: TLS with a certificate of the charger"),
]
REGISTRATIONS = [
    ("Accepted", "Accepted: it may charge"),
    ("Pending", "Pending: it stays connected and waits; nobody can charge"),
    ("Rejected", "Rejected: it is turned away and asks again later"),
]


def load_settings_buttons(request, station: ChargingStation) -> dict:
    """What can be changed, each with the reason where it cannot."""
    may_edit = rights_on(request.user, station).edit
    reason = NO_EDIT if not may_edit else RETIRED if station.retired_at else ""

    def button(label: str, name: str, icon: str, *, in_dialog: bool = True, style: str = "") -> ActionButton:
        url = reverse(f"portal:station-{name}", args=[station.pk])
        return ActionButton(label, url, icon=icon, reason=reason, in_dialog=in_dialog, style=style)

    return {
        "buttons": [
            button("Edit", "edit", "pencil"),
            button("Let in or turn away", "registration", "door-enter"),
            button("Change the password", "password", "password", in_dialog=False),
            button("Add an EVSE", "evse-new", "plus"),
            button("Move to another site", "move", "transfer"),
            button("Retire", "retire", "ban", style="ghost-danger"),
        ]
    }


class StationSettings(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"

    panels = (
        Panel("change", "Change", template="portal/stations/settings_buttons.html", load=load_settings_buttons),
        Panel(
            "place", "Name and place",
            attributes=(
                Attribute("Identity", "identity"),
                Attribute("Name", "name"),
                Attribute("Site", "site.name"),
                Attribute("Area", "area.name"),
                Attribute("Rated power", lambda s: html.quantity(fmt.kw(s.max_power_w, 1), "kW")),
                Attribute("Enrolled", lambda s: html.moment(s.created_at, s.site.time_zone)),
                Attribute("Retired", lambda s: html.moment(s.retired_at, s.site.time_zone)),
            ),
        ),
        Panel(
            "door", "At the door",
            attributes=(
                Attribute("Registration", lambda s: dict(REGISTRATIONS).get(s.registration, s.registration)),
                Attribute("Password", lambda s: "asked for" if s.password_hash else "none is asked for"),
                Attribute("New password", lambda s: "sent, not confirmed yet" if s.pending_password_hash else None),
                Attribute("Least security profile", lambda s: dict(PROFILES).get(s.security_profile)),
            ),
        ),
        Panel(
            "behaviour", "Behaviour",
            attributes=(
                Attribute("Heartbeat", lambda s: html.quantity(fmt.number(s.heartbeat_interval_s, 0), "s")),
                Attribute("Forgives deviations", lambda s: "yes" if s.is_lenient else "no"),
                Attribute("Provisions by itself", lambda s: "yes" if s.provisioning_enabled else "no"),
            ),
        ),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="settings")


class StationForm(forms.ModelForm):
    class Meta:
        model = ChargingStation
        fields = (
            "name", "area", "max_power_w", "security_profile", "key_encoding", "heartbeat_interval_s", "is_lenient",
            "provisioning_enabled",
        )  # fmt: skip

    security_profile = forms.TypedChoiceField(label="Least security profile", coerce=int, choices=PROFILES)
    key_encoding = forms.ChoiceField(
        label="Password over the wire (OCPP 1.6)",
        choices=KeyEncoding.choices,
        help_text="Passwords that this system makes for a charger work either way.",
    )
    heartbeat_interval_s = forms.IntegerField(
        label="Heartbeat (s)", min_value=1, max_value=86_400, help_text="The charger learns it at its next boot."
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.filter(site=self.instance.site_id).order_by("name")


class SettingsForm(FormView):
    """Base of the forms behind the settings of one station."""

    action = Action.STATION_EDIT
    queryset = STATIONS

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")), Crumb(str(self.object), page_of(self.object)))

    def get_refusal(self):
        return RETIRED if self.object.retired_at else ""

    def get_success_url(self, result):
        return reverse("portal:station-settings", args=[self.object.pk])

    def get_cancel_url(self):
        return self.get_success_url(None)

    @property
    def address(self) -> str | None:
        return self.request.META.get("REMOTE_ADDR")


class StationEdit(SettingsForm):
    title = "Edit the station"
    form_class = StationForm
    success_message = "The station is saved."

    def save(self, form):
        return edit_station(
            station=self.object, actor=self.request.user, changes=form.cleaned_data, address=self.address
        )


class MoveForm(forms.Form):
    site = forms.ModelChoiceField(queryset=Site.objects.none())

    def __init__(self, *args, sites, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites


class StationMove(SettingsForm):
    title = "Move to another site"
    intro = "It leaves its area. Sessions of the past stay where they were."
    form_class = MoveForm
    submit_label = "Move"
    success_message = "The station is moved."

    def get_form_kwargs(self):
        sites = Site.objects.visible_to(self.request.user, self.action).open()
        sites = sites.filter(organisation=self.object.site.organisation_id).exclude(pk=self.object.site_id)
        return {"sites": sites.order_by("name")}

    def save(self, form):
        return move_station(
            station=self.object, site=form.cleaned_data["site"], actor=self.request.user, at=timezone.now(),
            address=self.address,
        )  # fmt: skip


class RegistrationForm(forms.Form):
    registration = forms.ChoiceField(
        label="At its next boot the station is", choices=REGISTRATIONS, widget=forms.RadioSelect
    )


class StationRegistration(SettingsForm):
    title = "Let in or turn away"
    intro = "A connected station that is accepted now is asked to boot again, so that it learns of it."
    form_class = RegistrationForm

    def get_initial(self):
        return {"registration": self.object.registration}

    def save(self, form):
        return set_registration(
            station=self.object, registration=form.cleaned_data["registration"], actor=self.request.user,
            at=timezone.now(), address=self.address,
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(self.object)


class EvseForm(forms.Form):
    number = forms.IntegerField(min_value=1, help_text="OCPP’s evseId; in 1.6 the connectorId. From 1.")
    connector_type = forms.ChoiceField(label="Connector", choices=ConnectorType.choices, required=False)
    max_power_w = forms.IntegerField(label="Rated power (W)", min_value=1, required=False)
    is_dc = forms.BooleanField(label="Direct current", required=False)
    phases = forms.TypedChoiceField(label="Phases", coerce=int, choices=[(3, "3"), (1, "1")], initial=3)


class EvseNew(SettingsForm):
    title = "Add an EVSE"
    intro = "Chargers tell of their EVSEs themselves; add one only to describe a station beforehand."
    form_class = EvseForm
    submit_label = "Add"

    def get_initial(self):
        last = self.object.evses.order_by("-number").values_list("number", flat=True).first()
        return {"number": (last or 0) + 1}

    def save(self, form):
        return add_evse(station=self.object, actor=self.request.user, address=self.address, **form.cleaned_data)

    def get_success_url(self, result):
        return page_of(self.object)


class StationRetire(ActionView):
    action = Action.STATION_EDIT
    queryset = STATIONS
    title = "Retire this station?"
    intro = (
        "It is turned away from now on and leaves every list. Its sessions and its past stay. It cannot be undone here."
    )
    submit_label = "Retire"
    dangerous = True

    def get_refusal(self):
        return RETIRED if self.object.retired_at else ""

    def save(self, form):
        return retire_station(
            station=self.object, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip
