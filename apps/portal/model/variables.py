"""One variable of a station: its attributes, limits, history and monitors."""

from django.urls import reverse

from apps.accounts.policy import Action
from apps.chargers.models import DeviceVariable, VariableMonitor
from apps.portal.kit import html
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import ActionButton, Attribute, DetailView, Panel
from apps.portal.links import page_of
from apps.portal.model.monitors import why_built_in
from apps.portal.model.words import HELP_OF_16
from apps.portal.stations.rights import rights_on, why_not_command

_PLACE = (
    "station", "component", "component_instance", "evse_number", "connector_number", "variable", "variable_instance",
)  # fmt: skip


def place_of(row: DeviceVariable) -> dict:
    """What all attributes of the variable have in common."""
    return {name: getattr(row, name) for name in _PLACE}


def load_attributes(request, row: DeviceVariable) -> dict:
    return {"rows": DeviceVariable.objects.filter(**place_of(row)).order_by("attribute")}


def load_changes(request, row: DeviceVariable) -> dict:
    return {"rows": row.changes.order_by("-at", "-pk"), "zone": row.station.site.time_zone}


def load_monitors(request, row: DeviceVariable) -> dict:
    place = {name: value for name, value in place_of(row).items() if name not in ("component", "variable")}
    rows = VariableMonitor.objects.filter(
        component__iexact=row.component, variable__iexact=row.variable, **place
    ).order_by("monitor_id")
    reason = why_not_command(row.station, rights_on(request.user, row.station))
    buttons = [(monitor, _remove_button(monitor, reason)) for monitor in rows]
    return {"rows": buttons}


def _remove_button(monitor: VariableMonitor, reason: str) -> ActionButton:
    url = reverse("portal:monitor-clear", args=[monitor.pk])
    return ActionButton("Remove", url, reason=reason or why_built_in(monitor), in_dialog=True)


def _limits(row: DeviceVariable):
    if row.min_limit is None and row.max_limit is None:
        return None
    low, high = ("" if limit is None else f"{limit:g}" for limit in (row.min_limit, row.max_limit))
    return f"{low} to {high} {row.unit}".strip()


def _wanted(row: DeviceVariable):
    drift = row.drift.select_related("template").first()
    return None if drift is None else f"{drift.wanted}, by “{drift.template}”. {drift.last_word}".strip()


class VariablePage(DetailView):
    action = Action.STATION_VIEW
    queryset = DeviceVariable.objects.select_related("station__site__organisation", "station__connection")

    panels = (
        Panel("attributes", "Values", template="portal/model/attributes.html", load=load_attributes, flush=True),
        Panel("monitors", "Monitors", template="portal/model/monitors.html", load=load_monitors, flush=True),
        Panel("changes", "Changes", template="portal/model/changes.html", load=load_changes, flush=True),
        Panel(
            "facts", "Variable", side=True,
            attributes=(
                Attribute("Component", "component"),
                Attribute("Instance", lambda r: r.variable_instance or r.component_instance or None),
                Attribute("EVSE", lambda r: r.evse_number or None),
                Attribute("Connector", lambda r: r.connector_number or None),
                Attribute("Kind", "data_type"),
                Attribute("Unit", "unit"),
                Attribute("Limits", _limits),
                Attribute("Choices", "values_list"),
                Attribute("Last told", lambda r: html.since(r.updated_at, r.station.site.time_zone)),
                Attribute("A template asks for", _wanted),
                Attribute("Meaning", lambda r: HELP_OF_16.get(r.variable)),
            ),
        ),
    )  # fmt: skip

    def page_title(self, obj):
        return f"{obj.component}.{obj.variable}"

    def breadcrumbs(self, obj):
        return (
            Crumb("Stations", reverse("portal:stations")),
            Crumb(str(obj.station), page_of(obj.station)),
            Crumb("Variables", reverse("portal:station-variables", args=[obj.station_id])),
        )

    def buttons(self, obj):
        reason = why_not_command(obj.station, rights_on(self.request.user, obj.station))
        read_only = "The charger says that this can only be read." if obj.mutability == "ReadOnly" else ""
        old = "OCPP 1.6 has no monitors." if obj.station.protocol == "ocpp1.6" else ""
        return (
            ActionButton("Set", reverse("portal:variable-set", args=[obj.pk]), icon="pencil", style="primary",
                         reason=reason or read_only, in_dialog=True),
            ActionButton("Add a monitor", reverse("portal:monitor-new", args=[obj.pk]), icon="plus",
                         reason=reason or old, in_dialog=True),
        )  # fmt: skip
