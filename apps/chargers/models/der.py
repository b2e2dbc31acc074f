"""What 2.1 stations told of distributed energy resources: the controls they keep and when those acted."""

from django.db import models
from django.utils import timezone

from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import HistoryQuerySet, StationPartQuerySet


class DerControl(models.Model):
    """One control that a station keeps, as last reported by it or taken from us.

    ``settings`` has OCPP's own shape for ``control_type``; ``request_id`` is the report that told of it last.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="der_controls")
    control_id = models.CharField(max_length=36)
    control_type = models.CharField(max_length=30)
    is_default = models.BooleanField(default=False)
    is_superseded = models.BooleanField(default=False)
    is_running = models.BooleanField(default=False)
    settings = models.JSONField(default=dict)
    request_id = models.BigIntegerField(null=True)
    told_at = models.DateTimeField(default=timezone.now)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "control_type", "control_id"], name="der_control_once")
        ]

    def __str__(self) -> str:
        return f"{self.control_type} {self.control_id} of {self.station}"


class DerReport(models.Model):
    """A report of controls that arrives in parts; they have no numbers, only the last says that it is the last."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="der_reports")
    request_id = models.BigIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True)
    parts = models.PositiveIntegerField(default=0)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "request_id"], name="der_report_once")]

    def __str__(self) -> str:
        return f"DER report {self.request_id} of {self.station}"


class DerEvent(models.Model):
    """An alarm, or the start or stop of a control. Append-only; a repeat is the same row."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="der_events")
    kind = models.CharField(max_length=10, help_text="alarm, alarm_ended, started, stopped")
    control = models.CharField(max_length=36, help_text="Of an alarm the type of the control, else its id.")
    grid_fault = models.CharField(max_length=30, blank=True)
    info = models.CharField(max_length=200, blank=True)
    superseded_ids = models.JSONField(default=list)
    occurred_at = models.DateTimeField(help_text="The charger's clock.")
    received_at = models.DateTimeField(default=timezone.now)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "kind", "control", "grid_fault", "occurred_at"], name="der_event_once"
            )
        ]
        indexes = [models.Index(fields=["station", "-received_at"], name="der_event_station")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.control}"
