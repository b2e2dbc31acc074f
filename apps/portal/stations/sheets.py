"""Sheets of a station's page that are lists: sessions, commands, variables."""

import django_filters
import django_tables2 as tables
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django_filters.widgets import RangeWidget

from apps.accounts.policy import Action, may
from apps.chargers.choices import CommandState, OcppVersion
from apps.chargers.models import ConfigurationDrift, DeviceVariable, StationCommand
from apps.portal.charging.tables import without_drivers
from apps.portal.kit.columns import KitColumn, SinceColumn
from apps.portal.kit.html import row_button
from apps.portal.kit.views import ActionButton, Empty, ListView
from apps.portal.model.words import HELP_OF_16
from apps.portal.stations.commands_table import CommandTable
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import NO_COMMANDS, NO_EDIT, rights_on, why_not_command, why_unreachable
from apps.portal.stations.sessions_table import StationSessionTable
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargingSession

DATES = RangeWidget(attrs={"type": "date"})


class StationSheet(ListView):
    """A list of what belongs to one station: ``rows`` are those of the station, found within the user's scope."""

    template_name = "portal/stations/sheet_list.html"
    sheet = ""

    @cached_property
    def station(self):

        return get_object_or_404(STATIONS.visible_to(self.request.user, self.action), pk=self.kwargs["pk"])

    @cached_property
    def rights(self):
        return rights_on(self.request.user, self.station)

    def post(self, request, *args, **kwargs):
        """Saved views of a sheet, of a station that the user may see."""
        _ = self.station
        return super().post(request, *args, **kwargs)

    def rows(self):
        return super().rows().filter(station=self.station.pk)

    def live_topics(self):
        return [f"station:{self.station.pk}"]

    def sheet_buttons(self) -> list[ActionButton]:
        """What can be done on this sheet."""
        return []

    def extra_context(self):
        context = head_context(self.request.user, self.station, sheet=self.sheet, rights=self.rights)
        return context | {"sheet_buttons": self.sheet_buttons()}


class SessionFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=SessionState.choices)
    started_at = django_filters.DateFromToRangeFilter(label="Started", widget=DATES)

    class Meta:
        model = ChargingSession
        fields = ()


class StationSessions(StationSheet):
    action = Action.SESSION_VIEW
    title = "Sessions"
    sheet = "sessions"
    queryset = ChargingSession.objects.select_related("driver", "id_token", "station", "site")
    table = StationSessionTable
    filterset = SessionFilters
    search = ("transaction_id", "token_value", "driver__name")
    search_hint = "Driver, card, transaction"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not may(request.user, Action.DRIVER_VIEW):
            self.search, self.search_hint = ("transaction_id",), "Transaction"

    def get_table(self, rows):
        return without_drivers(super().get_table(rows), self.request.user)

    empty = Empty("Nobody has charged here yet", "A session shows here the moment it starts.", icon="battery-charging")


class CommandFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=CommandState.choices)
    name = django_filters.CharFilter(label="Command", lookup_expr="icontains")
    created_at = django_filters.DateFromToRangeFilter(label="Asked", widget=DATES)

    class Meta:
        model = StationCommand
        fields = ()


class StationCommands(StationSheet):
    action = Action.STATION_VIEW
    title = "Commands"
    sheet = "commands"
    queryset = StationCommand.objects.select_related("station__site", "requested_by")
    table = CommandTable
    filterset = CommandFilters
    empty = Empty(
        "Nothing was asked of this station yet",
        "Every command stays here with its state and the charger’s own words.",
        icon="send",
    )

    def sheet_buttons(self):
        url = reverse("portal:station-calls", args=[self.station.pk])
        reason = "" if self.rights.command else NO_COMMANDS
        return [ActionButton("All operations", url, icon="list-details", reason=reason)]


class VariableTable(tables.Table):
    component = KitColumn(verbose_name="Component")
    variable = KitColumn(verbose_name="Variable")
    value = KitColumn(verbose_name="Value", orderable=False, empty_values=(None,))
    unit = KitColumn(hide_on_phone=True)
    mutability = KitColumn(verbose_name="May be")
    updated_at = SinceColumn(verbose_name="Told", zone="station.site.time_zone", hide_on_phone=True)
    pk = tables.Column(verbose_name="", orderable=False, exclude_from_export=True)

    class Meta:
        model = DeviceVariable
        fields = ()
        sequence = ("component", "variable", "value", "unit", "mutability", "updated_at", "pk")
        order_by = ("component", "variable")
        row_attrs = {"id": lambda record: f"variable-{record.pk}"}

    why_not = ""

    def value_component(self, record):
        place = f" (EVSE {record.evse_number})" if record.evse_number else ""
        instance = f"[{record.component_instance}]" if record.component_instance else ""
        name = "Configuration key" if record.component == "ConfigurationKey" else record.component
        return f"{name}{instance}{place}"

    def render_component(self, record):
        return self.value_component(record)

    def value_variable(self, record):
        instance = f"[{record.variable_instance}]" if record.variable_instance else ""
        attribute = f" ({record.attribute})" if record.attribute != "Actual" else ""
        return f"{record.variable}{instance}{attribute}"

    def render_variable(self, record):
        url = reverse("portal:variable", args=[record.pk])
        mark = format_html(' <span class="badge">{}</span>', "differs") if record.is_drifting else ""
        words = HELP_OF_16.get(record.variable, "") if record.component == "ConfigurationKey" else ""
        below = format_html('<span class="st-below">{}</span>', words) if words else ""
        return format_html('<a class="st-variable" href="{}">{}</a>{}{}', url, self.value_variable(record), mark, below)

    def render_value(self, value):
        return format_html('<span class="st-value">{}</span>', value) if value != "" else "empty"

    def value_value(self, value):
        return value

    def render_mutability(self, value):
        return {"ReadOnly": "read", "WriteOnly": "written", "ReadWrite": "read and written"}.get(value, value)

    def render_pk(self, record):
        if record.mutability == "ReadOnly":
            return ""
        return row_button("Set", reverse("portal:variable-set", args=[record.pk]), reason=self.why_not)


class VariableFilters(django_filters.FilterSet):
    may_be = django_filters.ChoiceFilter(
        label="May be",
        choices=[("written", "written"), ("read", "only read")],
        method="filter_may_be",
        empty_label="Any",
    )

    component = django_filters.CharFilter(lookup_expr="iexact")
    evse_number = django_filters.NumberFilter(label="EVSE")
    differs = django_filters.BooleanFilter(field_name="is_drifting", label="Differs from its template")

    class Meta:
        model = DeviceVariable
        fields = ()

    def filter_may_be(self, rows, name, value):
        return rows.filter(mutability="ReadOnly") if value == "read" else rows.exclude(mutability="ReadOnly")


class StationVariables(StationSheet):
    action = Action.STATION_VIEW
    title = "Variables"
    sheet = "variables"
    queryset = DeviceVariable.objects.select_related("station__site").annotate(
        is_drifting=Exists(ConfigurationDrift.objects.filter(variable=OuterRef("pk")))
    )
    table = VariableTable
    filterset = VariableFilters
    search = ("component", "component_instance", "variable", "variable_instance", "value")
    search_hint = "Component, variable, value"
    default_rows_per_page = 100
    empty = Empty(
        "The station has not told its variables yet",
        "“Read all variables” asks for them; stations that provision by themselves tell them after a boot.",
        icon="variable",
    )

    def get_table(self, rows):
        table = super().get_table(rows)
        table.why_not = why_not_command(self.station, self.rights)
        return table

    def sheet_buttons(self):
        def button(label: str, name: str, icon: str, reason: str) -> ActionButton:
            url = reverse(f"portal:station-{name}", args=[self.station.pk])
            return ActionButton(label, url, icon=icon, reason=reason, in_dialog=True)

        reason = why_not_command(self.station, self.rights)
        old = "OCPP 1.6 has no chosen reports." if self.station.protocol == OcppVersion.OCPP16 else ""
        apply = why_unreachable(self.station) if self.rights.edit else NO_EDIT
        return [
            button("Read all variables", "read-variables", "refresh", reason),
            button("Chosen report", "report", "list-details", reason or old),
            button("Apply the templates", "apply-templates", "adjustments", apply),
        ]
