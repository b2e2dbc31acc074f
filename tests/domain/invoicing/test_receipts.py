from dataclasses import replace
from decimal import Decimal

import pytest

from apps.invoicing.models import BilledSession, Invoice, InvoiceLine
from apps.invoicing.services.receipts import UnableToReceipt, issue_receipt
from apps.tariffs.services.tariffs import create_tariff
from tests.factories.billing import (
    BillingAccountFactory,
    CdrFactory,
    InvoiceFactory,
    IssuerFactory,
    VehicleFactory,
    breakdown_line,
)
from tests.factories.chargers import NOON
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import simple_tariff

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer(voltwerk):
    return IssuerFactory(organisation=voltwerk)


@pytest.fixture
def guest(voltwerk):
    return BillingAccountFactory(organisation=voltwerk, kind="guest")


@pytest.fixture
def cdr_at(harbour):
    def make(**values):
        return CdrFactory(session__station__site=harbour, account=None, **values)

    return make


def receipt_for(guest, issuer, *cdrs, actor=None) -> Invoice | None:
    return issue_receipt(
        account=guest, issuer=issuer, session_ids=[cdr.session_id for cdr in cdrs], actor=actor, at=NOON
    )


def test_a_stay_is_billed_at_once(guest, issuer, cdr_at):
    cdr = cdr_at(session__station__identity="CP-1")
    receipt = receipt_for(guest, issuer, cdr)
    assert (receipt.kind, receipt.number, receipt.state) == ("receipt", "B2026-000001", "issued")
    assert (receipt.net, receipt.tax, receipt.payable) == (Decimal("4.00"), Decimal("0.76"), Decimal("4.76"))
    line = InvoiceLine.objects.get()
    assert (line.description, line.details) == (
        "Charging at Harbour, CP-1: energy",
        f"{NOON:%-d %b %Y} {NOON.hour:02}:00 to {NOON.hour + 1:02}:00 CET, 10 kWh",
    )
    assert (line.quantity, line.unit, line.unit_price) == (Decimal("10.0000"), "KWH", Decimal("0.400000"))
    assert (line.cdr, line.session, line.energy_wh) == (cdr, cdr.session, 10_000)


def test_a_repeat_leads_to_the_same_receipt(guest, issuer, cdr_at):
    cdr = cdr_at()
    assert receipt_for(guest, issuer, cdr) == receipt_for(guest, issuer, cdr)
    assert Invoice.objects.count() == BilledSession.objects.count() == 1


def test_two_rates_of_tax_make_two_lines(guest, issuer, cdr_at):
    lines = [
        breakdown_line(net="4.004"),
        breakdown_line("energy", billed="2000", price="0.50", net="1"),
        breakdown_line("idle", billed="1800", price="3", net="1.505", vat="7"),
    ]
    receipt = receipt_for(guest, issuer, cdr_at(breakdown_lines=lines))
    rows = InvoiceLine.objects.values_list("vat_percent", "net", "unit", "unit_price", "energy_wh", "description")
    assert [row[:5] for row in rows.order_by("position")] == [
        (Decimal("19.00"), Decimal("5.00"), "C62", Decimal("5.00"), 10_000),
        (Decimal("7.00"), Decimal("1.51"), "C62", Decimal("1.51"), 0),
    ]
    assert [row[5].split(": ")[1] for row in rows.order_by("position")] == ["energy", "blocking after charging"]
    assert (receipt.tax, receipt.gross) == (Decimal("0.95") + Decimal("0.11"), Decimal("7.57"))


def test_prices_with_tax_are_rounded_gross(guest, issuer, harbour, cdr_at):
    content = replace(simple_tariff(per_kwh="0.59", vat="19"), tax_included=True)
    version = create_tariff(
        organisation=harbour.organisation, name="Gross", content=content, valid_from=NOON, actor=None
    )
    line = breakdown_line(billed="12345", price="0.59", net="6.120714285714")  # 12.345 kWh × 0.59 = 7.28355 gross
    receipt = receipt_for(guest, issuer, cdr_at(tariff_version=version, breakdown_lines=[line]))
    assert (receipt.net, receipt.tax, receipt.gross) == (Decimal("6.12"), Decimal("1.16"), Decimal("7.28"))
    row = InvoiceLine.objects.get()
    assert (row.gross, row.unit_price) == (Decimal("7.28"), Decimal("0.495798"))


def test_an_issuer_without_vat_charges_none(guest, voltwerk, cdr_at):
    issuer = IssuerFactory(organisation=voltwerk, exemption_reason="Small business")
    receipt = receipt_for(guest, issuer, cdr_at())
    assert (receipt.net, receipt.tax) == (Decimal("4.00"), Decimal("0.00"))
    assert receipt.taxes.get().vat_category == "E"


def test_what_costs_nothing_gets_no_receipt(guest, issuer, cdr_at):
    cdr = cdr_at(breakdown_lines=[breakdown_line(price=None, net="0", vat=None)])
    assert receipt_for(guest, issuer, cdr) is None
    assert not Invoice.objects.exists()


def test_whose_cost_it_is_stands_on_the_line(guest, issuer, cdr_at):
    vehicle = VehicleFactory(account=guest, label="Van 3", department="Post", depot="North")
    receipt_for(guest, issuer, cdr_at(vehicle=vehicle))
    assert InvoiceLine.objects.get().allocation == {"vehicle": "Van 3", "department": "Post", "depot": "North"}


def test_what_is_not_rated_or_elsewhere_is_refused(guest, issuer, cdr_at, harbour):
    unrated = SessionFactory(station__site=harbour)
    with pytest.raises(UnableToReceipt, match="not priced"):
        issue_receipt(account=guest, issuer=issuer, session_ids=[unrated.pk], actor=None, at=NOON)
    billed = cdr_at()
    BilledSession.objects.create(session=billed.session, cdr=billed, invoice=InvoiceFactory(issuer=issuer))
    with pytest.raises(UnableToReceipt, match="another bill"):
        receipt_for(guest, issuer, billed)
    with pytest.raises(UnableToReceipt, match="several currencies"):
        receipt_for(guest, issuer, cdr_at(), cdr_at(currency="GBP"))
    assert not Invoice.objects.filter(kind="receipt").exists()
