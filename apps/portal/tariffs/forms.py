"""Forms of tariffs: the editor of a whole tariff, and where one applies."""

from dataclasses import asdict
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.chargers.models import Evse
from apps.drivers.models import DriverGroup
from apps.portal.kit.fields import LocalMoment, offer_organisations
from apps.portal.tariffs.rows import RowFormSet, element_of, field_of_path
from apps.sites.models import Area, Site
from apps.sites.validators import validate_currency
from apps.tariffs.engine.errors import InvalidTariff
from apps.tariffs.engine.kinds import TimeRule
from apps.tariffs.engine.tariff import IdleFee, PriceLimit, Tariff
from apps.tariffs.engine.tariff_json import from_json

_LIMITS = ("min_price", "max_price")
_IDLE = {
    "idle_price": "price_per_h", "idle_grace_min": "grace_s", "idle_step_s": "step_size_s", "idle_vat": "vat_percent",
    "idle_cap": "cap", "idle_retroactive": "retroactive", "idle_quiet_start": "quiet_start",
    "idle_quiet_end": "quiet_end",
}  # fmt: skip


def amount(label: str, help_text: str = "", *, places: int = 5, **more) -> forms.DecimalField:
    """A number that is not negative."""
    return forms.DecimalField(
        label=label, required=False, min_value=Decimal(0), max_digits=12, decimal_places=places, help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}), **more,
    )  # fmt: skip


class CurrencyField(forms.CharField):
    """A code such as EUR; small letters are taken too."""

    def to_python(self, value) -> str:
        return super().to_python(value).upper()


def _clock(label: str) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class TariffForm(forms.Form):
    """A whole tariff: what holds for each session, and ``rows``, its price groups.

    ``time_zone``: the clock in which the beginning is given. ``initial`` may hold ``tariff``, the engine's, to begin
    with; ``spare``: how many empty groups are offered.
    """

    tax_included = forms.BooleanField(label="The prices include the tax", required=False, initial=True)
    valid_from = LocalMoment(label="In force from", required=False)
    idle_price = amount("Per hour", "For blocking the connector after charging.")
    idle_grace_min = forms.IntegerField(label="Free minutes", required=False, min_value=0)
    idle_cap = amount("At most per session", places=2)
    idle_vat = amount("Tax (%)", places=2, max_value=Decimal(100))
    idle_quiet_start = _clock("Not from")
    idle_quiet_end = _clock("until")
    idle_step_s = forms.IntegerField(label="Counted in steps of (s)", required=False, min_value=0)
    idle_retroactive = forms.BooleanField(label="Once the free minutes are over, they cost too", required=False)
    min_price_excl_tax = amount("At least, without tax", places=2)
    min_price_incl_tax = amount("At least, with tax", places=2)
    max_price_excl_tax = amount("At most, without tax", places=2)
    max_price_incl_tax = amount("At most, with tax", places=2)
    withheld_time = forms.ChoiceField(
        label="While the station holds power back, time",
        choices=((TimeRule.FREE.value, "is free"), (TimeRule.AS_CHARGING.value, "costs as charging time")),
        required=False,
    )
    preauthorisation = amount("Reserved from a guest's card before the start, with tax", places=2)

    groups = (
        ("Idle fee", tuple(_IDLE)),
        ("Bounds of a session", tuple(f"{name}_{side}_tax" for name in _LIMITS for side in ("excl", "incl"))),
        ("Other rules", ("withheld_time", "preauthorisation")),
    )

    def __init__(self, *args, time_zone: str, initial: dict[str, Any] | None = None, spare: int = 0, **kwargs) -> None:
        initial = dict(initial or {})
        tariff = initial.pop("tariff", None)
        vat_percent = initial.pop("vat_percent", None)
        if tariff is not None:
            initial |= _initial_of(tariff)
        super().__init__(*args, initial=initial, **kwargs)
        field = self.fields["valid_from"]
        field.time_zone = time_zone
        field.help_text = f"Clock of {time_zone}. Empty: at once. Sessions that run keep their price."
        self.rows = RowFormSet.begin(self.data if self.is_bound else None, tariff, vat_percent, spare=spare)

    def head_fields(self):
        """The fields before the price groups."""
        grouped = {name for _, names in self.groups for name in names}
        return [self[name] for name in self.fields if name not in grouped]

    def field_groups(self):
        """``(title, fields, whether something is filled in)`` of the rules for each session."""
        for title, names in self.groups:
            fields = [self[name] for name in names]
            yield title, fields, any(field.errors or field.value() not in (None, "", False, "free") for field in fields)

    def is_valid(self) -> bool:
        """Rows are looked at too; what only the whole shows lands beside the field that is to blame."""
        rows_are_valid = self.rows.is_valid()
        if not (super().is_valid() and rows_are_valid):
            return False
        if not self.rows.filled():
            self.add_error(None, "Give at least one price; 0 is a price.")
            return False
        try:
            self.tariff("EUR")
        except InvalidTariff as refusal:
            self._blame(refusal)
        return not self.errors and not any(self.rows.errors)

    def tariff(self, currency: str) -> Tariff:
        """The engine's tariff of what was typed. Raises InvalidTariff."""
        values = self.cleaned_data
        data: dict[str, Any] = {
            "id": "new",
            "version": 0,
            "currency": currency,
            "elements": [element_of(row.cleaned_data) for row in self.rows.filled()],
            "tax_included": bool(values.get("tax_included")),
            "withheld_time": values.get("withheld_time") or None,
            "preauthorisation": values.get("preauthorisation"),
        }
        for name in _LIMITS:
            sides = {side: values.get(f"{name}_{side}") for side in ("excl_tax", "incl_tax")}
            data[name] = sides if any(value is not None for value in sides.values()) else None
        if values.get("idle_price") is not None:
            data["idle_fee"] = {theirs: _plain(values.get(ours)) for ours, theirs in _IDLE.items()}
            data["idle_fee"]["grace_s"] = (values.get("idle_grace_min") or 0) * 60
            data["idle_fee"]["retroactive"] = bool(values.get("idle_retroactive"))
        return from_json(data)

    def _blame(self, refusal: InvalidTariff) -> None:
        path = refusal.field or ""
        if path.startswith("elements["):
            place, name = field_of_path(path)
            row = self.rows.filled()[place]
            row.add_error(name if name in row.fields else None, refusal.message.removeprefix(path).strip())
            return
        head, _, tail = path.partition(".")
        names = {theirs: ours for ours, theirs in _IDLE.items()}
        name = names.get(tail) if head == "idle_fee" else path.replace(".", "_")
        self.add_error(name if name in self.fields else None, refusal.message.removeprefix(path).strip())


class NewTariffForm(TariffForm):
    organisation = forms.ModelChoiceField(queryset=Organisation.objects.none())
    name = forms.CharField(max_length=120, help_text="Drivers see it, such as “Residents”.")
    currency = CurrencyField(max_length=3, validators=[validate_currency], help_text="Such as EUR.")

    field_order = ("organisation", "name", "currency")

    def __init__(self, *args, organisations, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class AssignForm(forms.Form):
    site = forms.ModelChoiceField(queryset=Site.objects.none(), empty_label=None)
    area = forms.ModelChoiceField(queryset=Area.objects.none(), required=False, empty_label="The whole site")
    evse = forms.ModelChoiceField(
        label="EVSE", queryset=Evse.objects.none(), required=False, empty_label="All of them"
    )  # fmt: skip
    group = forms.ModelChoiceField(
        label="Only for", queryset=DriverGroup.objects.none(), required=False, empty_label="Everybody",
        help_text="A price for a group comes before one for an EVSE, that before one for an area, then the site's.",
    )  # fmt: skip
    valid_from = LocalMoment(label="From", required=False)
    valid_until = LocalMoment(label="Until", required=False)

    def __init__(self, *args, sites, groups, time_zone: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["group"].queryset = groups
        areas = Area.objects.filter(site__in=sites).select_related("site").order_by("site__name", "name")
        self.fields["area"].queryset = areas
        self.fields["area"].label_from_instance = lambda area: f"{area.site}: {area.name}"
        evses = Evse.objects.filter(station__site__in=sites).select_related("station__site")
        self.fields["evse"].queryset = evses.order_by("station__site__name", "station__identity", "number")
        self.fields["evse"].label_from_instance = lambda evse: f"{evse.station.site}: {evse.station} / {evse.number}"
        for name in ("valid_from", "valid_until"):
            self.fields[name].time_zone = time_zone
        self.fields["valid_from"].help_text = f"Clock of {time_zone}. Empty: at once."
        self.fields["valid_until"].help_text = "Empty: without end."

    def clean(self):
        values = super().clean()
        site, evse = values.get("site"), values.get("evse")
        if site and evse and evse.station.site_id != site.pk:
            self.add_error("evse", "This EVSE is at another site.")
        return values


def _initial_of(tariff: Tariff) -> dict[str, Any]:
    values: dict[str, Any] = {
        "tax_included": tariff.tax_included,
        "withheld_time": tariff.withheld_time.value,
        "preauthorisation": tariff.preauthorisation,
    }
    for name in _LIMITS:
        limit: PriceLimit | None = getattr(tariff, name)
        if limit is not None:
            values |= {f"{name}_excl_tax": limit.excl_tax, f"{name}_incl_tax": limit.incl_tax}
    fee: IdleFee | None = tariff.idle_fee
    if fee is not None:
        stored = asdict(fee)
        values |= {ours: stored[theirs] for ours, theirs in _IDLE.items()}
        values["idle_grace_min"] = fee.grace_s // 60
    return values


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value
