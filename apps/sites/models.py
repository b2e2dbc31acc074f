"""Places: sites, their areas and bays, and who works at them."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.accounts.policy import Role
from apps.sites.choices import AccessPolicy, AssumedProtocol, SiteKind
from apps.sites.querysets import AreaQuerySet, MembershipQuerySet, SiteQuerySet
from apps.sites.validators import validate_currency, validate_time_zone


class Site(models.Model):
    """A place with one grid connection, one time zone and one currency."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=SiteKind, default=SiteKind.PUBLIC)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    currency = models.CharField(max_length=3, default="EUR", validators=[validate_currency])
    street = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    limit_w = models.PositiveIntegerField("power limit (W)", null=True, blank=True, help_text="Of the grid connection.")
    access_policy = models.CharField(max_length=20, choices=AccessPolicy, default=AccessPolicy.KNOWN_TOKENS)
    assumed_protocol = models.CharField(
        max_length=10, choices=AssumedProtocol, default=AssumedProtocol.NONE, blank=True,
        help_text="For chargers that offer no WebSocket subprotocol.",
    )  # fmt: skip
    vat_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(Decimal(0))]
    )
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A part of a site that people speak of: a floor, a row, a yard."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="areas")
    name = models.CharField(max_length=80)

    objects = AreaQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="area_name_once")]

    def __str__(self) -> str:
        return self.name


class Bay(models.Model):
    """One parking place."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="bays")
    label = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "label"], name="bay_label_once")]

    def __str__(self) -> str:
        return self.label


class Membership(models.Model):
    """A role of a user in an organisation; at one of its sites only, where ``site`` is set."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    created_at = models.DateTimeField(default=timezone.now)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "site", "role"], name="membership_once_per_site"),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=models.Q(site=None),
                name="membership_once_per_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.site or self.organisation}"
