"""What is asked before a command goes to a station."""

from django import forms

from apps.chargers.models import ChargingStation
from apps.gateway.protocol.adapter import Adapter, adapter_for
from apps.portal.kit.fields import read_by_clock
from apps.portal.model.values import as_text, field_for
from apps.portal.stations.json_text import read_json
from apps.portal.stations.rights import is_online

OCPP16 = "ocpp1.6"
_WAITS = [("60", "1 minute"), ("600", "10 minutes"), ("3600", "1 hour"), ("28800", "8 hours"), ("86400", "1 day")]
_MESSAGES = {
    "StatusNotification": "State of the connectors",
    "MeterValues": "Meter values",
    "BootNotification": "Boot notification",
    "Heartbeat": "Heartbeat",
    "FirmwareStatusNotification": "State of the firmware update",
    "DiagnosticsStatusNotification": "State of the diagnostics upload",
    "LogStatusNotification": "State of the log upload",
    "TransactionEvent": "State of the running transaction",
    "SignChargingStationCertificate": "Request for a new certificate",
}
_ONLY_16, _ONLY_2 = {"DiagnosticsStatusNotification"}, {"TransactionEvent"}


class CommandForm(forms.Form):
    """Base: while the station is away, it asks how long to wait for it."""

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.station = station
        read_by_clock(self, station.site.time_zone)
        if not is_online(station):
            self.fields["wait_s"] = forms.TypedChoiceField(
                label="The station is offline: wait for it", choices=_WAITS, coerce=int, initial="600",
                help_text="It is sent as soon as the station is back; after that time it is given up, visibly.",
            )  # fmt: skip

    @property
    def deadline_s(self) -> int:
        return self.cleaned_data.get("wait_s") or 60


def evse_choices(station: ChargingStation, everywhere: str = "") -> list[tuple[str, str]]:
    """The EVSEs of ``station``; ``everywhere`` is offered as 0."""
    numbers = station.evses.order_by("number").values_list("number", flat=True)
    return ([("0", everywhere)] if everywhere else []) + [(str(number), f"EVSE {number}") for number in numbers]


class UnlockForm(CommandForm):
    evse = forms.TypedChoiceField(label="Which one", coerce=int)

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields["evse"].choices = evse_choices(station)


class ResetForm(CommandForm):
    evse = forms.TypedChoiceField(label="What", coerce=int, required=False, empty_value=0)
    kind = forms.ChoiceField(label="How", widget=forms.RadioSelect, initial="OnIdle")

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields["evse"].choices = evse_choices(station, "The whole station")
        if station.protocol == OCPP16:
            del self.fields["evse"]
            in_order = "In good order: running sessions are ended and reported, then it restarts (Soft)"
            at_once = "At once: power is cut, the hardware restarts; running sessions end without a report (Hard)"
        else:
            in_order = "When idle: it waits until nobody charges, then restarts (OnIdle)"
            at_once = "At once: running sessions are ended, then it restarts (Immediate)"
        self.fields["kind"].choices = [("OnIdle", in_order), ("Immediate", at_once)]


class AvailabilityForm(CommandForm):
    """``place`` is ``(EVSE, connector or None)``; connectors are offered where an EVSE has several."""

    evse = forms.ChoiceField(label="What")
    operative = forms.TypedChoiceField(
        label="Shall be",
        choices=[("no", "Out of service: nobody can start; a running session may end first"), ("yes", "In service")],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect, initial="no",
    )  # fmt: skip

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields["evse"].choices = places(station)

    def clean(self) -> dict:
        data = super().clean()
        evse, _, connector = data.get("evse", "0").partition(".")
        return data | {"place": (int(evse), int(connector) if connector else None)}


def places(station: ChargingStation) -> list[tuple[str, str]]:
    """The station, its EVSEs, and each connector of those that have more than one: ``2.1``. In 1.6 none has."""
    found = [("0", "The whole station")]
    for evse in station.evses.order_by("number").prefetch_related("connectors"):
        found.append((str(evse.number), f"EVSE {evse.number}"))
        connectors = sorted(evse.connectors.all(), key=lambda connector: connector.number)
        if len(connectors) > 1 and station.protocol != OCPP16:
            found += [(f"{evse.number}.{c.number}", f"EVSE {evse.number}, connector {c.number}") for c in connectors]
    return found


class TriggerForm(CommandForm):
    message = forms.ChoiceField(label="Message")
    evse = forms.TypedChoiceField(label="Of", coerce=int)

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        absent = _ONLY_2 if station.protocol == OCPP16 else _ONLY_16
        self.fields["message"].choices = [(key, words) for key, words in _MESSAGES.items() if key not in absent]
        self.fields["evse"].choices = evse_choices(station, "The whole station")


class SetVariableForm(CommandForm):
    """One variable, with the input that fits its data type."""

    def __init__(self, *args, station: ChargingStation, variable, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields = {"value": field_for(variable), **self.fields}

    def clean_value(self) -> str:
        return as_text(self.cleaned_data["value"])


class RawCallForm(CommandForm):
    """Any action of the station's version; the payload is checked against its schema."""

    call = forms.ChoiceField(label="Action")
    payload = forms.CharField(
        label="Payload (JSON)", initial="{}",
        widget=forms.Textarea(attrs={"rows": 8, "class": "cn-mono", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields["call"].choices = [(name, name) for name in sorted(self.adapter.commands)]

    @property
    def adapter(self) -> Adapter:
        return adapter_for(self.station.protocol or OCPP16)

    def clean_payload(self) -> dict:
        payload = read_json(self.cleaned_data["payload"])
        if not isinstance(payload, dict):
            raise forms.ValidationError("The payload is a JSON object: {…}.")
        return payload

    def clean(self) -> dict:
        data = super().clean()
        if "call" in data and "payload" in data:
            for path, words in self.adapter.validate_request(data["call"], data["payload"]):
                self.add_error("payload", f"{path or 'The payload'}: {words}")
        return data
