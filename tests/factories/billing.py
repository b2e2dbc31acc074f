"""Customers, issuers, priced sessions and invoices as rows."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.drivers.models import BillingAccount, Vehicle
from apps.invoicing.models import (
    BillingPeriod,
    DummyPayment,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Issuer,
    Payment,
    PaymentMethod,
    SiteTerms,
)
from apps.sessions.models import ChargeDetailRecord
from tests.factories.chargers import NOON
from tests.factories.places import OrganisationFactory, SiteFactory
from tests.factories.sessions import SessionFactory


class BillingAccountFactory(DjangoModelFactory):
    class Meta:
        model = BillingAccount

    organisation = factory.SubFactory(OrganisationFactory)
    number = factory.Sequence(lambda n: f"K{n:05}")
    name = factory.Sequence(lambda n: f"Customer {n}")
    email = factory.Sequence(lambda n: f"customer{n}@example.com")
    street = "Lindenweg 4"
    postal_code = "10115"
    city = "Berlin"
    country = "DE"


class VehicleFactory(DjangoModelFactory):
    class Meta:
        model = Vehicle

    account = factory.SubFactory(BillingAccountFactory)
    label = factory.Sequence(lambda n: f"Van {n}")


class IssuerFactory(DjangoModelFactory):
    class Meta:
        model = Issuer

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Stadtstrom {n} GmbH")
    street = "Hauptstraße 1"
    postal_code = "10117"
    city = "Berlin"
    country = "DE"
    vat_id = "DE123456788"
    email = "billing@example.com"
    phone = "+49 30 1234567"
    contact = "Billing"
    iban = "DE89370400440532013000"
    bic = "COBADEFFXXX"
    creditor_id = "DE98ZZZ09999999999"


class SiteTermsFactory(DjangoModelFactory):
    """The issuer of the site's own organisation."""

    class Meta:
        model = SiteTerms

    site = factory.SubFactory(SiteFactory)
    issuer = factory.SubFactory(IssuerFactory, organisation=factory.SelfAttribute("..site.organisation"))


class PeriodFactory(DjangoModelFactory):
    """March 2026."""

    class Meta:
        model = BillingPeriod

    issuer = factory.SubFactory(IssuerFactory)
    start_date = date(2026, 3, 1)
    end_date = date(2026, 4, 1)


def breakdown_line(kind="energy", *, billed="10000", price="0.40", net="4", vat: str | None = "19") -> dict:
    """A line as a breakdown keeps it; ``billed`` in Wh or s, tax on top of ``net``."""
    tax = Decimal(net) * Decimal(vat or 0) / 100
    return {
        "kind": kind, "from_at": (NOON - timedelta(hours=1)).isoformat(), "until_at": NOON.isoformat(),
        "measured": billed, "billed": billed, "unit_price": price, "vat_percent": vat, "net": net, "tax": str(tax),
        "gross": str(Decimal(net) + tax), "tariff_id": "t", "tariff_version": 1, "element_index": 0,
        "component_index": 0, "imputed": False, "why": "",
    }  # fmt: skip


def _breakdown(cdr) -> dict:
    """As ``tariffs.engine.breakdown_json`` writes it."""
    return {
        "currency": cdr.currency, "started_at": cdr.started_at.isoformat(), "ended_at": cdr.ended_at.isoformat(),
        "energy_wh": str(cdr.energy_wh), "lines": cdr.breakdown_lines, "taxes": [], "totals": [], "net": str(cdr.net),
        "tax": str(cdr.tax), "gross": str(cdr.gross), "limit_applied": None, "warnings": [],
    }  # fmt: skip


class CdrFactory(DjangoModelFactory):
    """10 kWh in an hour before ``NOON``: 4.00 net and 19 % VAT, 4.76 gross. ``breakdown_lines`` says what else."""

    class Meta:
        model = ChargeDetailRecord

    class Params:
        breakdown_lines = factory.LazyFunction(lambda: [breakdown_line()])

    session = factory.SubFactory(
        SessionFactory, state="ended", started_at=NOON - timedelta(hours=1), ended_at=NOON, energy_wh=10_000
    )
    version = 1
    site = factory.SelfAttribute("session.site")
    account = factory.SubFactory(
        BillingAccountFactory, organisation=factory.SelfAttribute("..session.site.organisation")
    )
    started_at = factory.SelfAttribute("session.started_at")
    ended_at = factory.SelfAttribute("session.ended_at")
    end_date = factory.LazyAttribute(lambda cdr: cdr.ended_at.date())
    energy_wh = factory.SelfAttribute("session.energy_wh")
    currency = factory.SelfAttribute("session.currency")
    net = factory.LazyAttribute(lambda cdr: sum(Decimal(line["net"]) for line in cdr.breakdown_lines))
    tax = factory.LazyAttribute(lambda cdr: sum(Decimal(line["tax"]) for line in cdr.breakdown_lines))
    gross = factory.LazyAttribute(lambda cdr: cdr.net + cdr.tax)
    breakdown = factory.LazyAttribute(_breakdown)


class InvoiceFactory(DjangoModelFactory):
    """A draft over 100.00 net with 19 % VAT, its line and its tax group; ``number=…`` makes it an issued one."""

    class Meta:
        model = Invoice
        skip_postgeneration_save = True

    issuer = factory.SubFactory(IssuerFactory)
    account = factory.SubFactory(BillingAccountFactory, organisation=factory.SelfAttribute("..issuer.organisation"))
    start_date = date(2026, 3, 1)
    end_date = date(2026, 4, 1)
    currency = "EUR"
    net = Decimal("100.00")
    tax = Decimal("19.00")
    gross = Decimal("119.00")
    payable = Decimal("119.00")
    open_amount = factory.SelfAttribute("payable")

    @classmethod
    def _create(cls, model_class, *args, number=None, **values):
        state = values.pop("state", "issued" if number else "draft")
        invoice = model_class.objects.create(**values)
        InvoiceLine.objects.create(
            invoice=invoice, position=1, kind="session", description="Charging", supplied_on=date(2026, 3, 12),
            quantity=Decimal("250.0000"), unit="KWH", unit_price=Decimal("0.400000"), net=invoice.net,
            vat_percent=Decimal("19.00"), energy_wh=250_000,
        )  # fmt: skip
        InvoiceTax.objects.create(
            invoice=invoice, vat_category="S", vat_percent=Decimal("19.00"), taxable=invoice.net, tax=invoice.tax
        )
        if number:
            invoice.number, invoice.state = number, state
            invoice.issued_on, invoice.due_on, invoice.issued_at = date(2026, 4, 2), date(2026, 4, 16), NOON
            invoice.save()
        return invoice


class PaymentFactory(DjangoModelFactory):
    """119.00 captured by bank transfer."""

    class Meta:
        model = Payment

    issuer = factory.SubFactory(IssuerFactory)
    account = factory.SubFactory(BillingAccountFactory, organisation=factory.SelfAttribute("..issuer.organisation"))
    kind = "transfer"
    provider = "bank"
    key = factory.Sequence(lambda n: f"payment-{n}")
    state = "captured"
    currency = "EUR"
    amount = Decimal("119.00")
    captured_amount = Decimal("119.00")


class DummyPaymentFactory(DjangoModelFactory):
    """50.00 to be held, on the page of the dummy provider."""

    class Meta:
        model = DummyPayment

    ref = factory.Sequence(lambda n: f"dummy_{n}")
    key = factory.Sequence(lambda n: f"dummy-key-{n}")
    currency = "EUR"
    amount = Decimal("50.00")
    captures_at_once = False
    phase = "pending"
    created_at = NOON


class PaymentMethodFactory(DjangoModelFactory):
    """A card kept by the dummy provider; ``provider_ref="decline"`` is declined."""

    class Meta:
        model = PaymentMethod

    account = factory.SubFactory(BillingAccountFactory)
    kind = "card"
    provider = "dummy"
    provider_ref = factory.Sequence(lambda n: f"card_{n}")
    label = "Trial card •••• 4242"
