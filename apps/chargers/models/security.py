"""Security profiles: the way up, where stations are told to connect, what needs somebody's look."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chargers.choices import UNFINISHED_CHANGES, ProfileChangeState
from apps.chargers.models.commands import StationCommand
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import StationPartQuerySet


class SecurityProfileChange(models.Model):
    """One operation that brings a station to another security profile or address, step by step.

    ``command`` is the step that waits for the charger; ``connection_data`` what goes into the network profile (2.x);
    ``slot`` and ``slots_before`` where, and what the priority was, for the way back. ``words`` are the charger's own.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="profile_changes")
    profile_before = models.PositiveSmallIntegerField()
    profile_wanted = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=14, choices=ProfileChangeState, default=ProfileChangeState.PLANNED)
    is_migration = models.BooleanField(default=False, help_text="To the address of another system, for good.")
    slot = models.PositiveIntegerField(null=True, blank=True)
    slots_before = models.CharField(max_length=120, blank=True)
    connection_data = models.JSONField(default=dict)
    command = models.ForeignKey(
        StationCommand, null=True, blank=True, on_delete=models.SET_NULL, related_name="profile_changes"
    )
    words = models.CharField("the charger's words", max_length=300, blank=True)
    explanation = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(help_text="By when the present step must be over.")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station"],
                condition=models.Q(state__in=UNFINISHED_CHANGES),
                name="profile_change_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(profile_wanted__gte=0) & models.Q(profile_wanted__lte=3),
                name="profile_change_wanted_0_to_3",
            ),
        ]
        indexes = [
            models.Index(fields=["station", "-created_at"], name="profile_change_station"),
            models.Index(
                fields=["due_at"], name="profile_change_due", condition=models.Q(state__in=UNFINISHED_CHANGES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station}: {self.profile_before} → {self.profile_wanted}"

    @property
    def state_choice(self) -> ProfileChangeState:
        return ProfileChangeState(self.state)


class NetworkProfile(models.Model):
    """What a station accepted into a configuration slot by SetNetworkProfile, without its secrets."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="network_profiles")
    slot = models.PositiveIntegerField()
    url = models.CharField(max_length=512)
    security_profile = models.SmallIntegerField()
    ocpp_version = models.CharField(max_length=10, blank=True)
    interface = models.CharField(max_length=20, blank=True)
    details = models.JSONField(default=dict)
    set_at = models.DateTimeField(default=timezone.now)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "slot"], name="network_profile_once")]

    def __str__(self) -> str:
        return f"{self.slot}: {self.url}"


class SecurityAlarm(models.Model):
    """Security events of one type at one station that nobody has looked at yet; an open one counts on."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="security_alarms")
    type = models.CharField(max_length=50)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    info = models.CharField(max_length=255, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "type"], condition=models.Q(acknowledged_at=None), name="security_alarm_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["-last_at"], name="security_alarm_open", condition=models.Q(acknowledged_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.station}: {self.type}"


class FailedHandshake(models.Model):
    """Attempts from one address that got no further than TLS: who called is not known, since TLS comes first."""

    remote_address = models.CharField(max_length=45)
    reason = models.CharField(max_length=200)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["remote_address", "reason"], name="failed_handshake_once")]
        indexes = [models.Index(fields=["-last_at"], name="failed_handshake_recent")]

    def __str__(self) -> str:
        return f"{self.remote_address}: {self.reason}"
