"""The head of every sheet of a station's page: title, status, buttons, sheets."""

from dataclasses import dataclass

from django.shortcuts import render
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.chargers.choices import StationStatus
from apps.chargers.models import ChargingStation
from apps.portal.kit.parts import ActionButton, Crumb, split_buttons
from apps.portal.kit.views import PortalView
from apps.portal.stations.rights import NO_RAW_CALL, StationRights, rights_on, why_not_command

STATIONS = ChargingStation.objects.select_related("site__organisation", "area", "connection")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the page; ``action`` closes it to roles without it."""

    key: str
    label: str
    icon: str
    url_name: str
    action: Action


SHEETS = (
    Sheet("overview", "Overview", "layout-dashboard", "portal:station", Action.STATION_VIEW),
    Sheet("sessions", "Sessions", "battery-charging", "portal:station-sessions", Action.SESSION_VIEW),
    Sheet("commands", "Commands", "send", "portal:station-commands", Action.STATION_VIEW),
    Sheet("variables", "Variables", "variable", "portal:station-variables", Action.STATION_VIEW),
    Sheet("journal", "Journal", "messages", "portal:station-journal", Action.JOURNAL_VIEW),
    Sheet("history", "History", "history", "portal:station-history", Action.STATION_VIEW),
    Sheet("settings", "Settings", "settings", "portal:station-settings", Action.STATION_VIEW),
)


def head_context(user, station: ChargingStation, *, sheet: str, rights: StationRights | None = None) -> dict:
    """What ``portal/stations/head.html`` and the row of sheets need."""
    rights = rights or rights_on(user, station)
    return {
        "station": station,
        "status": StationStatus(station.status),
        "connection": getattr(station, "connection", None),
        "head_breadcrumbs": (Crumb("Stations", reverse("portal:stations")),),
        "sheet": sheet,
        "sheets": [
            {"label": one.label, "icon": one.icon, "url": reverse(one.url_name, args=[station.pk]), "key": one.key}
            for one in SHEETS
            if may(user, one.action)
        ],
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
        button("Reset", "reset", "rotate", later),
        button("Availability", "availability", "toggle-right", later, in_menu=True),
        button("Unlock a connector", "unlock", "lock-open", now, in_menu=True),
        button("Ask for a message", "trigger", "message-2", later, in_menu=True),
        button("Clear the card cache", "clear-cache", "trash", later, in_menu=True),
        button("Read all variables", "read-variables", "refresh", later, in_menu=True),
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
