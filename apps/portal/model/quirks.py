"""Quirk profiles: looked at, made, changed."""

from typing import Any

import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action, may
from apps.chargers.engine.quirks import DEFAULTS, QUIRKS, kind_of
from apps.chargers.models import ChargingStation, QuirkProfile
from apps.chargers.selectors.quirks import known_quirks, suggestions_for
from apps.chargers.services.quirk_profiles import remove_quirk_profile, save_quirk_profile
from apps.portal.kit import html
from apps.portal.kit.columns import KitColumn
from apps.portal.kit.fields import offer_organisations
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import ActionButton, ActionView, Empty, FormView, ListView
from apps.portal.model.scope import NOT_WHOLE, editor_organisations, why_not_edit

SHIPPED = "It is shipped with the product. Make one of your own: it outranks this."


def load_quirks(request, station: ChargingStation) -> dict:
    """Of the station's page."""
    return {"quirks": known_quirks(station), "suggestions": suggestions_for(station, limit=5)}


class QuirkProfileTable(tables.Table):
    name = KitColumn()
    vendor_pattern = KitColumn(verbose_name="Vendor")
    model_pattern = KitColumn(verbose_name="Model", hide_on_phone=True)
    quirks = KitColumn(verbose_name="Habits", orderable=False)
    organisation = KitColumn(verbose_name="Made by", empty_values=(), orderable=False, hide_on_phone=True)
    is_active = KitColumn(verbose_name="In use")

    class Meta:
        model = QuirkProfile
        fields = ()
        order_by = ("name",)

    def render_quirks(self, value):
        return "; ".join(QUIRKS[name].label for name in value if name in QUIRKS)

    def render_name(self, record, value):
        """Its page changes it: a link for those whose role does that."""
        if not may(self.request.user, Action.STATION_EDIT):
            return value
        return html.link(reverse("portal:quirk-profile", args=[record.pk]), value)

    def render_organisation(self, record):
        return "you" if record.organisation_id else "shipped"

    def render_is_active(self, value):
        return "yes" if value else "no"


class QuirkProfileList(ListView):
    action = Action.STATION_VIEW
    title = "Quirks of chargers"
    queryset = QuirkProfile.objects.all()
    table = QuirkProfileTable
    search = ("name", "vendor_pattern", "model_pattern", "note")
    empty = Empty("No profiles", "A profile says what chargers of a kind do otherwise than they should.", icon="bug")

    def buttons(self):
        reason = "" if editor_organisations(self.request.user).exists() else NOT_WHOLE
        url = reverse("portal:quirk-profile-new")
        return (ActionButton("New profile", url, icon="plus", style="primary", reason=reason),)


class QuirkProfileForm(forms.Form):
    organisation = forms.ModelChoiceField(queryset=None, empty_label=None)
    name = forms.CharField(max_length=80)
    vendor_pattern = forms.CharField(label="Vendor", max_length=80, required=False, help_text="* and ? stand for any.")
    model_pattern = forms.CharField(label="Model", max_length=80, required=False)
    firmware_pattern = forms.CharField(label="Firmware", max_length=80, required=False)
    is_active = forms.BooleanField(label="In use", required=False, initial=True)
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="Where it was seen.")

    def __init__(self, *args, organisations, is_new: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)
        if not is_new:
            del self.fields["organisation"]
        for name in QUIRKS:
            self.fields[f"quirk_{name}"] = _field(name)

    def quirks(self) -> dict[str, Any]:
        """What differs from the default."""
        chosen = {name: self.cleaned_data.pop(f"quirk_{name}") for name in QUIRKS}
        chosen = {name: 0 if value is None else value for name, value in chosen.items()}
        return {name: value for name, value in chosen.items() if value != getattr(DEFAULTS, name)}


def _field(name: str) -> forms.Field:
    quirk, kind = QUIRKS[name], kind_of(name)
    looks = {"label": quirk.label, "help_text": quirk.help, "required": False}
    if kind is bool:
        return forms.BooleanField(**looks)
    if kind is int:
        return forms.IntegerField(min_value=0, **looks)
    if quirk.choices:
        return forms.ChoiceField(choices=[("", "no"), *((word, word) for word in quirk.choices)], **looks)
    return forms.CharField(max_length=20, strip=False, **looks)


class QuirkProfileNew(FormView):
    action = Action.STATION_EDIT
    title = "New profile"
    intro = "What is said here counts for every station of that kind, from its next message on."
    form_class = QuirkProfileForm
    success_message = "The profile is saved."

    def get_form_kwargs(self):
        return {"organisations": editor_organisations(self.request.user), "is_new": self.object is None}

    def get_refusal(self):
        return "" if editor_organisations(self.request.user).exists() else NOT_WHOLE

    def breadcrumbs(self):
        return (Crumb("Quirks", reverse("portal:quirk-profiles")),)

    def save(self, form):
        quirks = form.quirks()
        return save_quirk_profile(
            profile=self.object, quirks=quirks, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"), **form.cleaned_data,
        )  # fmt: skip

    def get_success_url(self, result):
        return reverse("portal:quirk-profiles")

    def get_cancel_url(self):
        return reverse("portal:quirk-profiles")


class QuirkProfileEdit(QuirkProfileNew):
    queryset = QuirkProfile.objects.all()
    title = "Quirk profile"

    def get_initial(self):
        names = ("name", "vendor_pattern", "model_pattern", "firmware_pattern", "is_active", "note")
        initial = {name: getattr(self.object, name) for name in names}
        return initial | {f"quirk_{name}": value for name, value in self.object.quirks.items()}

    def get_refusal(self):
        shipped = SHIPPED if self.object.organisation_id is None else ""
        return shipped or why_not_edit(self.request.user, self.object.organisation_id)

    def extra_context(self):
        url = reverse("portal:quirk-profile-remove", args=[self.object.pk])
        return {"buttons": [ActionButton("Remove", url, icon="trash", reason=self.get_refusal(), in_dialog=True)]}


class QuirkProfileRemove(ActionView):
    action = Action.STATION_EDIT
    queryset = QuirkProfile.objects.all()
    title = "Remove this profile?"
    intro = "Stations of that kind are expected to follow the specification again."
    submit_label = "Remove"
    dangerous = True

    def get_refusal(self):
        return why_not_edit(self.request.user, self.object.organisation_id)

    def save(self, form):
        remove_quirk_profile(
            profile=self.object, actor=self.request.user, at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return reverse("portal:quirk-profiles")

    def get_cancel_url(self):
        return reverse("portal:quirk-profiles")
