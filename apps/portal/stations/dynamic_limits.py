"""What only 2.1 knows of limits: a dynamic one that is set anew while it runs, and a session that goes first."""

from django import forms

from apps.chargers.choices import OcppVersion
from apps.chargers.messages.commands.dynamic_charging import UpdateDynamicSchedule, UsePriorityCharging
from apps.chargers.models import ChargingStation
from apps.energy.models import InstalledProfile
from apps.portal.stations.command_forms import CommandForm
from apps.portal.stations.limit_actions import LimitView
from apps.portal.stations.limits import (
    NO_DYNAMIC,
    NOBODY_CHARGES,
    OLDER,
    dynamic_profiles,
    schedule_words,
)
from apps.sessions.models import ChargingSession


class DynamicLimitForm(CommandForm):
    profile = forms.ModelChoiceField(queryset=InstalledProfile.objects.none(), empty_label=None)
    limit = forms.DecimalField(label="New limit", min_value=0, max_digits=9, decimal_places=1)

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        field = self.fields["profile"]
        field.queryset = dynamic_profiles(station)
        field.label_from_instance = _profile_words
        self.fields["limit"].help_text = "In the profile’s own unit: A per phase, or W in all."


class PriorityForm(CommandForm):
    session = forms.ModelChoiceField(queryset=ChargingSession.objects.none(), empty_label=None)
    activate = forms.TypedChoiceField(
        label="Shall", choices=[("yes", "go first"), ("no", "wait its turn like the others")],
        coerce=lambda value: value == "yes", widget=forms.RadioSelect, initial="yes",
    )  # fmt: skip

    def __init__(self, *args, station: ChargingStation, **kwargs) -> None:
        super().__init__(*args, station=station, **kwargs)
        field = self.fields["session"]
        field.queryset = _sessions(station).select_related("driver")
        field.label_from_instance = _session_words


class DynamicLimitView(LimitView):
    """Base: refused for stations that speak an older version."""

    def get_refusal(self) -> str:
        return super().get_refusal() if self.station.protocol == OcppVersion.OCPP21 else OLDER


class UpdateDynamicLimit(DynamicLimitView):
    title = "New dynamic limit"
    intro = "It holds at once, until the next one; what the charger takes is shown as its limit."
    form_class = DynamicLimitForm
    submit_label = "Set"

    def get_refusal(self):
        return super().get_refusal() or ("" if dynamic_profiles(self.station).exists() else NO_DYNAMIC)

    def build(self, data):
        return UpdateDynamicSchedule(data["profile"].profile_id, {"limit": float(data["limit"])})


class PriorityOfSession(DynamicLimitView):
    title = "Priority of a session"
    intro = "The charger uses the session’s priority profile, or stops using it; without one it says NoProfile."
    form_class = PriorityForm
    now = True

    def get_refusal(self):
        return super().get_refusal() or ("" if _sessions(self.station).exists() else NOBODY_CHARGES)

    def build(self, data):
        return UsePriorityCharging(data["session"].transaction_id, data["activate"])


def _sessions(station: ChargingStation):
    return ChargingSession.objects.open().filter(station=station).order_by("evse_number", "pk")


def _profile_words(row: InstalledProfile) -> str:
    where = f"EVSE {row.evse_number}" if row.evse_number else "Whole station"
    return f"{row.profile_id}, {where}: now {schedule_words(row.profile.schedule)}"


def _session_words(session: ChargingSession) -> str:
    who = session.driver or session.token_value or "without a card"
    return f"EVSE {session.evse_number}: {who}" if session.evse_number else str(who)
