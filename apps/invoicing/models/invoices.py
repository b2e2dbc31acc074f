"""Invoices, receipts and credit notes. Once numbered, the database refuses to change what they state."""

from django.db import models
from django.utils import timezone

from apps.core.db.sums import sums_to
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import DocumentKind, InvoiceKind, InvoiceState, LineKind, VatCategory
from apps.invoicing.models.issuers import BillingPeriod, InvoiceSeries, Issuer
from apps.invoicing.querysets import AccountPartQuerySet, InvoicePartQuerySet
from apps.sessions.models import ChargeDetailRecord, ChargingSession


class Invoice(models.Model):
    """A bill or its correction. A draft has no number; ``seller``, ``buyer`` are copies of the parties as they were.

    All amounts are positive, also of a credit note. ``gross`` = ``net`` + ``tax``; ``payable`` = ``gross`` rounded to
    the issuer's coin. ``open_amount`` is what of ``payable`` is neither paid nor credited.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    account = models.ForeignKey(BillingAccount, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=12, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.DRAFT)
    period = models.ForeignKey(BillingPeriod, on_delete=models.PROTECT, null=True, related_name="invoices")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    reason = models.CharField(max_length=200, blank=True, help_text="Why it corrects.")
    series = models.ForeignKey(InvoiceSeries, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    sequence = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=30, null=True)
    payment_reference = models.CharField(max_length=25, blank=True, help_text="RF reference, ISO 11649")
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    start_date = models.DateField(help_text="First day of supply.")
    end_date = models.DateField(help_text="The day after the last.")
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    tax = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    gross = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    rounding = models.DecimalField(max_digits=4, decimal_places=2, default=0)
    payable = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    open_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    seller = models.JSONField(default=dict)
    buyer = models.JSONField(default=dict)
    energy_wh = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    issued_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = AccountPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="invoice_number_once"),
            models.UniqueConstraint(fields=["series", "sequence"], name="invoice_sequence_once"),
            models.UniqueConstraint(
                fields=["issuer", "account", "period", "kind", "currency"],
                condition=models.Q(period__isnull=False, kind=InvoiceKind.INVOICE)
                & ~models.Q(state=InvoiceState.DISCARDED),
                name="invoice_once_per_period",
            ),
            models.CheckConstraint(condition=sums_to("gross", "net", "tax"), name="invoice_net_and_tax_are_gross"),
            models.CheckConstraint(
                condition=sums_to("payable", "gross", "rounding"), name="invoice_payable_is_rounded"
            ),
            models.CheckConstraint(
                condition=models.Q(open_amount__gte=0, open_amount__lte=models.F("payable")),
                name="invoice_open_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(number__isnull=True, state__in=[InvoiceState.DRAFT, InvoiceState.DISCARDED])
                | models.Q(number__isnull=False, issued_on__isnull=False)
                & ~models.Q(state__in=[InvoiceState.DRAFT, InvoiceState.DISCARDED]),
                name="invoice_number_when_issued",
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "-issued_on", "-id"], name="invoice_recent"),
            models.Index(fields=["due_on"], name="invoice_open", condition=models.Q(state=InvoiceState.ISSUED)),
            models.Index(fields=["payment_reference"], name="invoice_reference"),
        ]

    def __str__(self) -> str:
        return self.number or f"Draft {self.pk}"

    @property
    def file_name(self) -> str:
        """The number as the name of a file, without an ending."""
        return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in str(self))


class InvoiceLine(models.Model):
    """One position. Quantities and prices explain ``net``, which is rounded half-up to the currency's places.

    The VAT of an invoice is that of its groups (``InvoiceTax``), never a sum over lines. ``cdr`` is the evidence;
    ``gross`` is set where the tariff's prices include tax: then net follows from it.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=LineKind)
    description = models.CharField(max_length=200)
    details = models.CharField(max_length=300, blank=True)
    session = models.ForeignKey(ChargingSession, on_delete=models.PROTECT, null=True, related_name="invoice_lines")
    cdr = models.ForeignKey(ChargeDetailRecord, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    supplied_on = models.DateField()
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.CharField(max_length=3, default="C62", help_text="UN/ECE Recommendation 20: KWH, HUR, C62.")
    unit_price = models.DecimalField(max_digits=14, decimal_places=6)
    net = models.DecimalField(max_digits=14, decimal_places=2)
    gross = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    vat_category = models.CharField(max_length=2, choices=VatCategory, default=VatCategory.STANDARD)
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2)
    energy_wh = models.BigIntegerField(default=0)
    allocation = models.JSONField(default=dict, help_text="vehicle, driver, department, depot, route")

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position")]

    def __str__(self) -> str:
        return f"{self.position} {self.description}"


class InvoiceTax(models.Model):
    """The VAT of one category and rate: reckoned on the sum of its lines."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="taxes", db_index=False)
    vat_category = models.CharField(max_length=2, choices=VatCategory)
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2)
    taxable = models.DecimalField(max_digits=14, decimal_places=2)
    tax = models.DecimalField(max_digits=14, decimal_places=2)

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "vat_category", "vat_percent"], name="invoice_tax_once")
        ]

    def __str__(self) -> str:
        return f"{self.vat_percent} %"


class BilledSession(models.Model):
    """A session is on this invoice, and on no other until it is credited (``released_at``)."""

    session = models.ForeignKey(ChargingSession, on_delete=models.PROTECT, related_name="billed", db_index=False)
    cdr = models.ForeignKey(ChargeDetailRecord, on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="billed_sessions")
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(released_at=None), name="session_billed_once"
            )
        ]
        indexes = [models.Index(fields=["session"], name="billed_session_history")]

    def __str__(self) -> str:
        return f"{self.session} on {self.invoice}"


class InvoiceDocument(models.Model):
    """A file of an invoice, byte for byte as it went out. ``verdict`` is what the validators said of it.

    ``verdict``: ``{"xsd": "valid" | "invalid" | "not_checked", "schematron": …, "messages": […]}``.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="documents", db_index=False)
    kind = models.CharField(max_length=3, choices=DocumentKind)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    verdict = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "kind"], name="invoice_document_once")]

    def __str__(self) -> str:
        return f"{self.invoice}.{self.kind}"
