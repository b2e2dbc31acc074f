"""Periodic event streams of 2.1 stations and the values they brought."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import StationPartQuerySet, TelemetryQuerySet
from apps.core.ids import first_id_at


class PeriodicEventStream(models.Model):
    """One stream by the station's number for it.

    It sends every ``interval_s``, or when ``values_per_message`` have come together. ``variable_monitoring_id`` is
    unknown where values came of a stream that was never told to be open. ``pending`` is how many values still waited
    in the station, by its last message.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="event_streams")
    stream_id = models.BigIntegerField()
    variable_monitoring_id = models.BigIntegerField(null=True)
    interval_s = models.BigIntegerField(null=True)
    values_per_message = models.BigIntegerField(null=True)
    is_open = models.BooleanField(default=True)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    last_value = models.TextField(blank=True)
    last_value_at = models.DateTimeField(null=True)
    pending = models.BigIntegerField(default=0)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "stream_id"], name="event_stream_once")]

    def __str__(self) -> str:
        return f"Stream {self.stream_id} of {self.station}"


class PeriodicEventValue(models.Model):
    """One value of a stream. Append-only, partitioned by month of receipt on PostgreSQL; ``id`` is time-ordered."""

    id = models.BigIntegerField(primary_key=True)
    station_id = models.BigIntegerField()
    stream_id = models.BigIntegerField()
    at = models.DateTimeField(help_text="The charger's clock.")
    received_at = models.DateTimeField()
    value = models.TextField()

    objects = TelemetryQuerySet.as_manager()

    PARTITION_COLUMN = "id"

    class Meta:
        indexes = [models.Index(fields=["station_id", "-id"], name="event_value_station")]

    def __str__(self) -> str:
        return f"{self.stream_id}: {self.value}"

    @staticmethod
    def partition_key(at: datetime) -> int:
        return first_id_at(at)
