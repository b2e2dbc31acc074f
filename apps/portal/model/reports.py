"""Asking a 2.x station for a chosen report, and how much its monitors tell."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.chargers.choices import AlarmSeverity, CommandOrigin
from apps.chargers.messages.commands.device_model import CRITERIA
from apps.chargers.messages.commands.monitoring import BASES, SetMonitoringBase, SetMonitoringLevel
from apps.chargers.models import ChargingStation, DeviceVariable
from apps.chargers.services.operations import request_report
from apps.portal.links import page_of
from apps.portal.stations.command_forms import CommandForm
from apps.portal.stations.commands import StationCommandView

OCPP16 = "ocpp1.6"
NOT_IN_16 = "OCPP 1.6 has no monitors."
NO_CHOSEN_REPORT = "OCPP 1.6 has no chosen reports; read all variables instead."
_CRITERIA = {
    "Active": "is active",
    "Available": "is there",
    "Enabled": "is switched on",
    "Problem": "has a problem",
}
_BASES = {
    "All": "Every monitor: those that it came with and ours",
    "FactoryDefault": "Those that it came with; ours are removed",
    "HardWiredOnly": "Only those that are built in; all others stop",
}


class ReportForm(CommandForm):
    """Criteria, components, or both."""

    criteria = forms.MultipleChoiceField(
        label="Parts of which it says that it", choices=[(name, _CRITERIA[name]) for name in CRITERIA],
        widget=forms.CheckboxSelectMultiple, required=False, help_text="One that fits is enough.",
    )  # fmt: skip
    components = forms.MultipleChoiceField(
        label="Only these parts", required=False, help_text="None chosen: all parts. Several with Ctrl or ⌘.",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )  # fmt: skip

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        rows = DeviceVariable.objects.filter(station=station).order_by("component")
        names = rows.values_list("component", flat=True).distinct()
        self.fields["components"].choices = [(name, name) for name in names]
        if not names:
            del self.fields["components"]

    def clean(self) -> dict:
        data = super().clean()
        if not data.get("criteria") and not data.get("components"):
            self.add_error(None, "Choose at least one.")
        return data


class MonitoringBaseForm(CommandForm):
    base = forms.ChoiceField(
        label="Which monitors run", choices=[(name, _BASES[name]) for name in BASES], widget=forms.RadioSelect,
        initial="All",
    )  # fmt: skip


class MonitoringLevelForm(CommandForm):
    severity = forms.TypedChoiceField(
        label="The least grave that it tells", coerce=int, initial=AlarmSeverity.WARNING.value,
        choices=[(one.value, f"{one.value} {one.label}") for one in AlarmSeverity],
        help_text="This one and everything graver. 0 is the gravest; 9 means that it tells everything.",
    )  # fmt: skip


class AskReport(StationCommandView):
    title = "Ask for a chosen report"
    intro = "The charger tells the variables that fit; they show here as they come."
    form_class = ReportForm
    submit_label = "Ask"

    def get_refusal(self):
        return NO_CHOSEN_REPORT if self.station.protocol == OCPP16 else super().get_refusal()

    def save(self, form):
        data = form.cleaned_data
        return request_report(
            station=self.station, criteria=data["criteria"],
            variables=[{"component": name} for name in data.get("components", ())], actor=self.request.user,
            origin=CommandOrigin.PORTAL, at=timezone.now(), deadline_s=form.deadline_s,
            address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(result)

    def get_cancel_url(self):
        return reverse("portal:station-variables", args=[self.station.pk])


class MonitoringView(StationCommandView):
    """Base: leads back to the sheet of monitors."""

    def get_refusal(self):
        return NOT_IN_16 if self.station.protocol == OCPP16 else super().get_refusal()

    def get_success_url(self, result):
        return reverse("portal:station-monitors", args=[self.station.pk])

    def get_cancel_url(self):
        return self.get_success_url(None)


class MonitoringBase(MonitoringView):
    title = "Which monitors run"
    intro = "What is removed here does not come back by itself."
    form_class = MonitoringBaseForm
    submit_label = "Set"

    def build(self, data):
        return SetMonitoringBase(data["base"])


class MonitoringLevel(MonitoringView):
    title = "How grave it must be"
    intro = "The charger keeps events that are less grave to itself; monitors go on running."
    form_class = MonitoringLevelForm
    submit_label = "Set"

    def build(self, data):
        return SetMonitoringLevel(data["severity"])
