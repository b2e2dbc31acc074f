"""Forms that change how a station connects: a higher security profile, another system."""

from urllib.parse import urlsplit

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.chargers.choices import CommandOrigin
from apps.chargers.models import ChargingStation
from apps.chargers.services.security.network_profiles import free_slot
from apps.chargers.services.security.profile_change import Target, raise_security_profile, send_to_other_system
from apps.portal.stations.command_forms import OCPP16
from apps.portal.stations.enrolment import gateway_url
from apps.portal.stations.rights import RETIRED
from apps.portal.stations.settings import PROFILES, SettingsForm

INTERFACES = [(name, name) for name in (*(f"Wired{n}" for n in range(4)), *(f"Wireless{n}" for n in range(4)))]
FULLY_SET = "Security profile 3 is required already; there is none above it."


class ConnectionForm(forms.Form):
    """Where a 2.x charger is to connect; 1.6 knows no such thing and loses these fields."""

    url = forms.CharField(
        label="Address",
        max_length=512,
        help_text="Without the charger’s identity. It must be reachable for the charger.",
    )
    slot = forms.IntegerField(
        label="Configuration slot", min_value=0, required=False,
        help_text="The slot of the charger that is filled; a free one if left empty.",
    )  # fmt: skip
    interface = forms.ChoiceField(label="Network interface", choices=INTERFACES)

    def target(self, profile: int) -> Target:
        data = self.cleaned_data
        return Target(profile, data.get("url", ""), data.get("slot"), data.get("interface") or "Wired0")


class RaiseProfileForm(ConnectionForm):
    profile = forms.TypedChoiceField(label="Security profile", coerce=int)
    certificate_is_installed = forms.BooleanField(
        label="The charger holds its certificate already", required=False,
        help_text="Only for profile 3, where its certificate was not made here.",
    )  # fmt: skip

    field_order = ("profile", "url", "slot", "interface", "certificate_is_installed")

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["profile"].choices = [choice for choice in PROFILES if choice[0] > station.security_profile]
        if station.protocol in ("", OCPP16):
            for name in ("url", "slot", "interface"):
                del self.fields[name]


class RaiseProfile(SettingsForm):
    title = "Raise the security profile"
    intro = (
        "The charger is told, restarts when it is idle, and comes back with the new profile. Only then nothing less is"
        " accepted. If a step fails, the charger keeps connecting as before."
    )
    form_class = RaiseProfileForm
    submit_label = "Begin"
    success_message = "The charger is being told. The steps show on its security sheet."

    def get_refusal(self):
        if self.object.retired_at:
            return RETIRED
        return FULLY_SET if self.object.security_profile >= 3 else ""

    def get_form_kwargs(self):
        return {"station": self.object}

    def get_initial(self):
        host = urlsplit(gateway_url(self.request, self.object.site.organisation))
        return {
            "profile": min(max(self.object.security_profile + 1, 2), 3),
            "url": f"wss://{host.netloc}{host.path}".rstrip("/"),
            "slot": free_slot(self.object),
        }

    def save(self, form):
        return raise_security_profile(
            station=self.object,
            target=form.target(form.cleaned_data["profile"]),
            certificate_is_installed=form.cleaned_data["certificate_is_installed"],
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=timezone.now(),
            address=self.address,
        )

    def get_success_url(self, result):
        return reverse("portal:station-security", args=[self.object.pk])


class OtherSystemForm(ConnectionForm):
    profile = forms.TypedChoiceField(label="Security profile there", coerce=int, choices=PROFILES[1:], initial=2)

    field_order = ("url", "profile", "slot", "interface")


class SendElsewhere(SettingsForm):
    title = "Connect to another system"
    intro = (
        "The charger restarts when it is idle and connects to the other address first. Its earlier addresses stay"
        " behind it in the charger, so that it comes back here if the other system does not let it in."
    )
    form_class = OtherSystemForm
    submit_label = "Send it there"
    dangerous = True
    success_message = "The charger is being told. The steps show on its security sheet."

    def get_refusal(self):
        if self.object.retired_at:
            return RETIRED
        if self.object.protocol in ("", OCPP16):
            return "OCPP 1.6 has no words for another address: it is set at the charger."
        return ""

    def get_initial(self):
        return {"slot": free_slot(self.object)}

    def save(self, form):
        return send_to_other_system(
            station=self.object,
            target=form.target(form.cleaned_data["profile"]),
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=timezone.now(),
            address=self.address,
        )

    def get_success_url(self, result):
        return reverse("portal:station-security", args=[self.object.pk])
