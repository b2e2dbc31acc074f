"""Asking things of a station. Every form ends in one command; nobody waits for the charger here."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join

from apps.accounts.policy import Action, may
from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.commands import (
    ChangeAvailability,
    ClearCache,
    Command,
    GetBaseReport,
    GetVariables,
    RequestStartTransaction,
    Reset,
    SetVariables,
    TriggerMessage,
    UnlockConnector,
)
from apps.chargers.models import ChargingStation, DeviceVariable, StationCommand
from apps.chargers.services.commands import enqueue, new_remote_start_number
from apps.chargers.services.setting_addresses import wish_of
from apps.core.ids import reserve_numbers
from apps.drivers.models import IdToken
from apps.gateway.protocol.raw_calls import read_call
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import FormView, PortalView
from apps.portal.links import page_of
from apps.portal.model.values import initial_of
from apps.portal.stations import command_forms as forms
from apps.portal.stations.head import STATIONS
from apps.portal.stations.rights import why_unreachable
from apps.portal.stations.start_form import CardChoiceField, StartForm, card_options, cards_for
from apps.portal.stations.words import variable_name
from apps.sessions.models import ChargingSession


class StationCommandView(FormView):
    """Declare ``title``, ``form_class``, ``submit_label``; write ``build(data)``. ``now``: of no use later."""

    action = Action.STATION_COMMAND
    queryset = STATIONS
    form_class = forms.CommandForm
    submit_label = "Send"
    now = False

    @property
    def station(self) -> ChargingStation:
        return self.object

    def build(self, data: dict) -> Command:
        """The command that the form's ``data`` asks for."""
        raise NotImplementedError

    def get_form_kwargs(self) -> dict:
        return {"station": self.station}

    def get_initial(self) -> dict:
        evse = self.request.GET.get("evse", "")
        return {"evse": evse} if evse.isdecimal() else {}

    def get_title(self) -> str:
        return f"{self.title}: {self.station}"

    def get_refusal(self) -> str:
        return why_unreachable(self.station, now=self.now)

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")), Crumb(str(self.station), page_of(self.station)))

    def asked(self) -> dict[str, Any]:
        """What every service takes: the station, and who asks, how and when."""
        return {
            "station": self.station,
            "actor": self.request.user,
            "origin": CommandOrigin.PORTAL,
            "at": timezone.now(),
            "address": self.request.META.get("REMOTE_ADDR"),
        }

    def save(self, form) -> StationCommand:
        return enqueue(command=self.build(form.cleaned_data), deadline_s=form.deadline_s, **self.asked())

    def get_success_url(self, result) -> str:
        return page_of(self.station)

    def get_cancel_url(self) -> str:
        return page_of(self.station)


def sessions_now(station: ChargingStation) -> str:
    """``One session runs now.`` or nothing."""
    count = ChargingSession.objects.open().filter(station=station).count()
    return {0: "Nobody charges now.", 1: "One session runs now."}.get(count, f"{count} sessions run now.")


class Start(StationCommandView):
    title = "Start charging"
    intro = "The charger checks the card and starts when a car is plugged in. Who starts pays: the card’s driver."
    form_class = StartForm
    submit_label = "Start"
    now = True

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "user": self.request.user,
            "sees_drivers": may(self.request.user, Action.DRIVER_VIEW),
            "search_url": reverse("portal:station-cards", args=[self.station.pk]),
        }

    def build(self, data):
        return RequestStartTransaction(
            id_token=data["id_token"],
            id_token_type=data["id_token_type"],
            remote_start_id=new_remote_start_number(),
            evse_id=data["evse"] or None,
            group_id_token=data["group"] or None,
        )


class Cards(PortalView):
    """The cards that fit what was typed, as options of the list."""

    action = Action.DRIVER_VIEW

    def get(self, request, pk: int):
        self.queryset = STATIONS
        station = self.get_row(pk=pk)
        field = CardChoiceField(queryset=IdToken.objects.none())
        options = card_options(field, cards_for(request.user, station, request.GET.get("search", "")))
        return HttpResponse(format_html_join("", '<option value="{}">{}</option>', options))


class Unlock(StationCommandView):
    title = "Unlock a connector"
    intro = "The charger lets the plug go. Where somebody is charging it may refuse, or end the session first."
    form_class = forms.UnlockForm
    submit_label = "Unlock"
    now = True

    def build(self, data):
        return UnlockConnector(evse_id=data["evse"])


class ResetStation(StationCommandView):
    title = "Reset"
    form_class = forms.ResetForm
    submit_label = "Reset"
    dangerous = True

    def get_intro(self):
        return f"The station restarts and is away for a minute or two. {sessions_now(self.station)}"

    def build(self, data):
        return Reset(type=data["kind"], evse_id=data.get("evse") or None)


class Availability(StationCommandView):
    title = "Availability"
    form_class = forms.AvailabilityForm

    def get_initial(self):
        initial = super().get_initial()
        evse = self.station.evses.filter(number=initial["evse"]).first() if initial else None
        return initial | {"operative": "yes" if evse is not None and not evse.wanted_operative else "no"}

    def build(self, data):
        evse, connector = data["place"]
        return ChangeAvailability(operative=data["operative"], evse_id=evse, connector_id=connector)


class Trigger(StationCommandView):
    title = "Ask for a message"
    intro = "The charger answers that it will, and then sends the message."
    form_class = forms.TriggerForm

    def build(self, data):
        return TriggerMessage(message=data["message"], evse_id=data["evse"] or None)


class ClearCardCache(StationCommandView):
    title = "Clear the card cache"
    intro = "The charger forgets which cards it has seen and asks us again for each."
    submit_label = "Clear"

    def build(self, data):
        return ClearCache()


class ReadVariables(StationCommandView):
    title = "Read all variables"
    intro = "The charger tells every setting it has. Some models take a minute, a few restart."
    submit_label = "Read"

    def build(self, data):
        if self.station.protocol == forms.OCPP16:
            return GetVariables()
        return GetBaseReport(request_id=reserve_numbers("ocpp_request", how_many=1)[0])

    def get_success_url(self, result):
        return reverse("portal:station-variables", args=[self.station.pk])


class SetVariable(StationCommandView):
    """Of one variable; the station is its own."""

    title = "Set a variable"
    form_class = forms.SetVariableForm
    submit_label = "Set"
    queryset = DeviceVariable.objects.select_related("station__site__organisation", "station__connection")

    @property
    def station(self):
        return self.object.station

    def get_title(self):
        return variable_name({"component": self.object.component, "variable": self.object.variable})

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"variable": self.object}

    def get_initial(self):
        return {"value": initial_of(self.object)}

    def get_refusal(self):
        if self.object.mutability == "ReadOnly":
            return "The charger says that this can only be read."
        return super().get_refusal()

    def build(self, data):
        return SetVariables(variables=(wish_of(self.object, data["value"]),))

    def get_success_url(self, result):
        return reverse("portal:station-variables", args=[self.station.pk])


class RawCallConsole(StationCommandView):
    action = Action.STATION_RAW_CALL
    title = "Raw call"
    intro = "Sent exactly as written. What it changes at the charger is not undone by itself."
    form_class = forms.RawCallForm

    def get_initial(self):
        return super().get_initial() | {"call": self.request.GET.get("call", "")}

    def build(self, data):
        version = self.station.protocol or forms.OCPP16
        return read_call(version, data["call"], data["payload"], number=new_remote_start_number)

    def get_success_url(self, result):
        return page_of(result)
