"""Telemetry: one wide typed row per EVSE and instant, and its roll-ups."""

from django.db import models

from apps.sessions.querysets import StationTelemetryQuerySet


class MeterValue(models.Model):
    """All measurands of one EVSE at one instant. Partitioned by month of ``at`` on PostgreSQL.

    ``evse_number`` 0 is the station's main meter. ``at`` is the charger's instant where plausible, else ours; the row
    is merged when the same instant is reported again, so a repeat adds nothing. ``energy_wh`` is the import register.
    ``other`` holds further measurands in base units; ``signed`` signed containers byte for byte.
    """

    pk = models.CompositePrimaryKey("station_id", "evse_number", "at")
    station_id = models.BigIntegerField()
    evse_number = models.PositiveIntegerField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    session_id = models.BigIntegerField(null=True)
    context = models.CharField(max_length=24, blank=True)
    energy_wh = models.BigIntegerField(null=True)
    power_w = models.IntegerField(null=True)
    current_l1_a = models.FloatField(null=True)
    current_l2_a = models.FloatField(null=True)
    current_l3_a = models.FloatField(null=True)
    voltage_l1_v = models.FloatField(null=True)
    voltage_l2_v = models.FloatField(null=True)
    voltage_l3_v = models.FloatField(null=True)
    soc_percent = models.FloatField(null=True)
    other = models.JSONField(null=True)
    signed = models.JSONField(null=True)

    objects = StationTelemetryQuerySet.as_manager()

    PARTITION_COLUMN = "at"

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="meter_value_received"),
            models.Index(
                fields=["session_id", "at"], name="meter_value_session", condition=models.Q(session_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station_id}/{self.evse_number} {self.at:%F %T}"


class MeterRollup(models.Model):
    """A minute or a quarter of an hour of one EVSE. Charts and reports read these, never raw values."""

    pk = models.CompositePrimaryKey("resolution_s", "station_id", "evse_number", "start_at")
    resolution_s = models.PositiveSmallIntegerField(help_text="60 or 900")
    station_id = models.BigIntegerField()
    evse_number = models.PositiveIntegerField()
    start_at = models.DateTimeField()
    samples = models.PositiveIntegerField()
    session_id = models.BigIntegerField(null=True)
    energy_last_wh = models.BigIntegerField(null=True, help_text="Highest register in the bucket.")
    power_avg_w = models.IntegerField(null=True)
    power_max_w = models.IntegerField(null=True)
    current_max_a = models.FloatField(null=True)
    voltage_avg_v = models.FloatField(null=True)
    soc_last_percent = models.FloatField(null=True)

    objects = StationTelemetryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["resolution_s", "start_at"], name="meter_rollup_time")]

    def __str__(self) -> str:
        return f"{self.station_id}/{self.evse_number} {self.start_at:%F %H:%M} ({self.resolution_s} s)"
