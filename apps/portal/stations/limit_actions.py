"""Setting, clearing and reading charging limits."""

from django.contrib import messages
from django.urls import reverse

from apps.energy.services.profiles import (
    ProfileRequest,
    clear_profiles,
    new_profile_id,
    read_composite,
    read_profiles,
    set_profile,
)
from apps.portal.stations import limit_forms as forms
from apps.portal.stations.commands import StationCommandView
from apps.portal.stations.limits import NOT_IN_16, OCPP16


class LimitView(StationCommandView):
    """Base: it returns to the sheet of limits."""

    def get_success_url(self, result) -> str:
        return reverse("portal:station-limits", args=[self.station.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url(None)


class SetLimit(LimitView):
    title = "Set a limit"
    intro = "The charger keeps it, also while it is offline, until it is cleared or over."
    form_class = forms.SimpleLimitForm
    submit_label = "Set"

    def save(self, form) -> ProfileRequest:
        asked = set_profile(
            evse_number=form.cleaned_data["evse"], profile=form.profile(new_profile_id()), deadline_s=form.deadline_s,
            **self.asked(),
        )  # fmt: skip
        for sentence in (*asked.changes, *asked.notes):
            messages.info(self.request, sentence)
        return asked


class ExpertLimit(SetLimit):
    title = "Set a charging profile"
    intro = "Every field as OCPP has it. What the charger cannot take is changed to fit, or refused with the reason."
    form_class = forms.ExpertLimitForm


class ClearLimits(LimitView):
    title = "Clear limits"
    intro = "The charger forgets them and goes on with what is left. Limits by other systems stay."
    form_class = forms.ClearLimitsForm
    submit_label = "Clear"

    def get_form_kwargs(self):
        text = self.request.GET.get("profile", "")
        known = text.isascii() and text.isdecimal() and len(text) < 11
        return super().get_form_kwargs() | {"profile_id": int(text) if known else None}

    def save(self, form):
        return clear_profiles(**self.asked(), **form.criteria)


class ReadLimits(LimitView):
    title = "Read back the profiles"
    intro = "The charger reports every profile that it holds; what it does not name is shown as cleared."
    submit_label = "Read"

    def get_refusal(self):
        return NOT_IN_16 if self.station.protocol == OCPP16 else super().get_refusal()

    def save(self, form):
        return read_profiles(**self.asked())


class AskComposite(LimitView):
    title = "What will the charger allow?"
    intro = "It answers with its composite schedule, which is shown beside ours."
    form_class = forms.AskCompositeForm
    submit_label = "Ask"

    def save(self, form):
        data = form.cleaned_data
        return read_composite(
            evse_number=data["evse"], duration_s=data["hours"] * 3600, unit=data["unit"] or None, **self.asked()
        )
