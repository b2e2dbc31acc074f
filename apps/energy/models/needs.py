"""What cars ask for and announce by ISO 15118."""

from django.db import models
from django.utils import timezone

from apps.chargers.messages.charging_profiles import schedule_from_json
from apps.chargers.models import ChargingStation
from apps.chargers.querysets import StationPartQuerySet
from apps.energy.choices import NeedsAnswer
from apps.energy.models.profiles import InstalledProfile
from apps.sessions.models import ChargingSession


class EvChargingNeeds(models.Model):
    """One NotifyEVChargingNeeds and what we did about it.

    ``details`` are the message's own words. ``profile`` is the plan that was sent; ``plan_note`` is a word on it.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="ev_needs")
    evse_number = models.PositiveIntegerField()
    session = models.ForeignKey(
        ChargingSession, on_delete=models.CASCADE, null=True, blank=True, related_name="ev_needs"
    )
    received_at = models.DateTimeField(default=timezone.now)
    energy_transfer = models.CharField(max_length=40)
    departure_at = models.DateTimeField(null=True)
    energy_wh = models.BigIntegerField(null=True)
    max_current_a = models.BigIntegerField(null=True)
    max_power_w = models.BigIntegerField(null=True)
    soc_percent = models.IntegerField(null=True)
    max_periods = models.BigIntegerField(null=True)
    details = models.JSONField()
    answer = models.CharField(max_length=17, choices=NeedsAnswer)
    planned_at = models.DateTimeField(null=True)
    profile = models.ForeignKey(InstalledProfile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    plan_note = models.TextField(blank=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["station", "evse_number", "-received_at"], name="ev_needs_place"),
            models.Index(fields=["session", "-received_at"], name="ev_needs_session"),
        ]

    def __str__(self) -> str:
        return f"needs at {self.station}/{self.evse_number}"

    @property
    def answer_choice(self) -> NeedsAnswer:
        return NeedsAnswer(self.answer)


class EvChargingSchedule(models.Model):
    """One NotifyEVChargingSchedule: what a car is going to draw, counted from ``time_base``."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="ev_schedules")
    evse_number = models.PositiveIntegerField()
    session = models.ForeignKey(
        ChargingSession, on_delete=models.CASCADE, null=True, blank=True, related_name="ev_schedules"
    )
    received_at = models.DateTimeField(default=timezone.now)
    time_base = models.DateTimeField()
    schedule = models.JSONField()
    was_accepted = models.BooleanField()
    reason = models.TextField(blank=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["session", "-received_at"], name="ev_schedule_session")]

    def __str__(self) -> str:
        return f"schedule of the car at {self.station}/{self.evse_number}"

    @property
    def parsed(self):
        return schedule_from_json(self.schedule)


class PriorityUse(models.Model):
    """A session took up, or gave up, priority charging (2.1)."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="priority_uses")
    transaction_id = models.CharField(max_length=36)
    is_active = models.BooleanField()
    told_at = models.DateTimeField(default=timezone.now)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "transaction_id"], name="priority_use_once")]

    def __str__(self) -> str:
        return f"priority of {self.transaction_id}"
