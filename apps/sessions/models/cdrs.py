"""The priced record of a session: what bills are made of."""

from django.db import models
from django.utils import timezone

from apps.core.db.sums import sums_to
from apps.drivers.models import BillingAccount, Driver, Vehicle
from apps.sessions.choices import RatingReason
from apps.sessions.models.sessions import ChargingSession
from apps.sessions.querysets import CdrQuerySet
from apps.sites.models import Site
from apps.tariffs.models import TariffVersion


class ChargeDetailRecord(models.Model):
    """One rating of an ended session. Never changed: other facts or another tariff make a further ``version``.

    Amounts are exact to six decimals, ``breakdown`` is ``tariffs.engine.breakdown_json``. ``end_date`` is the day of
    the end on the site's clock and says to which month the session belongs. ``account``, ``driver`` and ``vehicle`` are
    those of the time of rating. Only ``is_current`` changes, when a further version takes its place.
    """

    session = models.ForeignKey(ChargingSession, on_delete=models.PROTECT, related_name="cdrs", db_index=False)
    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    reason = models.CharField(max_length=12, choices=RatingReason, default=RatingReason.ENDED)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(
        BillingAccount, on_delete=models.PROTECT, null=True, related_name="cdrs", db_index=False
    )
    driver = models.ForeignKey(Driver, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    tariff_version = models.ForeignKey(TariffVersion, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    end_date = models.DateField()
    energy_wh = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=14, decimal_places=6)
    tax = models.DecimalField(max_digits=14, decimal_places=6)
    gross = models.DecimalField(max_digits=14, decimal_places=6)
    breakdown = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = CdrQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "version"], name="cdr_version_once"),
            models.UniqueConstraint(fields=["session"], condition=models.Q(is_current=True), name="cdr_one_current"),
            models.CheckConstraint(
                condition=sums_to("gross", "net", "tax", places=6), name="cdr_net_and_tax_are_gross"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "end_date"], name="cdr_account_date", condition=models.Q(is_current=True)),
            models.Index(fields=["site", "end_date"], name="cdr_site_date", condition=models.Q(is_current=True)),
        ]

    def __str__(self) -> str:
        return f"CDR of {self.session} v{self.version}"
