"""The books: double entry by construction, each row takes from one account and gives to another."""

from django.db import models

from apps.core.models import AppendOnlyQuerySet
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import LedgerKind
from apps.invoicing.models.issuers import Issuer
from apps.invoicing.querysets import IssuerPartQuerySet


class LedgerAccount(models.Model):
    """One book of an issuer in one currency. Receivables are kept per customer, VAT per rate (``detail``)."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="ledger_accounts", db_index=False)
    kind = models.CharField(max_length=12, choices=LedgerKind)
    currency = models.CharField(max_length=3)
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, null=True, related_name="ledger_accounts")
    detail = models.CharField(max_length=20, blank=True)

    objects = IssuerPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "kind", "currency", "account", "detail"],
                condition=models.Q(account__isnull=False),
                name="ledger_account_once_per_customer",
            ),
            models.UniqueConstraint(
                fields=["issuer", "kind", "currency", "detail"],
                condition=models.Q(account=None),
                name="ledger_account_once",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.get_kind_display(), str(self.account or ""), self.detail) if part)


class LedgerEntry(models.Model):
    """``amount`` moves from ``credit`` to ``debit``. Rows are added, never changed; ``key`` makes a repeat harmless.

    An account's balance is the sum of its debits less that of its credits; over all accounts it is nothing.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80, help_text="What is booked, as in invoice:17:vat:19.00")
    booked_at = models.DateTimeField()
    debit = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="credits")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    invoice = models.ForeignKey("invoicing.Invoice", on_delete=models.PROTECT, null=True, related_name="entries")
    payment = models.ForeignKey("invoicing.Payment", on_delete=models.PROTECT, null=True, related_name="entries")
    text = models.CharField(max_length=120)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "key"], name="ledger_entry_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="ledger_entry_positive"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="ledger_entry_two_accounts"),
        ]
        indexes = [models.Index(fields=["issuer", "-booked_at", "-id"], name="ledger_entry_recent")]

    def __str__(self) -> str:
        return f"{self.text} {self.amount} {self.currency}"
