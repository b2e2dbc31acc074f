"""What is asked before an operation goes to many stations: one form per kind."""

import json

from django import forms

from apps.chargers.choices import BulkKind

_WAITS = [("60", "1 minute"), ("600", "10 minutes"), ("3600", "1 hour"), ("28800", "8 hours"), ("86400", "1 day")]


class BulkForm(forms.Form):
    """Base. ``arguments`` are those of ``chargers.engine.bulk``."""

    offline = forms.ChoiceField(
        label="Stations that are offline", widget=forms.RadioSelect, initial="wait",
        choices=[("wait", "Wait for them"), ("skip", "Leave them out")],
    )  # fmt: skip
    wait_s = forms.TypedChoiceField(label="Wait at most", choices=_WAITS, coerce=int, initial="600")

    def arguments(self) -> dict:
        return {}


class ResetForm(BulkForm):
    kind = forms.ChoiceField(
        label="How", widget=forms.RadioSelect, initial="OnIdle",
        choices=[
            ("OnIdle", "In good order: 2.x waits until nobody charges, 1.6 ends and reports running sessions"),
            ("Immediate", "At once: running sessions end"),
        ],
    )  # fmt: skip

    def arguments(self):
        return {"type": self.cleaned_data["kind"]}


class AvailabilityForm(BulkForm):
    operative = forms.ChoiceField(
        label="Shall be", widget=forms.RadioSelect,
        choices=[("no", "Out of service: nobody can start; a running session may end first"), ("yes", "In service")],
    )  # fmt: skip

    def arguments(self):
        return {"operative": self.cleaned_data["operative"] == "yes", "evse_id": 0}


class TriggerForm(BulkForm):
    message = forms.ChoiceField(
        choices=[
            ("StatusNotification", "State of the connectors"), ("MeterValues", "Meter values"),
            ("BootNotification", "Boot notification"), ("Heartbeat", "Heartbeat"),
            ("FirmwareStatusNotification", "State of the firmware update"),
        ]
    )  # fmt: skip

    def arguments(self):
        return {"message": self.cleaned_data["message"]}


class UnlockForm(BulkForm):
    evse = forms.IntegerField(label="EVSE", min_value=1, max_value=1000, initial=1, help_text="The same at each.")

    def arguments(self):
        return {"evse_id": self.cleaned_data["evse"]}


class SetVariableForm(BulkForm):
    component = forms.CharField(
        max_length=50, initial="ConfigurationKey",
        help_text="For OCPP 1.6 “ConfigurationKey”; for 2.x such as “OCPPCommCtrlr”.",
    )  # fmt: skip
    variable = forms.CharField(label="Variable or key", max_length=50)
    value = forms.CharField(label="New value", required=False, max_length=2500, strip=False)

    def arguments(self):
        return {name: self.cleaned_data[name] for name in ("component", "variable", "value")}


class RawCallForm(BulkForm):
    call = forms.CharField(label="Action", max_length=60)
    payload = forms.CharField(
        label="Payload (JSON)", initial="{}", help_text="It must fit the version of each station that was chosen.",
        widget=forms.Textarea(attrs={"rows": 6, "class": "cn-mono", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_payload(self) -> dict:
        try:
            payload = json.loads(self.cleaned_data["payload"])
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
            ) from None
        if not isinstance(payload, dict):
            raise forms.ValidationError("The payload is a JSON object: {…}.")
        return payload

    def arguments(self):
        return {"action": self.cleaned_data["call"], "payload": self.cleaned_data["payload"]}


FORMS: dict[str, type[BulkForm]] = {
    BulkKind.RESET: ResetForm,
    BulkKind.AVAILABILITY: AvailabilityForm,
    BulkKind.TRIGGER: TriggerForm,
    BulkKind.CLEAR_CACHE: BulkForm,
    BulkKind.READ_VARIABLES: BulkForm,
    BulkKind.SET_VARIABLE: SetVariableForm,
    BulkKind.APPLY_TEMPLATES: BulkForm,
    BulkKind.UNLOCK: UnlockForm,
    BulkKind.RAW_CALL: RawCallForm,
}
