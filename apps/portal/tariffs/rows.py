"""Price groups as rows of a form: each holds prices and the conditions under which they count.

A group with several tax rates, or with a price of its own conditions, is the same as several groups one after another:
so every tariff can be shown as such rows.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms

from apps.tariffs.engine.kinds import ComponentKind, ReservationKind
from apps.tariffs.engine.tariff import PriceComponent, Restrictions, Tariff

MOST_ROWS = 40
_KINDS = {"energy": ComponentKind.ENERGY, "time": ComponentKind.TIME, "flat": ComponentKind.FLAT,
          "parking": ComponentKind.PARKING_TIME}  # fmt: skip
_FIELD_OF = {kind: name for name, kind in _KINDS.items()}
_DAYS = tuple((str(number), name) for number, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 1))
_MINUTES = {"min_duration_s": "min_minutes", "max_duration_s": "max_minutes"}
_RULES = (
    "start_time", "end_time", "start_date", "end_date", "min_kwh", "max_kwh", "min_power_kw", "max_power_kw",
    "min_current_a", "max_current_a",
)  # fmt: skip
_HOURLY = ("series", "factor", "surcharge", "minimum", "maximum")


def _number(label: str, *, places: int = 5, least: int | None = 0, **more) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=least, max_digits=12, decimal_places=places,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}), **more,
    )  # fmt: skip


def _step(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, help_text="Empty: 1.")


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _clock(label: str) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class RowForm(forms.Form):
    """One price group. ``rules`` and ``steps`` are shown folded unless something is filled in."""

    energy = _number("Per kWh")
    time = _number("Per hour of charging")
    flat = _number("Per session")
    parking = _number("Per hour not charging")
    vat_percent = _number("Tax (%)", places=2, max_value=Decimal(100))
    start_time = _clock("From")
    end_time = _clock("Until")
    day_of_week = forms.MultipleChoiceField(
        label="Days", choices=_DAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    start_date = _day("From the day")
    end_date = _day("Before the day")
    min_minutes = _number("After minutes", places=2)
    max_minutes = _number("Before minutes", places=2)
    min_kwh = _number("From kWh", places=3)
    max_kwh = _number("Below kWh", places=3)
    min_power_kw = _number("From kW", places=3)
    max_power_kw = _number("Below kW", places=3)
    min_current_a = _number("From A", places=2)
    max_current_a = _number("Below A", places=2)
    reservation = forms.ChoiceField(
        label="For", required=False,
        choices=(("", "Charging"), (ReservationKind.RESERVATION.value, "Reservations"),
                 (ReservationKind.RESERVATION_EXPIRES.value, "Reservations that expired")),
    )  # fmt: skip
    energy_step = _step("Energy in steps of (Wh)")
    time_step = _step("Charging time in steps of (s)")
    parking_step = _step("Other time in steps of (s)")
    series = forms.CharField(label="Follows the market", required=False, max_length=40, help_text="Such as DE-LU.")
    factor = _number("Market price times", places=4)
    surcharge = _number("plus per kWh", least=None)
    minimum = _number("at least")
    maximum = _number("at most")

    prices = ("energy", "time", "flat", "parking", "vat_percent")
    rules = ("day_of_week", "start_time", "end_time", *_RULES[2:4], *_MINUTES.values(), *_RULES[4:], "reservation")
    steps = ("energy_step", "time_step", "parking_step", *_HOURLY)

    def price_fields(self):
        return [self[name] for name in self.prices]

    def folds(self):
        """``(title, fields, whether something is filled in)``."""
        for title, names in (("Only when", self.rules), ("Steps and market", self.steps)):
            fields = [self[name] for name in names]
            yield title, fields, any(field.errors or field.value() not in (None, "", []) for field in fields)

    def clean(self):
        values = super().clean()
        is_empty = all(values.get(name) is None for name in _KINDS)
        told = (name for name in (*self.rules, "series") if values.get(name) not in (None, "", []))
        if not self.errors and is_empty and any(told):
            self.add_error("energy", "A group with conditions needs a price; 0 is a price.")
        if values.get("series") and values.get("energy") is None:
            self.add_error("energy", "Give the price for hours whose market price is not known.")
        return values


class RowFormSet(forms.formset_factory(RowForm, extra=0, can_delete=True, can_order=True, max_num=MOST_ROWS)):
    """The price groups in the order in which they are asked."""

    @classmethod
    def begin(cls, data, tariff: Tariff | None, vat_percent: Decimal | None, *, spare: int) -> "RowFormSet":
        """From what was posted, else from ``tariff``, else one empty group; ``spare`` further empty groups."""
        if data is not None:
            total = int(data.get("rows-TOTAL_FORMS") or 0) if str(data.get("rows-TOTAL_FORMS", "")).isdigit() else 0
            return cls({**data.dict(), **_lists(data), "rows-TOTAL_FORMS": str(min(total + spare, MOST_ROWS)),
                        "rows-INITIAL_FORMS": "0"}, prefix="rows")  # fmt: skip
        return cls(initial=rows_of(tariff) if tariff else [{"vat_percent": vat_percent}], prefix="rows")

    def filled(self) -> list[RowForm]:
        """The valid rows that hold a price, in order; those to be removed are left out."""
        kept = [form for form in self.forms if not form.cleaned_data.get("DELETE")]
        with_prices = [form for form in kept if any(form.cleaned_data.get(name) is not None for name in _KINDS)]
        return sorted(with_prices, key=lambda form: form.cleaned_data.get("ORDER") or MOST_ROWS)


def rows_of(tariff: Tariff) -> list[dict[str, Any]]:
    """The initial values of rows that hold the tariff."""
    rows = []
    for element in tariff.elements:
        groups: dict[Decimal | None, dict[ComponentKind, PriceComponent]] = defaultdict(dict)
        for component in element.price_components:
            groups[component.vat_percent].setdefault(component.kind, component)
        for vat_percent, components in groups.items():
            row = {"vat_percent": _short(vat_percent), **_told(element.restrictions or Restrictions())}
            for kind, component in components.items():
                name = _FIELD_OF[kind]
                row[name] = _short(component.price)
                if kind is not ComponentKind.FLAT and component.step_size != 1:
                    row[f"{name}_step"] = component.step_size
                if component.hourly is not None:
                    row |= {part: _short(getattr(component.hourly, part)) for part in _HOURLY}
            rows.append(row)
    return rows


def element_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON form of the price group in a valid row."""
    components = []
    for name, kind in _KINDS.items():
        if row.get(name) is None:
            continue
        component = {"kind": kind.value, "price": row[name], "vat_percent": row.get("vat_percent")}
        component["step_size"] = row.get(f"{name}_step")
        if kind is ComponentKind.ENERGY and row.get("series"):
            component["hourly"] = {part: row.get(part) for part in _HOURLY}
        components.append(component)
    rules = {name: _plain(row.get(name)) for name in _RULES}
    rules |= {ours: None if row.get(name) is None else row[name] * 60 for ours, name in _MINUTES.items()}
    rules["day_of_week"] = [int(day) for day in row.get("day_of_week") or ()]
    rules["reservation"] = row.get("reservation") or None
    return {
        "price_components": components,
        "restrictions": rules if any(value for value in rules.values() if value != []) else None,
    }


def field_of_path(path: str) -> tuple[int, str]:
    """Place of the row and name of its field, from a path such as ``elements[1].restrictions.max_kwh``."""
    place = int(re.match(r"elements\[(\d+)\]", path)[1])
    name = path.rsplit(".", 1)[-1]
    return place, _MINUTES.get(name, name)


def _told(when: Restrictions) -> dict[str, Any]:
    told = {name: _short(getattr(when, name)) for name in _RULES}
    for ours, name in _MINUTES.items():
        seconds = getattr(when, ours)
        told[name] = None if seconds is None else _short(Decimal(seconds) / 60)
    told["day_of_week"] = [str(day) for day in sorted(when.day_of_week)]
    told["reservation"] = when.reservation.value if when.reservation else ""
    return told


def _short(value: Any) -> Any:
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def _lists(data) -> dict[str, list[str]]:
    return {name: data.getlist(name) for name in data if name.endswith("-day_of_week")}
