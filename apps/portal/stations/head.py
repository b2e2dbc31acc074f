"""The head of every sheet of a station's page: title, status, buttons, sheets."""

from django.shortcuts import render
from django.urls import reverse

from apps.accounts.policy import Action
from apps.chargers.choices import StationStatus
from apps.chargers.models import ChargingStation
from apps.portal.kit.parts import ActionButton, Crumb, split_buttons
from apps.portal.kit.views import PortalView
from apps.portal.stations.rights import (
    NO_COMMANDS,
    NO_EDIT,
    NO_RAW_CALL,
    NO_RESERVE,
    StationRights,
    rights_on,
    why_not_command,
    why_unreachable,
)
from apps.portal.stations.sheet_row import sheet_context

STATIONS = ChargingStation.objects.select_related("site__organisation", "area", "connection")


def head_context(user, station: ChargingStation, *, sheet: str, rights: StationRights | None = None) -> dict:
    """What ``portal/stations/head.html`` and the row of sheets need."""
    rights = rights or rights_on(user, station)
    return {
        "station": station,
        "status": StationStatus(station.status),
        "connection": getattr(station, "connection", None),
        "head_breadcrumbs": (Crumb("Stations", reverse("portal:stations")),),
        "sheet": sheet,
        **sheet_context(user, station, sheet=sheet),
        **split_buttons(head_buttons(station, rights)),
    }


def head_buttons(station: ChargingStation, rights: StationRights) -> list[ActionButton]:
    """What can be asked of the station as a whole; each is there for everybody, with its reason where it is off."""
    later, now = why_not_command(station, rights), why_not_command(station, rights, now=True)

    def button(label: str, url_name: str, icon: str, reason: str, **looks) -> ActionButton:
        url = reverse(f"portal:station-{url_name}", args=[station.pk])
        return ActionButton(label, url, icon=icon, reason=reason, in_dialog=True, **looks)

    return [
        button("Start charging", "start", "player-play", now, style="primary"),
        button("Reserve", "reserve", "calendar", why_unreachable(station, now=True) if rights.reserve else NO_RESERVE),
        button("Reset", "reset", "rotate", later),
        button("Availability", "availability", "toggle-right", later, in_menu=True),
        button("Unlock a connector", "unlock", "lock-open", now, in_menu=True),
        button("Ask for a message", "trigger", "message-2", later, in_menu=True),
        button("Clear the card cache", "clear-cache", "trash", later, in_menu=True),
        button("Read all variables", "read-variables", "refresh", later, in_menu=True),
        button(
            "Apply the templates", "apply-templates", "adjustments", later if rights.edit else NO_EDIT, in_menu=True
        ),
        ActionButton(
            "All operations",
            reverse("portal:station-calls", args=[station.pk]),
            icon="list-details",
            reason="" if rights.command else NO_COMMANDS,
            in_menu=True,
        ),
        button("Raw call", "raw-call", "terminal-2", later if rights.raw_call else NO_RAW_CALL, in_menu=True),
    ]


class StationHead(PortalView):
    """The head alone, for pages that are open."""

    action = Action.STATION_VIEW
    queryset = STATIONS

    def get(self, request, pk: int):
        station = self.get_row(pk=pk)
        context = head_context(request.user, station, sheet=request.GET.get("sheet", "overview"))
        return render(request, "portal/stations/head.html", context)
