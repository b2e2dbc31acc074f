"""Reminding people of what they owe, what that costs them, and when not to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.drivers.models import BillingAccount
from apps.invoicing.choices import ReminderState
from apps.invoicing.models.invoices import Invoice
from apps.invoicing.models.issuers import Issuer
from apps.invoicing.querysets import AccountChargeQuerySet, AccountPartQuerySet, InvoicePartQuerySet


class Reminder(models.Model):
    """An invoice was reminded of at this level of its issuer, once. ``open_amount`` is what was owed then."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    level = models.PositiveSmallIntegerField()
    reminded_on = models.DateField(help_text="On the issuer's clock.")
    open_amount = models.DecimalField(max_digits=14, decimal_places=2)
    fee = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    state = models.CharField(max_length=8, choices=ReminderState, default=ReminderState.WAITING)
    explanation = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "level"], name="reminder_once_per_level")]
        indexes = [
            models.Index(fields=["created_at"], name="reminder_waiting", condition=Q(state=ReminderState.WAITING))
        ]

    def __str__(self) -> str:
        return f"Reminder {self.level} for {self.invoice}"


class DunningPause(models.Model):
    """Nobody is reminded of this invoice, or of any of the account, until ``until_date`` (none: until it is ended)."""

    account = models.ForeignKey(BillingAccount, on_delete=models.CASCADE, related_name="dunning_pauses")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, null=True, related_name="dunning_pauses")
    reason = models.CharField(max_length=200)
    until_date = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = AccountPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(ended_at=None), name="dunning_pause_one_open"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_at=None, invoice=None), name="dunning_pause_one_of_account"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class AccountCharge(models.Model):
    """A fee that the customer's next bill of this issuer carries as a line: of a reminder, of a returned debit.

    It is owed, and booked, with that bill. ``key`` makes charging twice one charge.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="charges")
    key = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    text = models.CharField(max_length=200)
    charged_on = models.DateField()
    invoice = models.ForeignKey(Invoice, on_delete=models.SET_NULL, null=True, related_name="charges")
    waived_at = models.DateTimeField(null=True)

    objects = AccountChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "key"], name="account_charge_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="account_charge_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.amount} {self.currency}"
