"""What the bank says: files, the statements in them, and their entries, each once."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.drivers.models import BillingAccount
from apps.invoicing.bank_choices import BankOutcome
from apps.invoicing.bank_querysets import BankStatementQuerySet, BankTransactionQuerySet
from apps.invoicing.models.issuers import Issuer
from apps.invoicing.models.payments import Payment
from apps.invoicing.querysets import IssuerPartQuerySet


class BankFile(models.Model):
    """A camt.053 file that was read: once per content. ``repeated`` entries were known from other files."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="bank_files", db_index=False)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120, blank=True)
    version = models.CharField(max_length=20, help_text="camt.053.001.08")
    message_id = models.CharField(max_length=70, blank=True)
    repeated = models.PositiveIntegerField(default=0)
    not_booked = models.PositiveIntegerField(default=0, help_text="Announced by the bank only: not taken in.")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = IssuerPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "sha256"], name="bank_file_once")]

    def __str__(self) -> str:
        return self.name or f"Bank file {self.pk}"


class BankStatement(models.Model):
    """One statement of a file: the account's balance before and after its entries."""

    file = models.ForeignKey(BankFile, on_delete=models.CASCADE, related_name="statements")
    statement_id = models.CharField(max_length=70, blank=True)
    iban_end = models.CharField(max_length=4)
    currency = models.CharField(max_length=3)
    from_date = models.DateField(null=True)
    until_date = models.DateField(null=True, help_text="The last day it states.")
    opening_balance = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    closing_balance = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    adds_up = models.BooleanField(null=True, help_text="Opening balance and entries make the closing balance.")

    objects = BankStatementQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Statement {self.statement_id or self.pk}"


class BankTransaction(models.Model):
    """One movement on the issuer's bank account: an entry, or one detail of an entry that gathers several.

    ``amount`` > 0; ``is_credit``: it came in. ``key`` is made of what the bank says of it, so that it is taken in
    once however often it is delivered. Of the other side's bank account only its end and a fingerprint are kept.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="bank_transactions", db_index=False)
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="transactions")
    key = models.CharField(max_length=64)
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    is_credit = models.BooleanField()
    is_reversal = models.BooleanField(default=False)
    bank_code = models.CharField(max_length=40, blank=True, help_text="Bank transaction code: PMNT-RCDT-ESCT")
    bank_reference = models.CharField(max_length=70, blank=True)
    batch_ids = models.JSONField(default=list, help_text="Message and payment information of a collection")
    end_to_end_id = models.CharField(max_length=70, blank=True)
    mandate_reference = models.CharField(max_length=70, blank=True)
    return_reason = models.CharField(max_length=40, blank=True)
    charges = models.DecimalField(max_digits=14, decimal_places=2, default=0, help_text="Of the bank, in the amount.")
    name = models.CharField(max_length=140, blank=True)
    iban_end = models.CharField(max_length=4, blank=True)
    iban_fingerprint = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True, help_text="Remittance information")
    creditor_reference = models.CharField(max_length=35, blank=True)
    outcome = models.CharField(max_length=12, choices=BankOutcome, default=BankOutcome.WAITING)
    explanation = models.CharField(max_length=300, blank=True, help_text="Why, and what to do next.")
    settled_at = models.DateTimeField(null=True)

    objects = BankTransactionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "key"], name="bank_transaction_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_transaction_positive"),
        ]
        indexes = [
            models.Index(fields=["issuer", "-booked_on", "-id"], name="bank_transaction_recent"),
            models.Index(fields=["id"], name="bank_transaction_waiting", condition=Q(outcome=BankOutcome.WAITING)),
            models.Index(
                fields=["issuer", "id"],
                name="bank_transaction_open",
                condition=Q(outcome__in=[BankOutcome.OPEN, BankOutcome.FOREIGN]),
            ),
            models.Index(fields=["iban_fingerprint"], name="bank_transaction_account"),
        ]

    def __str__(self) -> str:
        return f"{'' if self.is_credit else '−'}{self.amount} {self.currency} of {self.booked_on}"

    @property
    def is_unassigned(self) -> bool:
        """Whether it lies in suspense."""
        return self.outcome in (BankOutcome.OPEN, BankOutcome.FOREIGN)


class BankAssignment(models.Model):
    """A payment that an incoming transaction became; more than one where it paid for several customers."""

    transaction = models.ForeignKey(BankTransaction, on_delete=models.PROTECT, related_name="assignments")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="bank_assignment")
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="+")
    is_by_hand = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.transaction} to {self.account}"
