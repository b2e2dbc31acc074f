"""One wish that took several calls."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chargers.choices import CommandOrigin, OperationKind
from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import StationPartQuerySet


class StationOperation(models.Model):
    """A wish for many variables or monitors, split into as many commands as the station's limits ask for.

    ``wanted`` is what was asked for, item by item, secrets masked. What became of each item lies with the commands
    (``StationCommand.items``), which keep their order by key.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="operations")
    kind = models.CharField(max_length=20, choices=OperationKind)
    origin = models.CharField(max_length=12, choices=CommandOrigin, default=CommandOrigin.PORTAL)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    wanted = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    objects = StationPartQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["station", "-created_at"], name="operation_station")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.station}"
