"""How a charger takes profiles, and what it says of them when asked."""

from django.db import models
from django.utils import timezone

from apps.chargers.models import ChargingStation, StationCommand
from apps.chargers.querysets import StationPartQuerySet
from apps.energy.choices import RateUnit


class ChargingControl(models.Model):
    """One row per station with profiles. Services lock it to change the station's profiles one after the other.

    ``max_periods``, ``max_stack_level`` and ``rate_unit`` overrule what the charger says of itself, where people know
    better. ``composite_agrees`` is whether its last composite schedule was ours.
    """

    station = models.OneToOneField(ChargingStation, on_delete=models.CASCADE, related_name="charging_control")
    max_periods = models.PositiveIntegerField(null=True, blank=True)
    max_stack_level = models.PositiveIntegerField(null=True, blank=True)
    rate_unit = models.CharField(max_length=1, choices=RateUnit, blank=True, default="")
    composite_agrees = models.BooleanField(null=True)
    composite_checked_at = models.DateTimeField(null=True)

    objects = StationPartQuerySet.as_manager()

    def __str__(self) -> str:
        return f"charging control of {self.station}"


class CompositeScheduleReading(models.Model):
    """What a charger said it will allow, and what we computed for the same time. Limits are text.

    ``theirs`` and ``ours`` are ``[[start_s, limit], …]`` counted from ``starts_at``; ``differences`` are
    ``[[start_s, end_s, ours, theirs], …]``. ``status_word`` is the charger's.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="composite_schedules")
    evse_number = models.PositiveIntegerField()
    command = models.OneToOneField(
        StationCommand, on_delete=models.SET_NULL, null=True, blank=True, related_name="composite_schedule"
    )
    read_at = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField()
    duration_s = models.PositiveIntegerField()
    unit = models.CharField(max_length=1, choices=RateUnit)
    was_accepted = models.BooleanField()
    theirs = models.JSONField(null=True)
    ours = models.JSONField(default=list)
    differences = models.JSONField(default=list)
    deviations = models.JSONField(default=list)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["station", "-read_at"], name="composite_station")]

    def __str__(self) -> str:
        return f"composite schedule of {self.station}/{self.evse_number}"

    @property
    def agrees(self) -> bool:
        return self.was_accepted and self.theirs is not None and not self.differences


class ProfileReport(models.Model):
    """A report of installed profiles that arrives in parts. ``criteria`` are what was asked for."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="profile_reports")
    request_id = models.BigIntegerField()
    criteria = models.JSONField(null=True)
    started_at = models.DateTimeField(default=timezone.now)
    parts = models.PositiveIntegerField(default=0)
    profile_ids = models.JSONField(default=list)
    completed_at = models.DateTimeField(null=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "request_id"], name="profile_report_once")]

    def __str__(self) -> str:
        return f"profile report {self.request_id} of {self.station}"
