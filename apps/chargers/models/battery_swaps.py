"""Batteries given out and taken in by 2.1 stations."""

from django.db import models
from django.utils import timezone

from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import HistoryQuerySet


class BatterySwap(models.Model):
    """One battery that went in or out. Append-only; ``request_id`` joins what belongs to one exchange."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="battery_swaps")
    request_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, help_text="BatteryIn, BatteryOut, BatteryOutTimeout")
    evse_number = models.BigIntegerField()
    serial_number = models.CharField(max_length=50)
    soc_percent = models.FloatField()
    soh_percent = models.FloatField()
    produced = models.CharField(max_length=64, blank=True, help_text="As the station wrote it.")
    vendor_info = models.CharField(max_length=500, blank=True)
    token_value = models.CharField(max_length=255)
    token_type = models.CharField(max_length=20)
    received_at = models.DateTimeField(default=timezone.now)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "request_id", "kind", "evse_number", "serial_number"], name="battery_swap_once"
            )
        ]
        indexes = [models.Index(fields=["station", "-received_at"], name="battery_swap_station")]

    def __str__(self) -> str:
        return f"{self.kind} {self.serial_number} at {self.station}"
