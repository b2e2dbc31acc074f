"""Asking what only 2.1 has words for: streams, grid controls, batteries, directions of energy."""

from django.urls import reverse
from django.utils import timezone

from apps.chargers.messages.commands.battery_swap import RequestBatterySwap
from apps.chargers.messages.commands.der import ClearDERControl, GetDERControl, SetDERControl
from apps.chargers.messages.commands.dynamic_charging import AFRRSignal, NotifyAllowedEnergyTransfer
from apps.chargers.messages.commands.streams import AdjustPeriodicEventStream, GetPeriodicEventStream
from apps.core.ids import reserve_numbers
from apps.portal.stations import grid_forms as forms
from apps.portal.stations.commands import StationCommandView
from apps.portal.stations.grid import OLDER


class GridCommandView(StationCommandView):
    """Base: refused for stations that speak an older version; leads back to the sheet."""

    def get_refusal(self):
        return super().get_refusal() if self.station.protocol == forms.OCPP21 else OLDER

    def get_success_url(self, result):
        return reverse("portal:station-grid", args=[self.station.pk])

    def get_cancel_url(self):
        return self.get_success_url(None)


class ReadStreams(GridCommandView):
    title = "Ask which streams are open"
    intro = "The station tells which streams it has opened, and how often it sends their values."
    submit_label = "Ask"

    def build(self, data):
        return GetPeriodicEventStream()


class AdjustStream(GridCommandView):
    title = "Adjust a stream"
    intro = "How often the station sends the values of this stream."
    form_class = forms.AdjustStreamForm
    submit_label = "Adjust"

    def get_initial(self):
        return super().get_initial() | {"stream": self.request.GET.get("stream", "")}

    def build(self, data):
        return AdjustPeriodicEventStream(data["stream"], data["interval_s"], data["values"])


class SetControl(GridCommandView):
    title = "Set a grid control"
    intro = "The station keeps it and acts by it. A default takes the place of the default of its type."
    form_class = forms.SetControlForm
    submit_label = "Set"

    def build(self, data):
        return SetDERControl(data["control_id"], data["control_type"], data["settings"], data["is_default"])


class ReadControls(GridCommandView):
    title = "Ask for the grid controls"
    intro = "The station answers that it will, and then tells every control it keeps."
    submit_label = "Ask"

    def build(self, data):
        return GetDERControl(request_id=reserve_numbers("ocpp_request", how_many=1)[0])


class ClearControls(GridCommandView):
    title = "Clear grid controls"
    intro = "The station forgets them and no longer acts by them."
    form_class = forms.ClearControlsForm
    submit_label = "Clear"
    dangerous = True

    def build(self, data):
        return ClearDERControl(data["is_default"], control_id=data["control"] or None)


class SendSignal(GridCommandView):
    title = "Send a frequency signal"
    intro = "It takes effect at once, by the curve of the running charging profile."
    form_class = forms.SignalForm
    now = True

    def build(self, data):
        return AFRRSignal(timezone.now().isoformat(timespec="seconds").replace("+00:00", "Z"), data["signal"])


class SwapBattery(GridCommandView):
    title = "Swap a battery"
    intro = "The station takes one battery in and gives another out, for the card or account named here."
    form_class = forms.SwapForm
    submit_label = "Swap"
    now = True

    def build(self, data):
        return RequestBatterySwap(reserve_numbers("ocpp_request", how_many=1)[0], data["id_token"])


class AllowTransfer(GridCommandView):
    title = "Which energy transfer is allowed"
    intro = "Said for one running session: whether the car may be charged only, or discharged as well."
    form_class = forms.TransferForm
    now = True

    def build(self, data):
        return NotifyAllowedEnergyTransfer(data["session"], tuple(data["modes"]))
