"""What is asked before a charging limit goes to a station."""

from datetime import UTC, timedelta
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils import timezone

from apps.chargers.messages.charging_profiles import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod
from apps.chargers.models import ChargingStation
from apps.energy.choices import Kind, Purpose
from apps.portal.kit.fields import LocalMoment
from apps.portal.kit.format import zone
from apps.portal.stations.command_forms import CommandForm, evse_choices

SETTABLE = [Purpose.TX_DEFAULT, Purpose.TX, Purpose.STATION_MAX]
_AMOUNT = {"min_value": 0, "max_digits": 9, "decimal_places": 1}
_HOURS = [
    ("", "until it is cleared"),
    ("1", "for 1 hour"),
    ("4", "for 4 hours"),
    ("12", "for 12 hours"),
    ("24", "for a day"),
]


class SimpleLimitForm(CommandForm):
    """One limit: now and for so long, or every day between two hours."""

    evse = forms.TypedChoiceField(label="Where", coerce=int)
    limit = forms.DecimalField(label="Limit", help_text="0 pauses charging; cars take 6 A or more.", **_AMOUNT)
    unit = forms.ChoiceField(label="Unit", choices=[("A", "A per phase"), ("kW", "kW in all")])
    when = forms.ChoiceField(
        label="When", choices=[("now", "From now on"), ("daily", "Every day between two times")],
        widget=forms.RadioSelect, initial="now",
    )  # fmt: skip
    hours = forms.ChoiceField(label="From now on", choices=_HOURS, required=False)
    daily_from = forms.TimeField(label="Daily from", required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    daily_until = forms.TimeField(label="Daily until", required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields["evse"].choices = evse_choices(station, "The whole station")
        self.fields[
            "daily_until"
        ].help_text = f"By the clock of {station.site.time_zone} as it goes today: chargers do not follow summer time."

    def clean(self) -> dict:
        data = super().clean()
        if data.get("when") == "daily":
            for name in ("daily_from", "daily_until"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, "Say both times.")
        return data

    def profile(self, number: int) -> ChargingProfile:
        """The whole station: its maximum; an EVSE: every session there."""
        data, now = self.cleaned_data, timezone.now().replace(microsecond=0)
        start, duration, is_daily = now, None, data["when"] == "daily"
        if is_daily:
            there = now.astimezone(zone(self.station.site.time_zone)) - timedelta(days=1)
            start = there.replace(hour=data["daily_from"].hour, minute=data["daily_from"].minute, second=0)
            start = start.astimezone(UTC)
            length = timedelta(
                hours=data["daily_until"].hour - data["daily_from"].hour,
                minutes=data["daily_until"].minute - data["daily_from"].minute,
            )
            duration = int((length % timedelta(days=1) or timedelta(days=1)).total_seconds())
        elif data.get("hours"):
            duration = int(data["hours"]) * 3600
        limit = data["limit"] * 1000 if data["unit"] == "kW" else data["limit"]
        schedule = ChargingSchedule(
            "W" if data["unit"] == "kW" else "A",
            (ChargingSchedulePeriod(0, limit),),
            start_at=start,
            duration_s=duration,
        )
        purpose = Purpose.TX_DEFAULT if data["evse"] else Purpose.STATION_MAX
        kind = Kind.RECURRING if is_daily else Kind.ABSOLUTE
        return ChargingProfile(
            number,
            1 if is_daily else 0,
            purpose.value,
            kind.value,
            (schedule,),
            recurrency="Daily" if is_daily else None,
        )


class ExpertLimitForm(CommandForm):
    """Every field of a profile, and its periods one a line."""

    evse = forms.TypedChoiceField(label="Where", coerce=int)
    purpose = forms.ChoiceField(label="For", choices=[(purpose.value, purpose.label) for purpose in SETTABLE])
    kind = forms.ChoiceField(
        label="Counts", choices=[(k.value, k.label) for k in (Kind.ABSOLUTE, Kind.RECURRING, Kind.RELATIVE)]
    )
    recurrency = forms.ChoiceField(
        label="Repeats", required=False, choices=[("", "–"), ("Daily", "Daily"), ("Weekly", "Weekly")]
    )
    stack_level = forms.IntegerField(label="Stack level", min_value=0, max_value=1000, initial=0)
    start_at = LocalMoment(label="From", required=False)
    duration_s = forms.IntegerField(label="Lasts (seconds)", required=False, min_value=1, max_value=31_536_000)
    valid_to = LocalMoment(label="Valid until", required=False)
    unit = forms.ChoiceField(label="Unit", choices=[("A", "A per phase"), ("W", "W in all")])
    periods = forms.CharField(
        label="Periods", widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000,
        help_text="One a line: start in seconds, limit, and phases where they matter. For example “3600 16 3”. With "
        "OCPP 2.1 also “mode=CentralSetpoint setpoint=-5000 discharge=-7000”, and “-” where there is no limit.",
    )  # fmt: skip

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields["evse"].choices = evse_choices(station, "The whole station")

    def clean_periods(self) -> tuple[ChargingSchedulePeriod, ...]:
        return tuple(
            _read_period(number, line)
            for number, line in enumerate(self.cleaned_data["periods"].splitlines(), 1)
            if line.strip()
        )

    def profile(self, number: int) -> ChargingProfile:
        data = self.cleaned_data
        start_at = data["start_at"]
        if start_at is None and data["kind"] != Kind.RELATIVE:
            start_at = timezone.now().replace(microsecond=0)
        schedule = ChargingSchedule(data["unit"], data["periods"], start_at=start_at, duration_s=data["duration_s"])
        return ChargingProfile(
            number, data["stack_level"], data["purpose"], data["kind"], (schedule,),
            recurrency=data["recurrency"] or None, valid_to=data["valid_to"],
        )  # fmt: skip


class ClearLimitsForm(CommandForm):
    """Which profiles the charger shall drop."""

    what = forms.ChoiceField(label="What", widget=forms.RadioSelect)

    def __init__(self, *args, station: ChargingStation, profile_id: int | None = None, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        one = [(f"id:{profile_id}", f"Profile {profile_id}")] if profile_id is not None else []
        purposes = [(f"purpose:{purpose.value}", f"All for: {purpose.label}") for purpose in SETTABLE]
        self.fields["what"].choices = [*one, *purposes, ("all", "Everything")]
        self.fields["what"].initial = one[0][0] if one else None

    @property
    def criteria(self) -> dict:
        kind, _, value = self.cleaned_data["what"].partition(":")
        if kind == "id":
            return {"profile_id": int(value)}
        return {"purpose": value} if kind == "purpose" else {}


class AskCompositeForm(CommandForm):
    evse = forms.TypedChoiceField(label="For", coerce=int)
    hours = forms.TypedChoiceField(
        label="The next",
        coerce=int,
        initial=24,
        choices=[(1, "hour"), (6, "6 hours"), (24, "24 hours"), (168, "7 days")],
    )
    unit = forms.ChoiceField(label="In", required=False, choices=[("", "its own unit"), ("A", "A"), ("W", "W")])

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        self.fields["evse"].choices = evse_choices(station, "The whole station")


def _read_period(number: int, line: str) -> ChargingSchedulePeriod:
    parts = line.replace(",", ".").split()
    plain = [part for part in parts if "=" not in part]
    named = dict(part.split("=", 1) for part in parts if "=" in part)
    try:
        period = ChargingSchedulePeriod(
            int(plain[0]),
            None if plain[1] == "-" else _finite(plain[1]),
            int(plain[2]) if len(plain) == 3 else None,
            operation_mode=named.pop("mode", None),
            setpoint=_finite(named.pop("setpoint", None)),
            discharge_limit=_finite(named.pop("discharge", None)),
        )
        if len(plain) in (2, 3) and not named and 0 <= period.start_s < 2**31:
            return period
    except (ValueError, IndexError, InvalidOperation):
        pass
    raise forms.ValidationError(f"Line {number} is not “start limit” or “start limit phases”.")


def _finite(text: str | None) -> Decimal | None:
    """Raises ``InvalidOperation`` or ``ValueError``."""
    if text is None:
        return None
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError(text)
    return value
