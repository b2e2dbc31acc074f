"""One leaf of a message as a field of a form."""

from datetime import UTC
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape

from apps.portal.calls.help import HELP, KEPT_EMPTY, OWN_NUMBERS, SAFE, label_of
from apps.portal.calls.schema_nodes import Leaf
from apps.portal.kit.fields import LocalMoment
from apps.portal.stations.json_text import read_json

_YES_NO = [("yes", "Yes"), ("no", "No")]
_LONG = 200


def field_for(leaf: Leaf, action: str, time_zone: str) -> forms.Field:
    """Required only where the message cannot do without it and no number of ours stands in."""
    may_be_empty = leaf.path in OWN_NUMBERS or leaf.name in KEPT_EMPTY
    made = _MAKERS[leaf.kind](leaf)
    made.required = leaf.is_needed and leaf.in_needed and not may_be_empty
    made.label = label_of(leaf.name)
    made.help_text = _help(leaf, time_zone)
    if isinstance(made, LocalMoment):
        made.time_zone = time_zone
    known = [word for word in SAFE.get((action, leaf.path), ()) if not leaf.choices or word in leaf.choices]
    if known:
        made.initial = known[0]
    return made


def _help(leaf: Leaf, time_zone: str) -> str:
    parts = [HELP.get(leaf.name) or leaf.says]
    if leaf.is_needed and not leaf.in_needed:
        parts.append("Needed if this part is used.")
    if leaf.kind == "moment":
        parts.append(f"By the clock of {time_zone}.")
    if leaf.kind == "lines":
        parts.append("One per line.")
    if leaf.kind == "json":
        parts.append("As JSON.")
    if leaf.minimum is not None or leaf.maximum is not None:
        parts.append(_between(leaf.minimum, leaf.maximum))
    return escape(" ".join(part for part in parts if part))  # the kit prints help as HTML


def _between(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}."
    return f"At least {low:g}." if low is not None else f"At most {high:g}."


def _text(leaf: Leaf) -> forms.Field:
    is_long = (leaf.max_length or 0) > _LONG
    attrs: dict[str, Any] = {"spellcheck": "false", "autocomplete": "off"} | ({"rows": 3} if is_long else {})
    widget = forms.Textarea(attrs=attrs) if is_long else forms.TextInput(attrs=attrs)
    return forms.CharField(max_length=leaf.max_length, strip=False, widget=widget)


def _integer(leaf: Leaf) -> forms.Field:
    return forms.IntegerField(widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))


class _Number(forms.DecimalField):
    """A number as the wire has it: whole where it is whole."""

    def clean(self, value: Any) -> int | float | None:
        number = super().clean(value)
        if number is None:
            return None
        return int(number) if number == number.to_integral_value() else float(number)


def _decimal(leaf: Leaf) -> forms.Field:
    return _Number(
        max_digits=18, decimal_places=9, max_value=Decimal(10) ** 12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip


class _Moment(LocalMoment):
    """An instant typed by the site's clock, as the wire has it."""

    def clean(self, value: Any) -> str | None:
        at = super().clean(value)
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _moment(leaf: Leaf) -> forms.Field:
    attrs = {"type": "datetime-local", "step": 1}
    return _Moment(widget=forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M:%S"))


def _boolean(leaf: Leaf) -> forms.Field:
    choices = [("", "–"), *_YES_NO]
    return forms.TypedChoiceField(choices=choices, coerce=lambda word: word == "yes", empty_value=None)


def _choice(leaf: Leaf) -> forms.Field:
    return forms.ChoiceField(choices=[("", "–"), *((word, word) for word in leaf.choices)])


def _choices(leaf: Leaf) -> forms.Field:
    words = [(word, word) for word in leaf.choices]
    return forms.MultipleChoiceField(choices=words, widget=forms.CheckboxSelectMultiple)


class _Lines(forms.CharField):
    """A list of texts, one a line."""

    def __init__(self, *, longest: int | None) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}))
        self.longest = longest

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if self.longest and any(len(line) > self.longest for line in lines):
            raise ValidationError(f"Each has at most {self.longest} characters.")
        return lines


def _lines(leaf: Leaf) -> forms.Field:
    return _Lines(longest=leaf.max_length)


class _Json(forms.CharField):
    def __init__(self) -> None:
        attrs = {"rows": 4, "class": "cn-mono", "spellcheck": "false", "autocomplete": "off"}
        super().__init__(widget=forms.Textarea(attrs=attrs))

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return read_json(text) if text.strip() else None


def _json(leaf: Leaf) -> forms.Field:
    return _Json()


_MAKERS = {
    "text": _text, "integer": _integer, "decimal": _decimal, "boolean": _boolean, "moment": _moment, "choice": _choice,
    "choices": _choices, "lines": _lines, "json": _json,
}  # fmt: skip
