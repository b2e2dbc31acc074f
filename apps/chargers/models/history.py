"""What stations said in the past. Append-only, but for the counters of deviations."""

from django.db import models
from django.utils import timezone

from apps.chargers.choices import ConnectorState
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import HistoryQuerySet, StationPartQuerySet


class ConnectorStatusEvent(models.Model):
    """One StatusNotification. ``evse_number`` 0 is the whole station."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="status_events")
    evse_number = models.PositiveIntegerField()
    connector_number = models.PositiveIntegerField()
    status = models.CharField(max_length=14, choices=ConnectorState)
    occurred_at = models.DateTimeField(help_text="The charger's clock.")
    received_at = models.DateTimeField(default=timezone.now)
    error_code = models.CharField(max_length=50, blank=True)
    vendor_error_code = models.CharField(max_length=50, blank=True)
    vendor_id = models.CharField(max_length=255, blank=True)
    info = models.CharField(max_length=100, blank=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["station", "-received_at"], name="status_event_station")]

    def __str__(self) -> str:
        return f"{self.station}/{self.evse_number}.{self.connector_number} {self.status}"


class StationNotice(models.Model):
    """A firmware, log, security or monitoring notice. Append-only; ``event_id`` makes NotifyEvent idempotent."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=14, help_text="firmware, log, security, event, hardware, data_transfer")
    title = models.CharField(max_length=255)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    event_id = models.BigIntegerField(null=True, blank=True)
    details = models.JSONField(default=dict)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "event_id", "occurred_at"],
                condition=models.Q(kind="event"),
                name="notice_event_once",
            )
        ]
        indexes = [
            models.Index(fields=["station", "-received_at"], name="notice_station"),
            models.Index(
                fields=["station", "-received_at"], name="notice_security", condition=models.Q(kind="security")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"


class StationDeviation(models.Model):
    """A departure from the specification that a station shows, counted; it feeds the quirk profile of its model."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="deviations")
    code = models.CharField(max_length=60)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    example = models.TextField(blank=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "code"], name="deviation_once")]

    def __str__(self) -> str:
        return f"{self.code} × {self.count}"
