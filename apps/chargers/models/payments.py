"""What 2.1 stations told of payments made at them."""

from django.db import models
from django.utils import timezone

from apps.chargers.models.stations import ChargingStation
from apps.chargers.querysets import HistoryQuerySet, SettlementQuerySet


class WebPayment(models.Model):
    """Somebody opened the payment page of an EVSE. Append-only."""

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="web_payments")
    evse_number = models.BigIntegerField()
    timeout_s = models.BigIntegerField(help_text="So long the EVSE waits for the payment.")
    received_at = models.DateTimeField(default=timezone.now)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["station", "-received_at"], name="web_payment_station")]

    def __str__(self) -> str:
        return f"Web payment at {self.station}/{self.evse_number}"


class Settlement(models.Model):
    """What a payment terminal settled with its provider. Append-only; a repeat is the same row.

    ``amount`` is gross, in the currency of the site; ``psp_ref`` the provider's reference. ``transaction_id`` is empty
    where nothing was charged for it.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="settlements")
    transaction_id = models.CharField(max_length=36, blank=True)
    psp_ref = models.CharField(max_length=255)
    status = models.CharField(max_length=20, help_text="Settled, Canceled, Rejected, Failed")
    amount = models.DecimalField(max_digits=16, decimal_places=6)
    currency = models.CharField(max_length=3)
    settled_at = models.DateTimeField(help_text="The charger's clock.")
    received_at = models.DateTimeField(default=timezone.now)
    info = models.CharField(max_length=500, blank=True)
    receipt_id = models.CharField(max_length=50, blank=True)
    receipt_url = models.CharField(max_length=2000, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    vat_company = models.JSONField(null=True)

    objects = SettlementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "psp_ref", "status", "transaction_id", "settled_at"], name="settlement_once"
            )
        ]
        indexes = [models.Index(fields=["station", "-received_at"], name="settlement_station")]

    def __str__(self) -> str:
        return f"{self.status} {self.amount} {self.currency} at {self.station}"
