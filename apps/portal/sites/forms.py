"""Forms of sites and areas."""

from zoneinfo import available_timezones

from django import forms

from apps.accounts.models import Organisation
from apps.portal.kit.fields import KilowattField, offer_organisations
from apps.sites.models import Site

_ZONES = [(name, name) for name in sorted(available_timezones()) if "/" in name and not name.startswith("Etc/")]


class SiteForm(forms.ModelForm):
    """What a site is. The service checks it again."""

    time_zone = forms.ChoiceField(
        choices=[("UTC", "UTC"), *_ZONES], help_text="Its clock is shown with everything that happens here."
    )
    limit_w = KilowattField(label="Power limit (kW)", required=False, help_text="Of the grid connection.")

    class Meta:
        model = Site
        labels = {
            "vat_percent": "VAT (%)",
            "access_policy": "Who may charge",
            "assumed_protocol": "Chargers without subprotocol",
        }
        help_texts = {
            "country": "Two letters, such as DE.",
            "currency": "Such as EUR. Tariffs of this site are in it.",
            "latitude": "Degrees north, such as 53.5511.",
            "longitude": "Degrees east, such as 9.9937; negative in the west.",
            "assumed_protocol": "How chargers are spoken to that name no OCPP version when they connect.",
        }
        fields = (
            "name", "kind", "street", "postal_code", "city", "country", "latitude", "longitude", "time_zone",
            "currency", "limit_w", "vat_percent", "access_policy", "assumed_protocol",
        )  # fmt: skip

    def __init__(self, *args, why_no_money: str = "", **kwargs) -> None:
        """``why_no_money``: why currency and tax are not the user's to change."""
        super().__init__(*args, **kwargs)
        for name in ("currency", "vat_percent") if why_no_money else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = why_no_money


class NewSiteForm(SiteForm):
    """As ``SiteForm``, with the organisation it belongs to and its first areas."""

    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    areas = forms.CharField(
        required=False, help_text="One per line, such as “Garage level -1”.", widget=forms.Textarea(attrs={"rows": 3})
    )

    field_order = ("organisation", "name", "kind")

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)

    def clean_areas(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.strip() for line in self.cleaned_data["areas"].splitlines() if line.strip()))


class AreaForm(forms.Form):
    name = forms.CharField(max_length=80)
