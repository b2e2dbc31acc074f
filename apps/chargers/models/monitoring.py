"""Monitors of variables and the alarms that they, or the station by itself, raised."""

from django.db import models
from django.utils import timezone

from apps.chargers.choices import AlarmSeverity
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import AlarmQuerySet, StationPartQuerySet


class VariableMonitor(models.Model):
    """A monitor that a station runs, by the number it gave. ``evse_number`` and ``connector_number`` 0: the station.

    ``origin`` is OCPP's EventNotificationEnumType (HardWiredMonitor, PreconfiguredMonitor, CustomMonitor), empty
    where the station has not said. ``value`` is a threshold or difference in the variable's unit, or seconds.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="monitors")
    monitor_id = models.BigIntegerField()
    component = models.CharField(max_length=50)
    component_instance = models.CharField(max_length=50, blank=True)
    evse_number = models.PositiveIntegerField(default=0)
    connector_number = models.PositiveIntegerField(default=0)
    variable = models.CharField(max_length=50)
    variable_instance = models.CharField(max_length=50, blank=True)
    type = models.CharField(max_length=24)
    value = models.FloatField()
    severity = models.PositiveSmallIntegerField(choices=AlarmSeverity)
    transaction = models.BooleanField(default=False, help_text="Only while a transaction runs.")
    origin = models.CharField(max_length=24, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "monitor_id"], name="monitor_once")]

    def __str__(self) -> str:
        return f"monitor {self.monitor_id}: {self.component}.{self.variable} {self.type}"


class StationAlarm(models.Model):
    """A monitored event that needs a person, open until the station says that it is over.

    ``severity`` as the monitor or the event said it, ``None`` where neither did. ``status_before`` is what the place
    reported before a problem made it Faulted, given back when the problem goes.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="alarms")
    component = models.CharField(max_length=50)
    component_instance = models.CharField(max_length=50, blank=True)
    evse_number = models.PositiveIntegerField(default=0)
    connector_number = models.PositiveIntegerField(default=0)
    variable = models.CharField(max_length=50)
    variable_instance = models.CharField(max_length=50, blank=True)
    monitor_id = models.BigIntegerField(null=True, blank=True)
    event_id = models.BigIntegerField()
    severity = models.PositiveSmallIntegerField(null=True, blank=True, choices=AlarmSeverity)
    value = models.TextField(blank=True)
    tech_code = models.CharField(max_length=50, blank=True)
    tech_info = models.TextField(blank=True)
    transaction_id = models.CharField(max_length=36, blank=True)
    is_fault = models.BooleanField(default=False, help_text="It makes its place Faulted.")
    status_before = models.CharField(max_length=14, blank=True)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "component", "component_instance", "evse_number", "connector_number", "variable",
                        "variable_instance"],
                condition=models.Q(cleared_at=None),
                name="alarm_open_once",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["raised_at"], name="alarm_open", condition=models.Q(cleared_at=None)),
            models.Index(fields=["station", "-raised_at"], name="alarm_station"),
        ]

    def __str__(self) -> str:
        return f"{self.component}.{self.variable} at {self.station}"
