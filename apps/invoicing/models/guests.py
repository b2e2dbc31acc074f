"""Charging without an account: the code on the charger, and what became of each visit."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.chargers.models import Evse, StationCommand
from apps.drivers.models import BillingAccount, Driver
from apps.invoicing.choices import LIVE_VISITS, GuestState
from apps.invoicing.models.invoices import Invoice
from apps.invoicing.models.issuers import Issuer
from apps.invoicing.models.payments import Payment
from apps.invoicing.querysets import GuestVisitQuerySet, QrCodeQuerySet
from apps.sessions.models import ChargingSession
from apps.sites.models import Site
from apps.tariffs.models import TariffVersion


class QrCode(models.Model):
    """What a sticker says: leads to ``/q/<code>/``. A new code for an EVSE retires the one before."""

    evse = models.ForeignKey(Evse, on_delete=models.CASCADE, related_name="qr_codes")
    code = models.CharField(max_length=16, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)

    objects = QrCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evse"], condition=models.Q(retired_at=None), name="qr_code_one_per_evse")
        ]

    def __str__(self) -> str:
        return self.code


class GuestTerms(models.Model):
    """The driver that stands for all guests of an organisation: its group sets their price and where they may charge.

    It has no account, so no billing run takes what guests charged: their receipts are issued at once.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="guest_terms")
    driver = models.OneToOneField(Driver, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"Guests of {self.organisation}"


class GuestVisit(models.Model):
    """One guest's way from the sticker to the receipt. ``state`` moves by ``engine.guests`` alone.

    ``form_key`` makes sending the form twice one visit. ``hold_amount`` is what is authorised at most, ``offer`` the
    price as it was shown before. Of the link that is mailed only a hash is kept; it opens one browser, once.
    ``due_at`` is when the visit is looked at again whatever happens; ``ending`` is where ``releasing`` leads.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4)
    form_key = models.UUIDField(unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="guest_visits", db_index=False)
    evse = models.ForeignKey(Evse, on_delete=models.PROTECT, related_name="guest_visits")
    code = models.ForeignKey(QrCode, on_delete=models.PROTECT, related_name="visits", db_index=False)
    email = models.EmailField()
    base_url = models.CharField(max_length=200, help_text="Under which the guest reached us.")
    origin = models.CharField(max_length=16, blank=True, help_text="A hash that tells visitors apart for a day.")
    state = models.CharField(max_length=12, choices=GuestState, default=GuestState.PAYING)
    ending = models.CharField(max_length=12, choices=GuestState, blank=True)
    explanation = models.CharField(max_length=200, blank=True, help_text="One sentence for people.")
    problem = models.CharField(max_length=200, blank=True, help_text="Why the next step fails for now.")

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="guest_visits")
    currency = models.CharField(max_length=3)
    hold_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tariff_version = models.ForeignKey(TariffVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    offer = models.JSONField(default=list)
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, related_name="guest_visit")
    pay_url = models.CharField(max_length=500, blank=True)
    token_value = models.CharField(max_length=20, unique=True)
    start_command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, related_name="+")
    stop_command = models.ForeignKey(StationCommand, on_delete=models.SET_NULL, null=True, related_name="+")
    session = models.OneToOneField(ChargingSession, on_delete=models.PROTECT, null=True, related_name="guest_visit")
    receipt = models.OneToOneField(Invoice, on_delete=models.PROTECT, null=True, related_name="guest_visit")

    link_hash = models.CharField(max_length=64, blank=True, db_index=True)
    link_expires_at = models.DateTimeField(null=True)
    link_sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    pay_due_at = models.DateTimeField()
    authorised_at = models.DateTimeField(null=True)
    start_due_at = models.DateTimeField(null=True)
    wants_end_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    objects = GuestVisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evse"],
                condition=models.Q(state__in=[GuestState.STARTING, GuestState.CHARGING]),
                name="guest_visit_one_per_evse",
            ),
            models.CheckConstraint(condition=models.Q(hold_amount__gt=0), name="guest_visit_holds_something"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="guest_visit_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["site", "-created_at"], name="guest_visit_recent"),
            models.Index(fields=["origin", "-created_at"], name="guest_visit_origin"),
        ]

    def __str__(self) -> str:
        return f"Visit {self.pk}"

    @property
    def state_choice(self) -> GuestState:
        return GuestState(self.state)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_VISITS
