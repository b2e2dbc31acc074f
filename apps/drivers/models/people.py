"""Who charges: drivers, their groups, the tokens they present, and the rules that admit them."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.drivers.choices import CardState, CurrentKind, EnergyPeriod, GroupKind, TokenStatus
from apps.drivers.querysets import AccessRuleQuerySet, DriverGroupQuerySet, DriverQuerySet, IdTokenQuerySet
from apps.sites.models import Area, Site


class DriverGroup(models.Model):
    """Drivers that rules and prices treat alike."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="driver_groups")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=GroupKind, default=GroupKind.VISITORS)
    charging_priority = models.SmallIntegerField(
        default=0, help_text="−9 to 9, told to 2.x stations: who is served first where power is short."
    )

    objects = DriverGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="driver_group_name_once"),
            models.CheckConstraint(
                condition=models.Q(charging_priority__range=(-9, 9)), name="driver_group_priority_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Driver(models.Model):
    """A person, or a vehicle's place holder, that charges at an organisation's sites."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="drivers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="drivers"
    )
    group = models.ForeignKey(DriverGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="drivers")
    home_site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="drivers")
    account = models.ForeignKey(
        "drivers.BillingAccount", on_delete=models.SET_NULL, null=True, blank=True, related_name="drivers",
        help_text="Who pays for this driver's charging.",
    )  # fmt: skip
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    unit = models.CharField("flat or unit", max_length=40, blank=True)
    language = models.CharField(
        max_length=8, blank=True, help_text="In which a station speaks to the driver: de, fr-CH."
    )
    max_sessions = models.PositiveSmallIntegerField(
        "sessions at once", null=True, blank=True, help_text="Of all cards of the driver together; empty: no limit."
    )
    energy_limit_wh = models.PositiveBigIntegerField(
        "energy limit (Wh)", null=True, blank=True, help_text="Per period; empty: no limit."
    )
    energy_period = models.CharField(max_length=5, choices=EnergyPeriod, default=EnergyPeriod.MONTH)
    created_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = DriverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(max_sessions=None) | models.Q(max_sessions__gte=1), name="driver_sessions_from_one"
            )
        ]
        indexes = [models.Index(fields=["organisation", "name"], name="driver_by_name")]

    def __str__(self) -> str:
        return self.name


class IdToken(models.Model):
    """An identifier that opens a charger: an RFID card, an app, a contract. ``key`` is the casefolded ``value``.

    ``short_key`` is the first 20 characters of ``key``: all that a 1.6 charger can send of a longer one.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="id_tokens")
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="id_tokens")
    value = models.CharField(max_length=255)
    key = models.CharField(max_length=255)
    short_key = models.CharField(max_length=20)
    type = models.CharField(max_length=20, default="ISO14443")
    label = models.CharField(max_length=80, blank=True)
    vehicle = models.ForeignKey(
        "drivers.Vehicle", on_delete=models.SET_NULL, null=True, blank=True, related_name="id_tokens",
        help_text="The card stays with this vehicle; its account pays.",
    )  # fmt: skip
    status = models.CharField(max_length=10, choices=TokenStatus, default=TokenStatus.ACTIVE)
    expires_at = models.DateTimeField(null=True, blank=True)
    parent_group = models.CharField(
        max_length=36, blank=True, help_text="Tokens of one group may stop each other's sessions (parentIdTag)."
    )
    is_master_pass = models.BooleanField(default=False)
    allows_concurrent = models.BooleanField(default=True, help_text="May run several sessions at once.")
    personal_message = models.CharField(
        max_length=200, blank=True, help_text="Shown by 2.x stations to whoever presents the card."
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = IdTokenQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="id_token_once")]
        indexes = [models.Index(fields=["organisation", "short_key"], name="id_token_short_key")]

    def __str__(self) -> str:
        return self.label or self.value

    def state_at(self, at: datetime) -> CardState:
        """Whether it is accepted ``at``; ``driver`` must be loaded with it."""
        if self.status != TokenStatus.ACTIVE:
            return CardState(self.status)
        if self.driver.left_at is not None and self.driver.left_at <= at:
            return CardState.DRIVER_LEFT
        is_over = self.expires_at is not None and self.expires_at <= at
        return CardState.EXPIRED if is_over else CardState.ACCEPTED


class AccessRule(models.Model):
    """Admits a group or one driver at a site (or an area of it), within hours of the site's week.

    ``weekdays`` holds ISO numbers 1..7 as a string, empty for all; ``from_time`` = ``until_time`` = all day,
    ``until_time`` before ``from_time`` runs past midnight. Wall clock of the site.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="access_rules")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, blank=True, related_name="access_rules")
    group = models.ForeignKey(DriverGroup, on_delete=models.CASCADE, null=True, blank=True, related_name="access_rules")
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, null=True, blank=True, related_name="access_rules")
    weekdays = models.CharField(max_length=7, blank=True)
    from_time = models.TimeField(null=True, blank=True)
    until_time = models.TimeField(null=True, blank=True)
    free_of_charge = models.BooleanField(default=False)
    current = models.CharField(
        max_length=2, choices=CurrentKind, default=CurrentKind.ANY, blank=True, help_text="Admits at such EVSEs only."
    )

    objects = AccessRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(group=None) | models.Q(driver=None), name="access_rule_one_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group or self.driver or 'Everybody'} at {self.area or self.site}"
