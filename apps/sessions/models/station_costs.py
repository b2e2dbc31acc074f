"""What stations were told of prices and costs, and what they said to it."""

from django.db import models
from django.utils import timezone

from apps.chargers.models import ChargingStation, StationCommand
from apps.sessions.choices import HeldTariffState, PriceTelling
from apps.sessions.models.sessions import ChargingSession
from apps.sessions.querysets import StationPricingQuerySet
from apps.tariffs.models import TariffVersion


class StationPricing(models.Model):
    """How a station is told of prices. A station without a row is told as its device model says.

    ``refused`` names the messages (commands by name, ``*`` for all) that it does not know, with its word, so that they
    are not sent again. ``tariff_version`` is what it was last told for everybody, by ``command``; empty: nothing yet.
    """

    station = models.OneToOneField(ChargingStation, on_delete=models.CASCADE, primary_key=True, related_name="pricing")
    telling = models.CharField(max_length=6, choices=PriceTelling, default=PriceTelling.AUTO)
    refused = models.JSONField(default=dict, blank=True)
    tariff_version = models.ForeignKey(
        TariffVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    next_push_at = models.DateTimeField(null=True, blank=True, help_text="Not again before; after a failure.")

    objects = StationPricingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"prices at {self.station}"


class StationTariff(models.Model):
    """A tariff that a 2.1 station holds, or refused. ``evse_number`` 0 is every EVSE.

    ``tariff_id`` is what the station calls it; ``tariff_version`` is empty where it is none of ours.
    """

    station = models.ForeignKey(ChargingStation, on_delete=models.CASCADE, related_name="held_tariffs")
    evse_number = models.PositiveIntegerField(default=0)
    tariff_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, default="DefaultTariff", help_text="OCPP TariffKindEnumType")
    tariff_version = models.ForeignKey(
        TariffVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=12, choices=HeldTariffState)
    status_word = models.CharField("the station's word", max_length=30, blank=True)
    explanation = models.CharField(max_length=300, blank=True)
    losses = models.JSONField(default=list, blank=True, help_text="Sentences: what the station was not told of it.")
    told_at = models.DateTimeField(default=timezone.now)

    objects = StationPricingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["station", "evse_number", "kind", "tariff_id"], name="station_tariff_once")
        ]

    def __str__(self) -> str:
        return f"tariff {self.tariff_id} at {self.station}"


class SessionCost(models.Model):
    """What the station was told that a session costs, and what it reckoned itself.

    ``told_cost`` is gross, in the session's currency; ``command`` carries the station's answer. ``station_cost`` is the
    station's own total (``costDetails`` of 2.1), gross where it says so; our price is never taken from it.
    """

    session = models.OneToOneField(
        ChargingSession, on_delete=models.CASCADE, primary_key=True, related_name="told_cost"
    )
    told_cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    told_at = models.DateTimeField(null=True)
    is_final = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, help_text="When it was last looked whether there is news.")
    command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, related_name="+")
    station_cost = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    station_currency = models.CharField(max_length=3, blank=True)
    station_note = models.CharField(max_length=500, blank=True, help_text="Why it could not reckon, in its words.")
    differs = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"cost of {self.session}"
