"""SEPA direct debit: mandates, what is to be collected, and the files that ask the bank for it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.drivers.models import BillingAccount
from apps.invoicing.bank_choices import CollectionState, DebitSchema, DebitState, MandateState, SequenceType
from apps.invoicing.bank_querysets import DebitQuerySet
from apps.invoicing.models.bank import BankTransaction
from apps.invoicing.models.invoices import Invoice
from apps.invoicing.models.issuers import Issuer
from apps.invoicing.models.payments import Payment
from apps.invoicing.querysets import AccountPartQuerySet, IssuerPartQuerySet

LIVE_MANDATE = (MandateState.ASKED, MandateState.SIGNED, MandateState.ACTIVE)
DEBIT_UNDER_WAY = (DebitState.QUEUED, DebitState.IN_FILE, DebitState.SUBMITTED)


class DebitTerms(models.Model):
    """How an issuer collects. ``notice_days`` between announcing a debit and its due date; 14 unless agreed otherwise.

    ``lead_days``: business days before the due date by which the bank wants the file.
    """

    issuer = models.OneToOneField(Issuer, on_delete=models.CASCADE, related_name="debit_terms")
    notice_days = models.PositiveSmallIntegerField(default=14)
    lead_days = models.PositiveSmallIntegerField(default=1)
    schema = models.CharField(max_length=20, choices=DebitSchema, default=DebitSchema.PAIN_008_08)

    objects = IssuerPartQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Direct debits of {self.issuer}"


class Mandate(models.Model):
    """A customer's leave to collect. The IBAN lies encrypted; lists show its end (``iban_end``).

    ``collected_on``: the due date of its latest debit; unused for 36 months it expires (SEPA rulebook 4.3.4).
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="mandates", db_index=False)
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="mandates")
    reference = models.CharField(max_length=35)
    state = models.CharField(max_length=8, choices=MandateState, default=MandateState.ASKED)
    holder = models.CharField(max_length=70, blank=True)
    iban_sealed = models.TextField(blank=True)
    iban_country = models.CharField(max_length=2, blank=True)
    iban_end = models.CharField(max_length=4, blank=True)
    iban_fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    signed_on = models.DateField(null=True)
    is_on_paper = models.BooleanField(default=False)
    asked_at = models.DateTimeField(default=timezone.now)
    collected_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = AccountPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "reference"], name="mandate_reference_once"),
            models.UniqueConstraint(
                fields=["issuer", "account"], condition=Q(state__in=LIVE_MANDATE), name="mandate_one_per_account"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[MandateState.ASKED, MandateState.REVOKED, MandateState.EXPIRED])
                | Q(signed_on__isnull=False) & ~Q(iban_sealed=""),
                name="mandate_signed_with_iban",
            ),
        ]
        indexes = [models.Index(fields=["state", "collected_on"], name="mandate_use")]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_MANDATE

    @property
    def bank_account(self) -> str:
        """As lists may show it: ``DE •••• 3000``."""
        return f"{self.iban_country} •••• {self.iban_end}" if self.iban_end else ""


class DebitCollection(models.Model):
    """A file for the bank. ``sealed`` is its content, encrypted, because account numbers stand in it."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="collections")
    message_id = models.CharField(max_length=35, unique=True)
    schema = models.CharField(max_length=20, choices=DebitSchema)
    state = models.CharField(max_length=10, choices=CollectionState, default=CollectionState.MADE)
    sealed = models.TextField()
    sha256 = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=14, decimal_places=2)
    first_due_on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)

    objects = IssuerPartQuerySet.as_manager()

    def __str__(self) -> str:
        return self.message_id


class DirectDebit(models.Model):
    """An invoice to be collected by a mandate on ``due_on``; its money is ``payment``.

    ``notified_at``: when the customer was told amount and day; it goes into a file only after that.
    """

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="debit")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="debits", db_index=False)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="debits")
    state = models.CharField(max_length=10, choices=DebitState, default=DebitState.QUEUED)
    due_on = models.DateField()
    notified_at = models.DateTimeField(null=True)
    collection = models.ForeignKey(DebitCollection, on_delete=models.PROTECT, null=True, related_name="debits")
    batch_id = models.CharField(max_length=35, blank=True, help_text="Payment information in the file")
    sequence_type = models.CharField(max_length=4, choices=SequenceType, blank=True)
    booked_by = models.ForeignKey(BankTransaction, on_delete=models.PROTECT, null=True, related_name="collected")
    return_reason = models.CharField(max_length=40, blank=True)
    returned_on = models.DateField(null=True)
    returned_by = models.ForeignKey(BankTransaction, on_delete=models.PROTECT, null=True, related_name="returned")

    objects = DebitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=DEBIT_UNDER_WAY),
                name="direct_debit_one_under_way",
            )
        ]
        indexes = [
            models.Index(fields=["invoice"], name="direct_debit_invoice"),
            models.Index(fields=["state", "due_on"], name="direct_debit_due"),
        ]

    def __str__(self) -> str:
        return f"Debit of {self.invoice}"
