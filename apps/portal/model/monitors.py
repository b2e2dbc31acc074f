"""Monitors of a station: listed, read, added, cleared."""

import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.choices import AlarmSeverity, CommandOrigin
from apps.chargers.messages.commands.monitoring import TYPES, TYPES_OF_21, GetMonitoringReport
from apps.chargers.models import DeviceVariable, VariableMonitor
from apps.chargers.services.operations import clear_monitors, set_monitors
from apps.chargers.services.setting_addresses import address_of
from apps.core.ids import reserve_numbers
from apps.portal.kit import html
from apps.portal.kit.columns import KitColumn, SinceColumn
from apps.portal.kit.views import ActionButton, ActionView, Empty, FormView
from apps.portal.links import page_of
from apps.portal.model.reports import NOT_IN_16, OCPP16
from apps.portal.stations.commands import StationCommandView
from apps.portal.stations.rights import why_not_command, why_unreachable
from apps.portal.stations.sheets import StationSheet

TYPE_WORDS = {
    "UpperThreshold": "rises above",
    "LowerThreshold": "falls below",
    "Delta": "changes by",
    "Periodic": "every … seconds",
    "PeriodicClockAligned": "every … seconds, by the clock",
    "TargetDelta": "differs from its target by",
    "TargetDeltaRelative": "differs from its target by a share of",
}
ORIGINS = {
    "HardWiredMonitor": "built in",
    "PreconfiguredMonitor": "from the factory",
    "CustomMonitor": "ours",
    "HardWiredNotification": "built in",
}


def why_built_in(monitor: VariableMonitor) -> str:
    return "It is built into the charger." if monitor.origin.startswith("HardWired") else ""


class MonitorTable(tables.Table):
    monitor_id = KitColumn(verbose_name="Number")
    component = KitColumn(verbose_name="Component")
    variable = KitColumn(verbose_name="Variable")
    type = KitColumn(verbose_name="Tells when it")
    value = KitColumn(verbose_name="Value")
    severity = KitColumn(verbose_name="Severity")
    origin = KitColumn(verbose_name="Comes", hide_on_phone=True)
    updated_at = SinceColumn(verbose_name="Told", zone="station.site.time_zone", hide_on_phone=True)
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    why_not = ""

    class Meta:
        model = VariableMonitor
        fields = ()
        sequence = ("monitor_id", "component", "variable", "type", "value", "severity", "origin", "updated_at", "pk")
        order_by = ("monitor_id",)

    def render_component(self, record):
        return f"{record.component} (EVSE {record.evse_number})" if record.evse_number else record.component

    def render_type(self, value):
        return TYPE_WORDS.get(value, value)

    def render_severity(self, record):
        return f"{record.severity} {record.get_severity_display()}"

    def render_origin(self, value):
        return ORIGINS.get(value, value)

    def render_pk(self, record):
        url = reverse("portal:monitor-clear", args=[record.pk])
        return html.row_button("Remove", url, reason=self.why_not or why_built_in(record))


class StationMonitors(StationSheet):
    action = Action.STATION_VIEW
    title = "Monitors"
    sheet = "monitors"
    queryset = VariableMonitor.objects.select_related("station__site")
    table = MonitorTable
    search = ("component", "variable", "type")
    empty = Empty(
        "No monitors are known",
        "“Read the monitors” asks for them (OCPP 2.x); a variable’s page adds one.",
        icon="activity",
    )

    def sheet_buttons(self):
        reason = self.why_not

        def button(label: str, name: str, icon: str) -> ActionButton:
            url = reverse(f"portal:station-{name}", args=[self.station.pk])
            return ActionButton(label, url, icon=icon, reason=reason, in_dialog=True)

        return [
            button("Read the monitors", "monitors-read", "refresh"),
            button("Which run", "monitoring-base", "adjustments"),
            button("How grave it must be", "monitoring-level", "filter"),
        ]

    @property
    def why_not(self) -> str:
        old = NOT_IN_16 if self.station.protocol == OCPP16 else ""
        return why_not_command(self.station, self.rights) or old

    def get_table(self, rows):
        table = super().get_table(rows)
        table.why_not = self.why_not
        return table


class ReadMonitors(StationCommandView):
    title = "Read the monitors"
    intro = "The charger tells every monitor that it runs."
    submit_label = "Read"

    def build(self, data):
        return GetMonitoringReport(request_id=reserve_numbers("ocpp_request", how_many=1)[0])

    def get_success_url(self, result):
        return reverse("portal:station-monitors", args=[self.station.pk])


class MonitorForm(forms.Form):
    type = forms.ChoiceField(
        label="It tells when the variable", choices=[(name, TYPE_WORDS[name]) for name in (*TYPES, *TYPES_OF_21)]
    )
    value = forms.FloatField(help_text="In the variable’s unit; seconds where it tells regularly.")
    severity = forms.TypedChoiceField(
        coerce=int, choices=[(s.value, f"{s.value} {s.label}") for s in AlarmSeverity], initial=5,
        help_text="0 to 3 raise an alarm.",
    )  # fmt: skip
    transaction = forms.BooleanField(label="Only while somebody charges", required=False)


class MonitorNew(FormView):
    action = Action.STATION_COMMAND
    queryset = DeviceVariable.objects.select_related("station__site__organisation", "station__connection")
    title = "Add a monitor"
    form_class = MonitorForm
    submit_label = "Add"

    def get_refusal(self):
        if self.object.station.protocol == "ocpp1.6":
            return "OCPP 1.6 has no monitors."
        return why_unreachable(self.object.station)

    def save(self, form):
        address = {name: value for name, value in address_of(self.object).items() if name != "attribute"}
        return set_monitors(
            station=self.object.station, monitors=[{**address, **form.cleaned_data}], actor=self.request.user,
            origin=CommandOrigin.PORTAL, at=timezone.now(), address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(result)


class MonitorClear(ActionView):
    action = Action.STATION_COMMAND
    queryset = VariableMonitor.objects.select_related("station__site__organisation", "station__connection")
    title = "Remove this monitor?"
    intro = "The charger stops telling of it. Built-in monitors cannot be removed; the charger then says so."
    submit_label = "Remove"

    def get_refusal(self):
        return why_unreachable(self.object.station)

    def save(self, form):
        return clear_monitors(
            station=self.object.station, ids=[self.object.monitor_id], actor=self.request.user,
            origin=CommandOrigin.PORTAL, at=timezone.now(), address=self.request.META.get("REMOTE_ADDR"),
        )  # fmt: skip

    def get_success_url(self, result):
        return page_of(result)

    def get_cancel_url(self):
        return reverse("portal:station-monitors", args=[self.object.station_id])
