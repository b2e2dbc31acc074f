"""Who pays: billing accounts, their vehicles and plans."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.drivers.choices import AccountKind, PayBy
from apps.drivers.querysets import BillingAccountQuerySet, VehicleQuerySet
from apps.sites.models import Site
from apps.tariffs.models import MembershipPlan


class BillingAccount(models.Model):
    """A customer: the one whom bills are made out to. Several drivers (a family, a fleet) may charge on one account.

    ``user`` is the person who sees the account's bills in ``/my/``; drivers see their own charging only.
    ``home_site`` says whose invoices it gets where it charges at several sites of one issuer.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="billing_accounts")
    number = models.CharField(max_length=20, help_text="The customer number on bills.")
    kind = models.CharField(max_length=10, choices=AccountKind, default=AccountKind.RESIDENT)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="billing_accounts"
    )
    home_site = models.ForeignKey(
        Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="billing_accounts"
    )
    name = models.CharField(max_length=120)
    contact = models.CharField("attention", max_length=120, blank=True)
    email = models.EmailField(blank=True)
    street = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    vat_id = models.CharField("VAT number", max_length=20, blank=True)
    buyer_reference = models.CharField(
        max_length=60, blank=True, help_text="What the customer wants to read on bills: order number, Leitweg-ID."
    )
    language = models.CharField(max_length=8, blank=True)
    pay_by = models.CharField(max_length=12, choices=PayBy, default=PayBy.TRANSFER)
    sends_mail = models.BooleanField("bills by e-mail", default=True)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = BillingAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="billing_account_number_once"),
        ]
        indexes = [models.Index(fields=["organisation", "name"], name="billing_account_by_name")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Vehicle(models.Model):
    """A car or van of an account; a fleet's costs are told apart by department, depot and route."""

    account = models.ForeignKey(BillingAccount, on_delete=models.CASCADE, related_name="vehicles")
    label = models.CharField(max_length=60)
    plate = models.CharField(max_length=20, blank=True)
    evcc_id = models.CharField("EVCC id", max_length=40, blank=True, help_text="By which the car itself is known.")
    battery_wh = models.PositiveIntegerField("battery (Wh)", null=True, blank=True)
    department = models.CharField(max_length=60, blank=True)
    depot = models.CharField(max_length=60, blank=True)
    route = models.CharField(max_length=60, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "label"], name="vehicle_label_once")]

    def __str__(self) -> str:
        return self.label


class PlanSubscription(models.Model):
    """An account has a membership plan in ``[from_date, until_date)``, counted in the site's days."""

    account = models.ForeignKey(BillingAccount, on_delete=models.CASCADE, related_name="subscriptions")
    plan = models.ForeignKey(MembershipPlan, on_delete=models.PROTECT, related_name="subscriptions")
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_date=None) | models.Q(until_date__gt=models.F("from_date")),
                name="plan_subscription_forward",
            ),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(until_date=None), name="plan_subscription_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} for {self.account}"
