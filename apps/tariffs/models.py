"""Versioned tariffs and where they apply."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.sites.models import Area, Site
from apps.tariffs.querysets import TariffQuerySet


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
    """The content of a tariff from an instant on; never changed once a session has used it.

    ``content`` is what ``tariffs.engine.Tariff.to_json`` gives.
    """

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    content = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tariff", "number"], name="tariff_version_once")]

    def __str__(self) -> str:
        return f"{self.tariff} v{self.number}"


class TariffAssignment(models.Model):
    """A tariff applies at a site, in an area of it, or for a group of drivers; the narrowest assignment wins.

    ``driver_group_id`` names a ``drivers.DriverGroup``; the floor of drivers lies above this one.
    """

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="assignments")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tariff_assignments")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    driver_group_id = models.BigIntegerField(null=True, blank=True)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["site", "valid_from"], name="tariff_assignment_site")]

    def __str__(self) -> str:
        return f"{self.tariff} at {self.area or self.site}"
