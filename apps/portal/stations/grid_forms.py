"""What is asked before a command that only 2.1 has goes to a station."""

import json

from django import forms

from apps.chargers.messages.commands import build_command
from apps.chargers.models import ChargingStation
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.portal.stations.command_forms import CommandForm
from apps.sessions.models import ChargingSession

OCPP21 = "ocpp2.1"
CONTROL_TYPES = (
    "EnterService", "FixedPFAbsorb", "FixedPFInject", "FixedVar", "FreqDroop", "FreqWatt", "Gradients", "HFMayTrip",
    "HFMustTrip", "HVMayTrip", "HVMomCess", "HVMustTrip", "LFMustTrip", "LVMayTrip", "LVMomCess", "LVMustTrip",
    "LimitMaxDischarge", "PowerMonitoringMustTrip", "VoltVar", "VoltWatt", "WattPF", "WattVar",
)  # fmt: skip
TRANSFERS = {
    "AC_single_phase": "AC, one phase",
    "AC_two_phase": "AC, two phases",
    "AC_three_phase": "AC, three phases",
    "DC": "DC",
    "AC_BPT": "AC, both directions",
    "AC_BPT_DER": "AC, both directions, with grid rules",
    "AC_DER": "AC, with grid rules",
    "DC_BPT": "DC, both directions",
    "DC_ACDP": "DC by automatic connection",
    "DC_ACDP_BPT": "DC by automatic connection, both directions",
    "WPT": "Wireless",
}
_KINDS = [
    ("yes", "Default: it holds until it is replaced"),
    ("no", "Scheduled: with its own start and duration"),
]


def _kind(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=_KINDS, coerce=lambda value: value == "yes", widget=forms.RadioSelect, initial="yes"
    )


class AdjustStreamForm(CommandForm):
    stream = forms.TypedChoiceField(coerce=int)
    interval_s = forms.IntegerField(label="Send every (s)", min_value=0, max_value=86_400, required=False)
    values = forms.IntegerField(
        label="or when so many values have come together", min_value=0, max_value=10_000, required=False
    )

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        numbers = station.event_streams.filter(is_open=True).order_by("stream_id").values_list("stream_id", flat=True)
        self.fields["stream"].choices = [(str(number), f"Stream {number}") for number in numbers]

    def clean(self) -> dict:
        data = super().clean()
        if data.get("interval_s") is None and data.get("values") is None:
            raise forms.ValidationError("Give an interval or a number of values.")
        return data


class SetControlForm(CommandForm):
    """The settings are checked against OCPP's schema for the chosen type."""

    control_id = forms.CharField(label="Name of the control", max_length=36)
    control_type = forms.ChoiceField(label="Type", choices=[(name, name) for name in CONTROL_TYPES], initial="VoltVar")
    is_default = _kind("It is")
    settings = forms.CharField(
        label="Settings (JSON)", initial='{"priority": 0, "curveData": [{"x": 95, "y": 44}], "yUnit": "PctMaxVar"}',
        help_text="As OCPP 2.1 describes them for this type.",
        widget=forms.Textarea(attrs={"rows": 6, "class": "cn-mono", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_settings(self) -> dict:
        try:
            settings = json.loads(self.cleaned_data["settings"])
        except json.JSONDecodeError as error:
            raise forms.ValidationError(f"This is not JSON: {error.msg} (line {error.lineno}).") from None
        if not isinstance(settings, dict):
            raise forms.ValidationError("The settings are a JSON object: {…}.")
        return settings

    def clean(self) -> dict:
        data = super().clean()
        names = ("control_id", "control_type", "is_default", "settings")
        if all(name in data for name in names):
            self._check({name: data[name] for name in names})
        return data

    def _check(self, arguments: dict) -> None:
        adapter = adapter_for(OCPP21)
        try:
            action, payload = adapter.encode_command(build_command("SetDERControl", arguments))
        except CommandNotExpressible as error:
            raise forms.ValidationError(str(error)) from None
        for path, words in adapter.validate_request(action, payload):
            self.add_error("settings", f"{path or 'The settings'}: {words}")


class ClearControlsForm(CommandForm):
    is_default = _kind("Which")
    control = forms.ChoiceField(label="Control", required=False)

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        ids = station.der_controls.order_by("control_id").values_list("control_id", flat=True)
        self.fields["control"].choices = [("", "All of this kind"), *((one, one) for one in dict.fromkeys(ids))]


class SignalForm(CommandForm):
    signal = forms.IntegerField(label="Signal", min_value=-(2**31), max_value=2**31 - 1, initial=0)


class SwapForm(CommandForm):
    id_token = forms.CharField(label="For the card or account", max_length=255)


class TransferForm(CommandForm):
    session = forms.ChoiceField()
    modes = forms.MultipleChoiceField(
        label="Allowed", choices=list(TRANSFERS.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        running = ChargingSession.objects.open().filter(station=station).order_by("evse_number", "pk")
        self.fields["session"].choices = [
            (session.transaction_id, f"EVSE {session.evse_number or '?'}: {session.transaction_id}")
            for session in running
        ]
