"""Statements: of a customer's account, of a site by unit, of the owner's share."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pypdf import PdfReader

from apps.invoicing.choices import LedgerKind
from apps.invoicing.documents.sheets import share_sheet, sheet_pdf, statement_sheet, units_sheet
from apps.invoicing.models import BilledSession, Invoice
from apps.invoicing.selectors.statements import account_statement, shares, use_by_unit
from apps.invoicing.services.ledger import Book, Transfer, book
from tests.factories.billing import BillingAccountFactory, CdrFactory, InvoiceFactory, IssuerFactory, SiteTermsFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db

MARCH = {"start_date": date(2026, 3, 1), "end_date": date(2026, 4, 1)}


def booked(issuer, account, amount: str, at: datetime, text: str) -> None:
    owed, revenue = Book(LedgerKind.RECEIVABLE, account), Book(LedgerKind.REVENUE)
    book(
        issuer=issuer, currency="EUR", at=at,
        transfers=[Transfer(f"{text}{at}", owed, revenue, Decimal(amount), text)],
    )  # fmt: skip


@pytest.fixture
def account():
    return BillingAccountFactory(name="Rita")


@pytest.fixture
def issuer(account):
    return IssuerFactory(organisation=account.organisation, time_zone="Europe/Berlin")


def test_a_statement_begins_with_what_was_open_and_ends_with_what_is(account, issuer):
    booked(issuer, account, "100.00", datetime(2026, 2, 2, 12, tzinfo=UTC), "Invoice 1")
    booked(issuer, account, "-60.00", datetime(2026, 3, 5, 12, tzinfo=UTC), "Payment")
    booked(issuer, account, "11.90", datetime(2026, 3, 6, 12, tzinfo=UTC), "Invoice 2")
    booked(issuer, account, "5.00", datetime(2026, 4, 2, 12, tzinfo=UTC), "Invoice 3")
    statement = account_statement(account=account, issuer=issuer, currency="EUR", **MARCH)
    assert statement.opening == Decimal("100.00")
    assert [(row.text, row.amount, row.balance) for row in statement.bookings] == [
        ("Payment", Decimal("-60.00"), Decimal("40.00")), ("Invoice 2", Decimal("11.90"), Decimal("51.90")),
    ]  # fmt: skip
    assert statement.closing == Decimal("51.90")


def test_its_days_are_those_of_the_issuer_s_clock(account, issuer):
    booked(issuer, account, "1.00", datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "On 1 March in Berlin")
    booked(issuer, account, "2.00", datetime(2026, 3, 31, 22, 30, tzinfo=UTC), "On 1 April in Berlin")
    statement = account_statement(account=account, issuer=issuer, currency="EUR", **MARCH)
    assert [(row.day, row.amount) for row in statement.bookings] == [(date(2026, 3, 1), Decimal("1.00"))]


def test_nobody_else_s_bookings_are_on_it(account, issuer):
    booked(issuer, BillingAccountFactory(organisation=account.organisation), "9.00", NOON, "Other")
    statement = account_statement(account=account, issuer=issuer, currency="EUR", **MARCH)
    assert (statement.bookings, statement.closing) == ([], Decimal("0.00"))


def record(site_of=None, *, day=date(2026, 3, 10), totals=None, **values):
    """A rated session of 10 kWh, 4.00 net of energy unless ``totals`` say else."""
    rows = [{"kind": kind, "net": net} for kind, net in (totals or {"energy": "4.00"}).items()]
    if site_of:
        values |= {"session__site": site_of.site, "session__station": site_of.session.station}
    return CdrFactory(end_date=day, breakdown={"totals": rows}, **values)


def test_units_add_what_each_customer_charged_in_the_month():
    first = record()
    record(first, account=first.account)
    other = record(first, account=None)
    record(first, day=date(2026, 4, 1))
    record(first, is_current=False, version=1)
    rows = use_by_unit(site=first.site, **MARCH)
    assert [(row.number, row.sessions, row.energy_wh, row.net, row.gross) for row in rows] == [
        (first.account.number, 2, 20_000, Decimal("8.00"), Decimal("9.52")),
        ("", 1, other.energy_wh, Decimal("4.00"), Decimal("4.76")),
    ]


APRIL = {"start_date": date(2026, 4, 1), "end_date": date(2026, 5, 1)}
"""When the factory's invoices are issued."""


def billed(cdr, terms, number: str = "R1") -> Invoice:
    invoice = InvoiceFactory(issuer=terms.issuer, account=cdr.account, number=number)
    BilledSession.objects.create(session=cdr.session, cdr=cdr, invoice=invoice)
    return invoice


@pytest.fixture
def terms():
    cdr = record(totals={"energy": "4.00", "idle": "1.00", "flat": "0.50", "limit": "0.25"})
    terms = SiteTermsFactory(
        site=cdr.site, owner_name="Hafen AG", share_percent=Decimal("10"), share_per_kwh=Decimal("0.0200")
    )
    billed(cdr, terms)
    return terms


def test_the_owner_gets_his_part_of_energy_and_time_but_not_of_fees(terms):
    (share,) = shares(terms=terms, **APRIL)
    assert (share.number, share.energy_wh, share.revenue) == ("R1", 10_000, Decimal("5.00"))
    assert share.share == Decimal("0.70")  # 10 % of 5.00, and 10 kWh at 0.02
    assert list(shares(terms=terms, **MARCH)) == []


def test_what_is_credited_is_taken_back(terms):
    invoice = Invoice.objects.get()
    InvoiceFactory(issuer=terms.issuer, account=invoice.account, number="G1", kind="credit_note", corrects=invoice)
    assert sum(share.share for share in shares(terms=terms, **APRIL)) == 0
    assert [share.number for share in shares(terms=terms, **APRIL)] == ["R1", "G1"]


def test_drafts_are_not_shared(terms):
    cdr = record(account=Invoice.objects.get().account)
    draft = InvoiceFactory(issuer=terms.issuer, account=cdr.account)
    BilledSession.objects.create(session=cdr.session, cdr=cdr, invoice=draft)
    assert len(list(shares(terms=terms, **APRIL))) == 1


def pages(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_share_on_paper_names_its_rule_and_its_sum(terms):
    text = pages(sheet_pdf(share_sheet(terms=terms, **APRIL), at=NOON))
    assert "Hafen AG" in text
    assert "Share 0.70 EUR" in text
    assert "10 % of the net revenue of energy and time, and 0.02 EUR per kWh" in text


def test_the_units_on_paper_add_up(terms):
    text = pages(sheet_pdf(units_sheet(terms=terms, **MARCH), at=NOON))
    assert "Total 1 10.000 4.00 4.76" in text


def test_a_site_where_nobody_charged_has_a_sheet_too():
    sheet = units_sheet(terms=SiteTermsFactory(), **MARCH)
    assert (sheet.rows, list(sheet.total)) == ([], ["", "Total", 0, 0, Decimal(0), Decimal(0)])


def test_a_statement_in_german(account, issuer):
    account.language = "de"
    booked(issuer, account, "1234.50", datetime(2026, 3, 5, 12, tzinfo=UTC), "R2026-1 net 19 %")
    sheet = statement_sheet(account=account, issuer=issuer, currency="EUR", **MARCH)
    text = pages(sheet_pdf(sheet, at=NOON))
    assert "Kontoauszug" in text
    assert "05.03.26 R2026-1 net 19 % 1.234,50 1.234,50" in text
