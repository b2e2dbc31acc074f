"""Billing runs: one item per account, taken through the stages by any number of workers."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.drivers.models import BillingAccount
from apps.invoicing.choices import ItemStage, RunState
from apps.invoicing.models.issuers import BillingPeriod
from apps.invoicing.querysets import RunPartQuerySet, RunQuerySet


class BillingRun(models.Model):
    """One pass over the accounts of a period. A dry run stops after its checks and leaves no invoice."""

    period = models.ForeignKey(BillingPeriod, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.PREPARING)
    is_dry = models.BooleanField(default=False)
    is_selected = models.BooleanField(default=False, help_text="All its items exist.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    issued_on = models.DateField(null=True, blank=True, help_text="The date its invoices bear.")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period"],
                condition=models.Q(is_dry=False, state__in=[RunState.PREPARING, RunState.WAITING, RunState.ISSUING]),
                name="billing_run_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"Run {self.pk} for {self.period}"


class BillingItem(models.Model):
    """One account in a run. Workers take it by a row lock, do its next stage and move ``stage`` in one transaction.

    ``problem_code`` set: parked; nothing is done until a person lets it go on. ``anomalies`` is a list of
    ``{"code", "text", "session_id"?}``, to be looked at before approval. Amounts are those of its draft.
    """

    run = models.ForeignKey(BillingRun, on_delete=models.CASCADE, related_name="items", db_index=False)
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="billing_items")
    stage = models.CharField(max_length=10, choices=ItemStage, default=ItemStage.SELECTED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    problem_code = models.CharField(max_length=40, blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="One sentence for people.")
    anomalies = models.JSONField(default=list)
    is_left_out = models.BooleanField(default=False, help_text="A person took it out of this run.")
    session_count = models.PositiveIntegerField(default=0)
    held_count = models.PositiveIntegerField(default=0, help_text="Sessions that wait for a review.")
    energy_wh = models.BigIntegerField(default=0)
    net = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    gross = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    previous_gross = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    invoice = models.OneToOneField(
        "invoicing.Invoice", on_delete=models.SET_NULL, null=True, blank=True, related_name="item"
    )

    objects = RunPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "account"], name="billing_item_once")]
        indexes = [models.Index(fields=["run", "stage", "due_at"], name="billing_item_next")]

    def __str__(self) -> str:
        return f"{self.account} in run {self.run_id}"
