"""Facts that were acknowledged but belong to nothing we know yet."""

from django.db import models
from django.utils import timezone

from apps.chargers.models import ChargingStation
from apps.chargers.querysets import StationPartQuerySet


class ParkedFact(models.Model):
    """A stop or a value without its transaction, kept until a session or a person claims it.

    ``fingerprint`` makes the parking of a repeated message idempotent.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="parked_facts")
    kind = models.CharField(max_length=20, help_text="transaction_ended, meter_values")
    reported_transaction_id = models.CharField(max_length=36, blank=True)
    fingerprint = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    content = models.JSONField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    session = models.ForeignKey(
        "charging_sessions.ChargingSession", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = StationPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "fingerprint"], name="parked_fact_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.station} ({self.reported_transaction_id or 'no id'})"
