"""Forms of sites and areas."""

from zoneinfo import available_timezones

from django import forms

from apps.accounts.models import Organisation
from apps.sites.models import Site

_ZONES = [(name, name) for name in sorted(available_timezones()) if "/" in name and not name.startswith("Etc/")]


class SiteForm(forms.ModelForm):
    """What a site is. The service checks it again."""

    time_zone = forms.ChoiceField(choices=[("UTC", "UTC"), *_ZONES])

    class Meta:
        model = Site
        help_texts = {"country": "Two letters, such as DE."}
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
        self.fields["organisation"].queryset = organisations
        if len(organisations) == 1:
            self.fields["organisation"].initial = organisations[0]

    def clean_areas(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.strip() for line in self.cleaned_data["areas"].splitlines() if line.strip()))


class AreaForm(forms.Form):
    name = forms.CharField(max_length=80)
