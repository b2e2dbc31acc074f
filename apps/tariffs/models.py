"""Versioned tariffs and where they apply."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.sites.models import Area, Site
from apps.tariffs.querysets import TariffAssignmentQuerySet, TariffPartQuerySet, TariffQuerySet


class Tariff(models.Model):
    """What a price list is called; its content lies in versions."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="tariffs")
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(default=timezone.now)

    objects = TariffQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="tariff_name_once")]

    def __str__(self) -> str:
        return self.name


class TariffVersion(models.Model):
    """The content of a tariff from an instant on; the database refuses to change it. Prices change by a further one.

    ``content`` is what ``tariffs.engine.Tariff.to_json`` gives.
    """

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    content = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = TariffPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tariff", "number"], name="tariff_version_once")]

    def __str__(self) -> str:
        return f"{self.tariff} v{self.number}"


class TariffAssignment(models.Model):
    """A tariff applies at a site, in an area, at an EVSE of it, or for a group of drivers; the narrowest one wins.

    Group before EVSE before area before site; of two equally narrow ones that which begins later.

    ``driver_group_id`` names a ``drivers.DriverGroup``, ``evse_id`` a ``chargers.Evse``; their floors lie above this.
    """

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="assignments")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tariff_assignments")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    driver_group_id = models.BigIntegerField(null=True, blank=True)
    evse_id = models.BigIntegerField(null=True, blank=True)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = TariffAssignmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["site", "valid_from"], name="tariff_assignment_site")]

    def __str__(self) -> str:
        return f"{self.tariff} at {self.area or self.site}"


class MarketPrice(models.Model):
    """What a market asks per kWh, net, in ``[start_at, end_at)``. Once known it stays, since bills rest on it."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="market_prices", db_index=False
    )
    series = models.CharField(max_length=40, help_text="Such as DE-LU, the bidding zone.")
    currency = models.CharField(max_length=3)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    price = models.DecimalField(max_digits=12, decimal_places=6)

    objects = TariffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "series", "currency", "start_at"], name="market_price_once"
            ),
            models.CheckConstraint(condition=models.Q(end_at__gt=models.F("start_at")), name="market_price_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.start_at:%Y-%m-%d %H:%M}"


class MembershipPlan(models.Model):
    """What a customer pays per month, and what that gives: a discount on energy, free energy.

    ``monthly_fee`` is net; ``discount_percent`` is taken off the energy lines of sessions, ``free_wh`` per month before
    that, in the order in which sessions ended.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="membership_plans")
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    monthly_fee = models.DecimalField(max_digits=10, decimal_places=2)
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2)
    discount_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    free_wh = models.PositiveIntegerField("free energy per month (Wh)", default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = TariffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="membership_plan_name_once"),
            models.CheckConstraint(
                condition=models.Q(monthly_fee__gte=0, vat_percent__gte=0, discount_percent__range=(0, 100)),
                name="membership_plan_sane",
            ),
        ]

    def __str__(self) -> str:
        return self.name
