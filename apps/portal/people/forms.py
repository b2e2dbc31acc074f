"""Forms of people."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.accounts.policy import Role
from apps.portal.kit.fields import offer_organisations
from apps.sites.models import Site


class InvitationForm(forms.Form):
    """A role for somebody, at all sites of an organisation or at one."""

    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail address")
    role = forms.ChoiceField(choices=[("", "Choose a role"), *Role.choices])
    site = forms.ModelChoiceField(
        queryset=Site.objects.none(), required=False, empty_label="All sites of the organisation"
    )
    password = forms.CharField(
        label="First password", widget=forms.PasswordInput(render_value=True),
        help_text="Pass it on in person. At least ten characters, not a common one. Somebody who signs in here "
        "already keeps the present password.",
    )  # fmt: skip

    def __init__(self, *args, organisations, sites, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)
        self.fields["site"].queryset = sites


class ApiTokenForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="What will use it, such as “energy dashboard”.")
    valid_days = forms.TypedChoiceField(
        label="Valid for", coerce=int, initial=365,
        choices=[(30, "30 days"), (90, "90 days"), (365, "a year"), (0, "no end")],
    )  # fmt: skip

    def expires_at(self):
        """The instant at which the token ends, or ``None``."""
        days = self.cleaned_data["valid_days"]
        return timezone.now() + timedelta(days=days) if days else None
