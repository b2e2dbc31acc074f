"""What is asked about firmware and campaigns."""

from django import forms

from apps.accounts.models import Organisation
from apps.chargers.models import Firmware
from apps.portal.kit.fields import offer_organisations
from apps.sites.models import Site

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class FirmwareForm(forms.Form):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    vendor = forms.CharField(max_length=80, help_text="As the charger tells it.")
    model = forms.CharField(max_length=80, required=False, help_text="As the charger tells it; empty: every model.")
    version = forms.CharField(max_length=80, help_text="Exactly as the charger tells it after the installation.")
    applies_from = forms.CharField(
        label="Needs at least", max_length=80, required=False,
        help_text="The oldest version from which this one may be installed; empty: any.",
    )  # fmt: skip
    release_notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    signature = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Base64, as the manufacturer gave it. It is compared with the file when that arrives.",
    )  # fmt: skip
    signing_certificate = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="PEM: -----BEGIN CERTIFICATE …",
    )

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class CampaignForm(forms.Form):
    name = forms.CharField(max_length=80)
    firmware = forms.ModelChoiceField(queryset=Firmware.objects.none())
    sites = forms.ModelMultipleChoiceField(
        queryset=Site.objects.none(), required=False, help_text="None chosen: all of the organisation."
    )
    version_now = forms.CharField(
        label="Only stations with version",
        max_length=80,
        required=False,
        help_text="Empty: any other than the new one.",
    )
    waves = forms.CharField(
        max_length=120, required=False, initial="1, 10 %",
        help_text="“1, 10 %” is one station first, then a tenth, then all the others. Empty: all at once.",
    )  # fmt: skip
    pause_min = forms.IntegerField(label="Pause between waves (min)", min_value=0, max_value=10_080, initial=60)
    halt_after_failures = forms.IntegerField(
        min_value=1, max_value=10_000, initial=1, help_text="It halts by itself when so many stations failed."
    )
    window_from = forms.TimeField(
        label="Only from", required=False, widget=CLOCK, help_text="By the clock of each station’s site."
    )
    window_to = forms.TimeField(label="Only until", required=False, widget=CLOCK)
    starts_at = forms.DateTimeField(label="Starts (UTC)", required=False, widget=MOMENT, help_text="Empty: now.")
    ends_at = forms.DateTimeField(
        label="Ends (UTC)", required=False, widget=MOMENT, help_text="Stations not reached by then are left out."
    )

    def __init__(self, *args, firmwares, sites, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firmware"].queryset = firmwares
        self.fields["sites"].queryset = sites
