"""The sheet of a station about access: its local list, and what it decides about cards by itself."""

from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.chargers.models import ChargingStation
from apps.drivers.choices import ListState
from apps.drivers.models import LocalList
from apps.drivers.services.local_lists.keeping import with_switch
from apps.portal.kit.parts import ActionButton
from apps.portal.kit.views import DetailView, Panel
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import NO_EDIT, RETIRED, rights_on, why_not_command

VARIABLES = {
    "LocalAuthListEnabled": "The local list is used",
    "LocalAuthorizeOffline": "Offline, the local list and the cache decide",
    "LocalPreAuthorize": "Known cards start before we are asked",
    "AllowOfflineTxForUnknownId": "Offline, unknown cards may charge",
    "StopTransactionOnInvalidId": "A session ends when we refuse its card",
    "MaxEnergyOnInvalidId": "Energy that a refused card may take (Wh)",
    "AuthorizationCacheEnabled": "Cards are remembered in the cache",
    "AuthCtrlr.LocalAuthorizeOffline": "Offline, the local list and the cache decide",
    "AuthCtrlr.LocalPreAuthorize": "Known cards start before we are asked",
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": "Offline, unknown cards may charge",
    "AuthCtrlr.DisableRemoteAuthorization": "Cards are never asked for online",
    "AuthCtrlr.MasterPassGroupId": "Group of the master passes",
    "AuthCacheCtrlr.Enabled": "Cards are remembered in the cache",
    "AuthCacheCtrlr.LifeTime": "How long the cache remembers a card (s)",
    "AuthCacheCtrlr.Policy": "Which card the cache forgets first",
    "AuthCacheCtrlr.DisablePostAuthorize": "Refused cards of the cache are not asked for again",
    "LocalAuthListCtrlr.Enabled": "The local list is used",
    "LocalAuthListCtrlr.DisablePostAuthorize": "Refused cards of the list are not asked for again",
    "TxCtrlr.StopTxOnInvalidId": "A session ends when we refuse its card",
    "TxCtrlr.MaxEnergyOnInvalidId": "Energy that a refused card may take (Wh)",
}
"""Configuration keys of 1.6 and variables of 2.x that say how cards are judged, in plain words."""


def load_list(request, station: ChargingStation) -> dict:
    row = LocalList.objects.filter(station=station).first() or LocalList(station=station)
    is_kept = with_switch().filter(pk=station.pk, is_kept=True).exists()
    waits = is_kept and station.provisioning_enabled and row.state == ListState.BY_HAND
    return {
        "list": row,
        "state": ListState.OUT_OF_STEP if waits else ListState(row.state),
        "is_kept": is_kept,
        "by_itself": station.provisioning_enabled,
        "buttons": list_buttons(request.user, station, row),
    }


def list_buttons(user, station: ChargingStation, row: LocalList) -> list[ActionButton]:
    """What can be done with the list, each with the reason where it cannot."""
    rights = rights_on(user, station)
    command = why_not_command(station, rights)
    edit = RETIRED if station.retired_at else "" if rights.edit else NO_EDIT

    def button(label: str, name: str, icon: str, reason: str, **looks) -> ActionButton:
        url = reverse(f"portal:station-list-{name}", args=[station.pk])
        return ActionButton(label, url, icon=icon, reason=reason, **looks)

    no_cards = "" if may(user, Action.DRIVER_VIEW) else "Your role does not see cards."
    return [
        button("Send the whole list", "send", "send", command, in_dialog=True),
        button("Read the version", "read", "refresh", command, in_dialog=True),
        button("Clear it", "clear", "trash", command or edit, in_dialog=True),
        button("Keep it or leave it", "keep", "toggle-right", edit, in_dialog=True),
        button(f"Cards in the list ({row.held_count})", "entries", "nfc", no_cards),
    ]


def load_variables(request, station: ChargingStation) -> dict:
    """What is known of the variables; ``why_not``: why none can be set."""
    rows = []
    for variable in station.variables.filter(attribute="Actual", evse_number=0).order_by("component", "variable"):
        is_key = variable.component == "ConfigurationKey"
        name = variable.variable if is_key else f"{variable.component}.{variable.variable}"
        if name in VARIABLES:
            rows.append({"name": name, "words": VARIABLES[name], "variable": variable})
    why_not = why_not_command(station, rights_on(request.user, station))
    return {"rows": rows, "why_not": why_not, "cache": _cache_button(station, why_not)}


def _cache_button(station: ChargingStation, why_not: str) -> ActionButton:
    url = reverse("portal:station-clear-cache", args=[station.pk])
    return ActionButton("Clear the card cache", url, icon="trash", reason=why_not, in_dialog=True)


def load_customers(request, station: ChargingStation) -> dict:
    reason = "OCPP 1.6 has no such question." if station.protocol == "ocpp1.6" else ""
    if not ChargingStation.objects.filter(pk=station.pk).visible_to(request.user, Action.DRIVER_EDIT).exists():
        reason = "Only people who edit drivers may ask about customers."
    url = reverse("portal:station-customers", args=[station.pk])
    return {"button": ActionButton("Ask about a customer", url, icon="user-search", reason=reason)}


def _live(station: ChargingStation) -> str:
    return f"station:{station.pk}"


class StationAccess(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"

    panels = (
        Panel("list", "Local list", template="portal/access/list.html", load=load_list, live=_live, icon="list-check"),
        Panel(
            "variables", "What it decides by itself", template="portal/access/variables.html", load=load_variables,
            live=_live, flush=True, icon="lock-access",
        ),
        Panel("customers", "What it knows of customers", template="portal/access/customers.html", load=load_customers,
              icon="user-search"),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="access")
