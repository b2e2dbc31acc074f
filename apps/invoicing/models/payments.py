"""Money that comes in: ways to pay, payments, what providers told of them, and what they pay for."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.db.sums import at_most
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import EventOutcome, PaymentMethodKind, PaymentState
from apps.invoicing.models.invoices import Invoice
from apps.invoicing.models.issuers import Issuer
from apps.invoicing.querysets import AccountPartQuerySet, InvoicePartQuerySet, PaymentEventQuerySet


class PaymentMethod(models.Model):
    """A card or bank account that a customer left with a provider; of it we know the provider's word for it only."""

    account = models.ForeignKey(BillingAccount, on_delete=models.CASCADE, related_name="payment_methods")
    kind = models.CharField(max_length=12, choices=PaymentMethodKind)
    provider = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=120)
    label = models.CharField(max_length=60, help_text="Visa •••• 4242")
    is_default = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AccountPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(is_default=True, removed_at=None), name="payment_method_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Payment(models.Model):
    """Money asked for or received. ``key`` makes asking twice one payment, here and at the provider.

    ``captured_amount`` came in, ``refunded_amount`` of it went back, ``allocated_amount`` of the rest pays invoices.
    Booked when captured, refunded, returned; ``next_check_at`` is when we ask the provider ourselves.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="payments", db_index=False)
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="payments")
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, related_name="payments", help_text="For which it was asked."
    )
    kind = models.CharField(max_length=12, choices=PaymentMethodKind)
    provider = models.CharField(max_length=20, help_text="dummy, stripe, sepa, bank, manual")
    provider_ref = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=80, unique=True)
    method = models.ForeignKey(PaymentMethod, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.CREATED)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    authorised_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    captured_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    refunded_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    allocated_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    failure_code = models.CharField(max_length=40, blank=True)
    failure = models.CharField(max_length=200, blank=True, help_text="One sentence for people.")
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)

    objects = AccountPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "provider_ref"], condition=~Q(provider_ref=""), name="payment_reference_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0) & Q(at_most("captured_amount", "refunded_amount")),
                name="payment_refund_within_capture",
            ),
            models.CheckConstraint(
                condition=Q(authorised_amount=0) | Q(at_most("authorised_amount", "captured_amount")),
                name="payment_capture_within_authorisation",
            ),
            models.CheckConstraint(
                condition=Q(allocated_amount__gte=0)
                & Q(at_most("captured_amount", "refunded_amount", "allocated_amount")),
                name="payment_allocation_within_capture",
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "-created_at"], name="payment_recent"),
            models.Index(fields=["next_check_at"], name="payment_check", condition=Q(next_check_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} by {self.get_kind_display()}"


class PaymentEvent(models.Model):
    """What a provider told us, as it came: once per ``event_id``, applied in whatever order."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, null=True, related_name="events")
    content = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=EventOutcome, default=EventOutcome.WAITING)
    explanation = models.CharField(max_length=200, blank=True)

    objects = PaymentEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="payment_event_once")]
        indexes = [
            models.Index(
                fields=["received_at"], name="payment_event_waiting", condition=Q(outcome=EventOutcome.WAITING)
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind}"


class Allocation(models.Model):
    """What a payment, or a credit note, takes off an invoice. Negative where it is taken back."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="allocations")
    credit_note = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="credited")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    at = models.DateTimeField()

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit_note=None) | Q(payment=None, credit_note__isnull=False),
                name="allocation_one_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} on {self.invoice}"
