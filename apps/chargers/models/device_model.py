"""The device model: components and variables of 2.x, configuration keys of 1.6."""

from django.db import models
from django.utils import timezone

from apps.chargers.choices import ReportKind
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import StationPartQuerySet


class DeviceVariable(models.Model):
    """One attribute of one variable of one component, as last told by the station.

    A 1.6 configuration key ``K`` is the variable ``K`` of the component ``ConfigurationKey``. ``evse_number`` and
    ``connector_number`` are 0 where the component belongs to the whole station.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="variables")
    component = models.CharField(max_length=50)
    component_instance = models.CharField(max_length=50, blank=True)
    evse_number = models.PositiveIntegerField(default=0)
    connector_number = models.PositiveIntegerField(default=0)
    variable = models.CharField(max_length=50)
    variable_instance = models.CharField(max_length=50, blank=True)
    attribute = models.CharField(max_length=10, default="Actual")
    value = models.TextField(null=True, blank=True)
    mutability = models.CharField(max_length=10, blank=True)
    data_type = models.CharField(max_length=14, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    min_limit = models.FloatField(null=True, blank=True)
    max_limit = models.FloatField(null=True, blank=True)
    values_list = models.TextField(blank=True)
    supports_monitoring = models.BooleanField(default=False)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = StationPartQuerySet.as_manager()

    IDENTITY = (
        "station",
        "component",
        "component_instance",
        "evse_number",
        "connector_number",
        "variable",
        "variable_instance",
        "attribute",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "station",
                    "component",
                    "component_instance",
                    "evse_number",
                    "connector_number",
                    "variable",
                    "variable_instance",
                    "attribute",
                ],
                name="device_variable_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.component}.{self.variable}"


class VariableChange(models.Model):
    """An attribute that was told with another value than before. The last ``KEPT`` of each are kept."""

    KEPT = 20

    variable = models.ForeignKey(DeviceVariable, on_delete=models.CASCADE, related_name="changes")
    before = models.TextField(null=True)
    after = models.TextField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["variable", "-at"], name="variable_change_recent")]

    def __str__(self) -> str:
        return f"{self.variable}: {self.before} → {self.after}"


class DeviceModelReport(models.Model):
    """A report that arrives in parts: which came, whether it is whole.

    ``base`` is the inventory that was asked for, empty for a chosen report. ``gave_up_at``: parts stayed away.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10, choices=ReportKind, default=ReportKind.VARIABLES)
    base = models.CharField(max_length=24, blank=True)
    request_id = models.BigIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    parts = models.JSONField(default=list, help_text="seqNo of the parts received")
    last_seq_no = models.PositiveIntegerField(null=True, help_text="seqNo of the part that said it is the last")
    completed_at = models.DateTimeField(null=True)
    variables_count = models.PositiveIntegerField(default=0)
    gave_up_at = models.DateTimeField(null=True)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "kind", "request_id"], name="device_report_kind_once")
        ]
        indexes = [
            models.Index(
                fields=["started_at"],
                name="device_report_open",
                condition=models.Q(completed_at=None, gave_up_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"report {self.request_id} of {self.station}"
