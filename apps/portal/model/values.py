"""The input that fits a variable's data type, and the text that OCPP writes for it.

Data types as in 2.x VariableCharacteristicsType (2.0.1 part 2): string, decimal, integer, dateTime, boolean,
OptionList, SequenceList, MemberList; 1.6 tells none. Without characteristics any text is taken.
"""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from django import forms

from apps.chargers.models import DeviceVariable

LONGEST = 2500
LABEL = "New value"


def options_of(variable: DeviceVariable) -> list[str]:
    """Its list of values, each once."""
    return list(dict.fromkeys(part.strip() for part in variable.values_list.split(",") if part.strip()))


def field_for(variable: DeviceVariable) -> forms.Field:
    """A form field that begins with the present value; ``as_text`` says what was chosen in OCPP's words."""
    kind, options = variable.data_type.casefold(), options_of(variable)
    help_text = _what_is_known(variable, kind)
    match kind:
        case "boolean":
            return _choice(variable, ["true", "false"], help_text)
        case "integer":
            return forms.IntegerField(label=LABEL, help_text=help_text, **_limits(variable, whole=True))
        case "decimal":
            step = forms.NumberInput(attrs={"step": "any"})
            return forms.DecimalField(label=LABEL, help_text=help_text, widget=step, **_limits(variable, whole=False))
        case "datetime":
            picker = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
            return forms.DateTimeField(label=f"{LABEL} (UTC)", help_text=help_text, widget=picker)
        case "memberlist" if options:
            widget = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(
                label=LABEL, help_text=help_text, choices=_pairs(options), widget=widget, required=False
            )
        case "sequencelist" if options:
            return SequenceField(options=options, label=LABEL, help_text=help_text, required=False)
    if options and kind not in ("memberlist", "sequencelist"):
        return _choice(variable, options, help_text)
    longest = int(variable.max_limit) if kind == "string" and variable.max_limit else LONGEST
    return forms.CharField(
        label=LABEL, required=False, max_length=min(longest, LONGEST), strip=False, help_text=help_text
    )


def initial_of(variable: DeviceVariable) -> object:
    """The present value as its field takes it; nothing where it does not read as its type."""
    kind, value = variable.data_type.casefold(), variable.value or ""
    if kind == "boolean":
        return value.strip().casefold()
    if kind == "memberlist" and options_of(variable):
        return [part.strip() for part in value.split(",") if part.strip()]
    if kind == "datetime":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return value


def as_text(value: object) -> str:
    """What is sent: numbers without exponent, instants in UTC with Z, lists with commas."""
    match value:
        case None:
            return ""
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case list() | tuple():
            return ",".join(str(part) for part in value)
    return str(value)


class SequenceField(forms.CharField):
    """Some of ``options`` in an order that counts, with commas between them."""

    def __init__(self, *, options: list[str], **kwargs) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        self.options = options

    def clean(self, value) -> list[str]:
        chosen = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        strange = [part for part in chosen if part not in self.options]
        if strange:
            raise forms.ValidationError(f"The charger does not know {', '.join(strange)}.")
        if len(set(chosen)) < len(chosen):
            raise forms.ValidationError("Name each once.")
        return chosen


def _choice(variable: DeviceVariable, options: list[str], help_text: str) -> forms.ChoiceField:
    """The present value stays on offer, even where it is none of the options."""
    present = initial_of(variable) or options[0]
    choices = _pairs(list(dict.fromkeys([*options, str(present)])))
    return forms.ChoiceField(label=LABEL, choices=choices, help_text=help_text)


def _pairs(options: list[str]) -> list[tuple[str, str]]:
    return [(option, option) for option in options]


def _limits(variable: DeviceVariable, *, whole: bool) -> dict:
    def exact(limit: float | None):
        if limit is None:
            return None
        try:
            return int(limit) if whole else Decimal(str(limit))
        except (OverflowError, ValueError, InvalidOperation):
            return None

    return {"min_value": exact(variable.min_limit), "max_value": exact(variable.max_limit)}


def _what_is_known(variable: DeviceVariable, kind: str) -> str:
    parts = [f"Now: {variable.value}" if variable.value not in (None, "") else "Its value is not known"]
    if variable.unit:
        parts.append(f"in {variable.unit}")
    unit = "characters" if kind == "string" else ""
    if variable.min_limit is not None:
        parts.append(f"at least {variable.min_limit:g} {unit}".strip())
    if variable.max_limit is not None:
        parts.append(f"at most {variable.max_limit:g} {unit}".strip())
    if kind == "sequencelist" and variable.values_list:
        parts.append(f"of {variable.values_list}, in the order that counts")
    elif kind == "memberlist" and variable.values_list:
        parts.append(f"any of {variable.values_list}")
    return ", ".join(parts) + "."
