"""Charging profiles in chargers, and limits that other systems put on them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chargers.messages.charging_profiles import ChargingProfile, profile_from_json, schedule_from_json
from apps.chargers.models import ChargingStation, StationCommand
from apps.energy.choices import IN_FORCE, Kind, ProfileSource, ProfileState, Purpose
from apps.energy.querysets import LimitQuerySet, ProfileQuerySet


class InstalledProfile(models.Model):
    """One charging profile that a charger was asked to hold, or says it holds. ``evse_number`` 0: the whole station.

    ``content`` is the profile as ``messages.charging_profiles.profile_as_json`` writes it; the columns beside it are
    for queries. ``transaction_id`` is empty while a remote start's session has no number yet. ``taken_at`` is when it
    came into force, ``ended_at`` when it went out. ``limit_source`` is who limits by it (CSO, EMS, SO, Other).
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="charging_profiles")
    evse_number = models.PositiveIntegerField(default=0)
    profile_id = models.BigIntegerField()
    purpose = models.CharField(max_length=40, choices=Purpose)
    stack_level = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=12, choices=Kind)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    transaction_id = models.CharField(max_length=36, blank=True)
    content = models.JSONField()
    state = models.CharField(max_length=10, choices=ProfileState, default=ProfileState.ASKED)
    source = models.CharField(max_length=7, choices=ProfileSource, default=ProfileSource.US)
    limit_source = models.CharField(max_length=20, blank=True, default="CSO")
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True, help_text="When the charger told it last.")
    explanation = models.TextField(blank=True, help_text="One sentence for people.")

    objects = ProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "profile_id"],
                condition=models.Q(state__in=IN_FORCE),
                name="profile_id_once_in_force",
            )
        ]
        indexes = [
            models.Index(fields=["station", "-created_at"], name="profile_station"),
            models.Index(fields=["command"], name="profile_command"),
            models.Index(fields=["valid_to"], name="profile_ends", condition=models.Q(state__in=IN_FORCE)),
        ]

    def __str__(self) -> str:
        return f"profile {self.profile_id} of {self.station}"

    @property
    def profile(self) -> ChargingProfile:
        """The profile itself; a session's number that was learnt later is filled in."""
        return profile_from_json({**self.content, "transaction_id": self.transaction_id or None})

    @property
    def state_choice(self) -> ProfileState:
        return ProfileState(self.state)


class ChargingLimit(models.Model):
    """A limit by another system (energy management, grid operator) that a charger told. ``evse_number`` 0: all of it.

    ``schedules`` as ``schedule_as_json`` writes them; empty where the charger gave none.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="charging_limits")
    evse_number = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=20)
    is_grid_critical = models.BooleanField(null=True)
    schedules = models.JSONField(default=list)
    started_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(default=timezone.now)
    cleared_at = models.DateTimeField(null=True, blank=True)

    objects = LimitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "evse_number", "source"],
                condition=models.Q(cleared_at=None),
                name="charging_limit_once_in_force",
            )
        ]
        indexes = [models.Index(fields=["station", "-started_at"], name="charging_limit_station")]

    def __str__(self) -> str:
        return f"limit by {self.source} of {self.station}"

    @property
    def parsed_schedules(self):
        return tuple(schedule_from_json(schedule) for schedule in self.schedules)
