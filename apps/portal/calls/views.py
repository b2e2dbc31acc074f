"""All operations of a station's version, and the form of each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse

from apps.accounts.policy import Action, may
from apps.chargers.messages.commands import RawCall
from apps.chargers.models import ChargingStation
from apps.gateway.protocol.adapter import adapter_for
from apps.portal.calls.catalogue import BLOCKS, OPERATIONS, Operation
from apps.portal.calls.forms import OperationForm, counts_in
from apps.portal.kit.parts import ActionButton, Crumb
from apps.portal.kit.views import PortalView
from apps.portal.links import page_of
from apps.portal.stations.command_forms import OCPP16
from apps.portal.stations.commands import StationCommandView
from apps.portal.stations.head import STATIONS, head_context
from apps.portal.stations.rights import NO_RAW_CALL, StationRights, rights_on, why_unreachable

NOT_YOURS = "Your role may not do this."


class StationOperations(PortalView):
    """What can be asked of this station, by functional block, each with its forms."""

    action = Action.STATION_COMMAND
    queryset = STATIONS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        station = self.get_row(pk=pk)
        rights = rights_on(request.user, station)
        context = head_context(request.user, station, sheet="commands", rights=rights) | {
            "title": "All operations",
            "blocks": list(_blocks(request.user, station, rights)),
            "console": _raw(station, rights, "Write JSON", reverse("portal:station-raw-call", args=[station.pk])),
        }
        return render(request, "portal/calls/all.html", context)


def _blocks(user, station: ChargingStation, rights: StationRights):
    known = adapter_for(station.protocol or OCPP16).commands
    for block in BLOCKS:
        rows = [
            {"operation": one, "buttons": _buttons(user, station, rights, one)}
            for one in block.operations
            if one.action in known
        ]
        if rows:
            yield {"title": block.title, "rows": rows}


def _buttons(user, station: ChargingStation, rights: StationRights, one: Operation) -> list[ActionButton]:
    own = []
    if one.own_form:
        url = reverse(f"portal:station-{one.own_form}", args=[station.pk])
        allowed = may(user, resolve(url).func.view_class.action)  # type: ignore[attr-defined]
        own = [ActionButton("Simple form", url, reason="" if allowed else NOT_YOURS, in_dialog=True)]
    every = reverse("portal:station-call", args=[station.pk, one.action])
    return [*own, _raw(station, rights, "Every field", every)]


def _raw(station: ChargingStation, rights: StationRights, label: str, url: str) -> ActionButton:
    return ActionButton(label, url, reason=why_unreachable(station) if rights.raw_call else NO_RAW_CALL)


class OperationView(StationCommandView):
    """One operation with every field that its version has."""

    action = Action.STATION_RAW_CALL
    form_class = OperationForm
    template_name = "portal/calls/form.html"

    @property
    def operation(self) -> str:
        """Of the address; only what the station's version has."""
        name = self.kwargs["action"]
        if name not in OPERATIONS or name not in adapter_for(self.station.protocol or OCPP16).commands:
            raise Http404("The station's version has no such operation.")
        return name

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"operation": self.operation, "counts": counts_in(self.request.POST)}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """ "Add" and "Take away" draw the form anew with what was typed; nothing is sent."""
        if not ({"more", "less"} & request.POST.keys()):
            return super().post(request, *args, **kwargs)
        typed = OperationForm(request.POST, **self.get_form_kwargs())
        kept = {name: value for name in typed.fields if (value := typed[name].value()) is not None}
        return self._render(OperationForm(initial=kept, **self.get_form_kwargs()))

    def get_title(self) -> str:
        return f"{self.operation}: {self.station}"

    def get_intro(self) -> str:
        return OPERATIONS[self.operation].sentence

    @property
    def dangerous(self) -> bool:
        return bool(OPERATIONS[self.operation].harm)

    def breadcrumbs(self):
        operations = reverse("portal:station-calls", args=[self.station.pk])
        return (*super().breadcrumbs(), Crumb("All operations", operations))

    def extra_context(self) -> dict:
        query = f"?call={self.operation}"
        return {"console_url": reverse("portal:station-raw-call", args=[self.station.pk]) + query}

    def get_cancel_url(self) -> str:
        return reverse("portal:station-calls", args=[self.station.pk])

    def build(self, data: dict) -> RawCall:
        return RawCall(action=self.operation, payload=data["payload"])

    def get_success_url(self, result) -> str:
        return page_of(result)
