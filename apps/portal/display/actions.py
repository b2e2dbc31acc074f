"""Showing something on a display, clearing it, asking what is there."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import CommandOrigin, DisplayMessageState
from apps.chargers.models import ChargingStation, DisplayMessage
from apps.chargers.services.display import clear_message, read_messages, set_message, supported, why_no_display
from apps.portal.display.words import FORMATS, PRIORITIES, STATES
from apps.portal.kit.fields import LocalMoment
from apps.portal.kit.views import ActionView
from apps.portal.stations.command_forms import CommandForm
from apps.portal.stations.commands import StationCommandView
from apps.portal.stations.rights import why_unreachable
from apps.sessions.models import ChargingSession

_LONGEST = 512


class MessageForm(CommandForm):
    """Only what the display can do is offered, as far as the station has told."""

    content = forms.CharField(label="Message", max_length=_LONGEST, widget=forms.Textarea(attrs={"rows": 3}))
    format = forms.ChoiceField(label="What it is")
    priority = forms.ChoiceField()
    shown_in = forms.ChoiceField(label="Shown while", required=False)
    starts_at = LocalMoment(label="From", required=False, help_text="Empty: at once.")
    ends_at = LocalMoment(label="Until", required=False, help_text="Empty: until it is cleared.")
    language = forms.CharField(required=False, max_length=8, help_text="Such as “en” or “de”; leave empty if unsure.")
    transaction_id = forms.ChoiceField(label="Only during the session", required=False)
    number = forms.TypedChoiceField(label="Replaces", required=False, coerce=int, empty_value=None)

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        can, fields = supported(station), self.fields
        fields["format"].choices = [(word, FORMATS.get(word, word)) for word in can.formats]
        fields["priority"].choices = [(word, PRIORITIES.get(word, word)) for word in can.priorities]
        fields["shown_in"].choices = [("", "always"), *((word, STATES.get(word, word)) for word in can.states)]
        running = ChargingSession.objects.open().filter(station=station).select_related("driver")
        sessions = [(one.transaction_id, f"{one.driver or one.token_value or one.transaction_id}") for one in running]
        fields["transaction_id"].choices = [("", "Whoever charges"), *sessions]
        shown = DisplayMessage.objects.filter(station=station, state=DisplayMessageState.INSTALLED)
        numbers = [(row.number, f"{row.number}: {row.content[:40]}") for row in shown.order_by("number")[:100]]
        fields["number"].choices = [("", "Nothing: it is a new message"), *numbers]


class _Display(StationCommandView):
    action = Action.STATION_COMMAND

    def get_refusal(self):
        return why_no_display(self.station) or super().get_refusal()

    def get_success_url(self, result):
        return reverse("portal:station-display", args=[self.station.pk])

    def get_cancel_url(self):
        return self.get_success_url(None)


class ShowMessage(_Display):
    title = "Show a message"
    intro = "The station says whether its display can show it."
    form_class = MessageForm
    submit_label = "Show it"

    def save(self, form):
        values = {name: form.cleaned_data[name] for name in MessageForm.base_fields}
        return set_message(**values, deadline_s=form.deadline_s, **self.asked())


class ReadDisplay(_Display):
    title = "Read the display back"
    intro = "The station tells every message that it has, also those of others."
    submit_label = "Read"

    def save(self, form):
        return read_messages(deadline_s=form.deadline_s, **self.asked())


class ClearMessage(ActionView):
    action = Action.STATION_COMMAND
    queryset = DisplayMessage.objects.select_related("station__site__organisation", "station__connection")
    title = "Clear this message?"
    submit_label = "Clear"

    def get_intro(self):
        return f"“{self.object.content[:120]}” is shown no more."

    def get_refusal(self):
        if self.object.state != DisplayMessageState.INSTALLED:
            return "The display does not show this message."
        return why_unreachable(self.object.station)

    def save(self, form):
        return clear_message(
            message=self.object,
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=timezone.now(),
            address=self.request.META.get("REMOTE_ADDR"),
        )

    def get_success_url(self, result):
        return reverse("portal:station-display", args=[self.object.station_id])

    def get_cancel_url(self):
        return self.get_success_url(None)
