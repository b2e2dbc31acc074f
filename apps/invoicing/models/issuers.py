"""Who issues invoices, for which sites, under which numbers."""

from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.invoicing.choices import InvoiceKind, PeriodState
from apps.invoicing.querysets import IssuerPartQuerySet, IssuerQuerySet
from apps.sites.models import Site


class Issuer(models.Model):
    """A company that bills: the operator, or the owner of a site. Its texts are copied into each invoice.

    ``payment_days`` until an invoice is due; ``cash_step`` is the smallest coin of cash currencies (0.05 in CHF), to
    which the amount payable is rounded. ``exemption_reason``: why no VAT is charged at all (law: small business).
    ``dunning`` is ``[{"after_days": 7, "fee": "0.00"}, …]``, counted from the due date.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="issuers")
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    postal_code = models.CharField(max_length=20)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    vat_id = models.CharField("VAT number", max_length=20, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    register = models.CharField(max_length=120, blank=True, help_text="Court and number, as letters must say.")
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    bank_name = models.CharField(max_length=80, blank=True)
    creditor_id = models.CharField("SEPA creditor identifier", max_length=35, blank=True)
    invoice_prefix = models.CharField(max_length=10, default="R")
    credit_prefix = models.CharField(max_length=10, default="G")
    receipt_prefix = models.CharField(max_length=10, default="B")
    payment_days = models.PositiveSmallIntegerField(default=14)
    cash_step = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    exemption_reason = models.CharField(max_length=200, blank=True)
    dunning = models.JSONField(default=list, blank=True)
    return_fee = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    footer = models.TextField(blank=True, help_text="At the foot of each document.")
    time_zone = models.CharField(max_length=64, default="Europe/Berlin", help_text="In which its days begin.")
    language = models.CharField(max_length=8, default="en")

    objects = IssuerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="issuer_name_once")]

    def __str__(self) -> str:
        return self.name


class SiteTerms(models.Model):
    """Who bills the charging at a site, and what its owner gets of it.

    ``share_percent`` of the net revenue of energy, time and idle fees, and ``share_per_kwh`` net for each kWh.
    """

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="terms")
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="sites")
    owner_name = models.CharField(max_length=120, blank=True)
    owner_address = models.TextField(blank=True)
    owner_email = models.EmailField(blank=True)
    share_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    share_per_kwh = models.DecimalField(max_digits=8, decimal_places=4, default=0)

    objects = IssuerPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share_percent__range=(0, 100), share_per_kwh__gte=0), name="site_terms_share_sane"
            )
        ]

    def __str__(self) -> str:
        return f"{self.site}: {self.issuer}"


class InvoiceSeries(models.Model):
    """The counter behind the numbers of one issuer, kind and year; locked by whoever takes a number."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="series")
    kind = models.CharField(max_length=12, choices=InvoiceKind)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "kind", "year"], name="invoice_series_once")]

    def __str__(self) -> str:
        return f"{self.issuer} {self.kind} {self.year}"


class BillingPeriod(models.Model):
    """A month (or another stretch of days) of one issuer: ``[start_date, end_date)`` on the clocks of its sites."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="periods")
    start_date = models.DateField()
    end_date = models.DateField()
    state = models.CharField(max_length=8, choices=PeriodState, default=PeriodState.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = IssuerPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "start_date"], name="billing_period_once"),
            models.CheckConstraint(
                condition=models.Q(end_date__gt=models.F("start_date")), name="billing_period_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start_date:%B %Y}"
