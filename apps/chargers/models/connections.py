"""Who is connected where, and who tried."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.chargers.choices import IDENTITY_TAKEN, ConnectionEventKind
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import HistoryQuerySet, StationPartQuerySet


class GatewayProcess(models.Model):
    """A process that holds sockets. While ``lease_until`` lies ahead, the stations registered to it are connected."""

    id = models.UUIDField(primary_key=True)
    channel = models.CharField(max_length=120, help_text="Where commands for its stations are announced.")
    host = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["lease_until"], name="gateway_lease")]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class StationConnection(models.Model):
    """The registry row of a station's socket; the newest authenticated socket owns it.

    ``connection_id`` identifies the socket: the closing of another one changes nothing. ``offline_due_at`` is the next
    moment at which the picture changes by itself: set when the socket goes, cleared when one comes.
    """

    station = models.OneToOneField(
        ChargingStation, on_delete=models.CASCADE, primary_key=True, related_name="connection"
    )
    is_online = models.BooleanField(default=False)
    gateway = models.ForeignKey(
        GatewayProcess, on_delete=models.SET_NULL, null=True, related_name="connections", db_constraint=False
    )
    connection_id = models.BigIntegerField(null=True)
    protocol = models.CharField(max_length=10, blank=True)
    remote_address = models.CharField(max_length=45, blank=True)
    is_tls = models.BooleanField(default=False)
    security_profile = models.PositiveSmallIntegerField(null=True, help_text="By which it came in last.")
    certificate_fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what it showed.")
    connected_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    disconnected_at = models.DateTimeField(null=True)
    disconnect_reason = models.CharField(max_length=120, blank=True)
    offline_due_at = models.DateTimeField(null=True)
    reconnects = models.PositiveIntegerField(default=0)
    rtt_ms = models.FloatField(null=True)
    clock_skew_s = models.FloatField(null=True, help_text="Charger's clock minus ours.")
    frames_rejected = models.PositiveIntegerField(default=0)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["offline_due_at"], name="connection_offline_due", condition=models.Q(is_online=True)),
            models.Index(fields=["gateway"], name="connection_gateway"),
        ]

    def __str__(self) -> str:
        return f"{self.station}: {'online' if self.is_online else 'offline'}"


class ConnectionEvent(models.Model):
    """One arrival, departure or refusal of an enrolled station. Append-only."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="connection_events")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=14, choices=ConnectionEventKind)
    reason = models.CharField(max_length=200, blank=True)
    remote_address = models.CharField(max_length=45, blank=True)
    protocol = models.CharField(max_length=10, blank=True)
    offered_protocols = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveIntegerField(default=1, help_text="How many refusals this line stands for.")

    objects = HistoryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["station", "-at"], name="connection_event_station"),
            models.Index(fields=["kind", "-at"], name="connection_event_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.kind}"


class UnknownStation(models.Model):
    """A charger that called under an identity nobody enrolled, waiting to be adopted or ignored.

    ``organisation`` is known where the URL named it (``/ocpp/<slug>/<identity>``) or only one exists.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="unknown_stations")
    identity = models.CharField(max_length=120)
    path = models.CharField(max_length=300, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=1)
    remote_address = models.CharField(max_length=45, blank=True)
    offered_protocols = models.CharField(max_length=200, blank=True)
    is_tls = models.BooleanField(default=False)
    offered_password = models.BooleanField(default=False)
    user_agent = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    boot = models.JSONField(default=dict)
    ignored_at = models.DateTimeField(null=True)
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "identity"], name="unknown_station_once"),
            models.UniqueConstraint(
                fields=["identity"], condition=models.Q(organisation=None), name="unknown_station_once_unowned"
            ),
        ]
        indexes = [models.Index(fields=["-last_seen_at"], name="unknown_station_recent")]

    def __str__(self) -> str:
        return self.identity

    @property
    def is_identity_taken(self) -> bool:
        """Whether, at its last attempt, a station of another organisation was enrolled under its identity."""
        return self.reason == IDENTITY_TAKEN
