"""What stands on the bills of a period: which sessions, from which day, with which plan."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apps.drivers.models import PlanSubscription
from apps.invoicing.models import BilledSession, Invoice, InvoiceLine
from apps.invoicing.services.periods import close_period, open_month
from apps.sessions.models import ChargeDetailRecord
from apps.tariffs.models import MembershipPlan
from tests.domain.invoicing.runs.conftest import APRIL
from tests.factories.billing import SiteTermsFactory, breakdown_line
from tests.factories.drivers import DriverFactory
from tests.factories.places import SiteFactory
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import tariff_at
from tests.support.billing import quiet_documents  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_documents")]
MAY = APRIL.replace(month=5)


def lines(invoice: Invoice) -> list[tuple]:
    return list(invoice.lines.order_by("position").values_list("kind", "net", "vat_percent"))


@pytest.fixture
def plan(voltwerk):
    def make(account, *, from_date=date(2026, 1, 1), until_date=None, **values):
        fields = {"name": "Home", "currency": "EUR", "monthly_fee": 31, "vat_percent": 19} | values
        plan = MembershipPlan.objects.create(organisation=voltwerk, **fields)
        return PlanSubscription.objects.create(account=account, plan=plan, from_date=from_date, until_date=until_date)

    return make


def test_a_session_belongs_to_the_month_of_its_end(march, april, resident, charged, bill):
    account = resident()
    over_month_end = charged(account, ended_at=datetime(2026, 4, 1, 0, 30, tzinfo=UTC), hours=3)
    charged(account)
    bill(march)
    close_period(period=march, actor=None, at=APRIL)
    bill(april, at=MAY, issued_on=date(2026, 5, 2))
    assert [invoice.billed_sessions.count() for invoice in Invoice.objects.order_by("pk")] == [1, 1]
    assert BilledSession.objects.get(invoice__period=april).session == over_month_end.session


def test_late_sessions_come_with_the_next_bill_with_their_own_tax(march, april, resident, charged, bill):
    account = resident()
    bill(march)
    close_period(period=march, actor=None, at=APRIL)
    charged(account, breakdown_lines=[breakdown_line(vat="16")])
    charged(account, ended_at=APRIL)
    bill(april, at=MAY, issued_on=date(2026, 5, 2))
    assert lines(Invoice.objects.get()) == [
        ("late_session", Decimal("4.00"), Decimal("16.00")), ("session", Decimal("4.00"), Decimal("19.00")),
    ]  # fmt: skip


def test_what_costs_nothing_is_told_but_makes_no_bill(march, resident, charged, bill):
    free = [breakdown_line(price=None, net="0", vat=None)]
    account, guest = resident(), resident()
    charged(account, breakdown_lines=free)
    charged(account)
    charged(guest, breakdown_lines=free)
    bill(march)
    invoice = Invoice.objects.get()
    assert invoice.account == account
    assert lines(invoice) == [("session", Decimal("0.00"), Decimal("0.00")), ("session", Decimal("4.00"), 19)]
    assert "free of charge" in invoice.lines.order_by("position").first().description


def test_a_session_that_was_not_rated_is_rated_first(march, resident, harbour, bill):
    tariff = tariff_at(harbour, per_kwh="0.50", vat="19")
    driver = DriverFactory(organisation=harbour.organisation, account=resident())
    SessionFactory(
        station__site=harbour, state="ended", driver=driver, is_billable=True, energy_wh=20_000, tariff_version=tariff,
        started_at=datetime(2026, 3, 3, 8, tzinfo=UTC), ended_at=datetime(2026, 3, 3, 9, tzinfo=UTC),
    )  # fmt: skip
    bill(march)
    assert ChargeDetailRecord.objects.get().net == Decimal("10.000000")
    assert Invoice.objects.get().net == Decimal("10.00")


def test_a_membership_costs_by_days(march, resident, plan, bill):
    whole, part = resident(), resident()
    plan(whole)
    plan(part, name="Short", from_date=date(2026, 3, 11), until_date=date(2026, 3, 21))
    bill(march)
    fees = InvoiceLine.objects.order_by("invoice").values_list("kind", "net", "details")
    assert list(fees) == [
        ("plan_fee", Decimal("31.00"), "1 Mar 2026 to 31 Mar 2026"),
        ("plan_fee", Decimal("10.00"), "11 Mar 2026 to 20 Mar 2026, 10 of 31 days"),
    ]


def test_a_membership_gives_free_energy_and_then_a_discount(march, resident, charged, plan, bill):
    account = resident()
    plan(account, monthly_fee=0, free_wh=15_000, discount_percent=10)
    charged(account)
    charged(account)
    bill(march)
    invoice = Invoice.objects.get()
    assert lines(invoice) == [
        ("session", Decimal("4.00"), 19), ("session", Decimal("4.00"), 19),
        ("discount", Decimal("-6.00"), 19), ("discount", Decimal("-0.20"), 19),
    ]  # fmt: skip
    assert (invoice.net, invoice.tax) == (Decimal("1.80"), Decimal("0.34"))


def test_energy_that_is_all_free_never_makes_a_negative_bill(march, resident, charged, plan, bill):
    account = resident()
    plan(account, monthly_fee=0, free_wh=1_000_000)
    for _ in range(3):
        charged(account, breakdown_lines=[breakdown_line(net="1.005")])
    bill(march)
    invoice = Invoice.objects.get()
    assert (invoice.net, invoice.state, invoice.number) == (0, "paid", "R2026-000001")


def test_each_issuer_bills_its_own_sites_and_the_plan_is_that_of_the_home(
    voltwerk, issuer, march, resident, charged, plan, bill
):
    elsewhere = SiteFactory(organisation=voltwerk, name="Elsewhere")
    SiteTermsFactory(site=elsewhere)
    account = resident()
    plan(account)
    charged(account)
    SessionFactory(station__site=elsewhere)
    bill(march)
    assert Invoice.objects.get().issuer == issuer
    assert [kind for kind, *_ in lines(Invoice.objects.get())] == ["session", "plan_fee"]


def test_each_currency_has_a_bill_of_its_own(march, resident, charged, bill):
    account = resident()
    charged(account)
    charged(account, currency="CHF")
    first = bill(march)
    assert [row["code"] for row in first.items.get().anomalies] == ["other_currency"]
    bill(march)
    assert sorted(Invoice.objects.values_list("currency", "net")) == [("CHF", 4), ("EUR", 4)]


@pytest.mark.parametrize(
    ("ended_at", "month"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), 3),  # the night to the day of 23 hours
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), 3),  # 23:59 in Berlin, which is on summer time by then
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), 4),
        (datetime(2026, 10, 31, 22, 59, tzinfo=UTC), 10),  # after the day of 25 hours
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), 11),
    ],
)
def test_months_end_at_midnight_of_the_site_also_when_clocks_change(issuer, resident, harbour, bill, ended_at, month):
    """Rated by the real service, so that the day is the site's."""
    tariff = tariff_at(harbour, per_kwh="0.50", vat="19")
    driver = DriverFactory(organisation=harbour.organisation, account=resident())
    SessionFactory(
        station__site=harbour, state="ended", driver=driver, is_billable=True, energy_wh=1_000, tariff_version=tariff,
        started_at=ended_at.replace(hour=12), ended_at=ended_at,
    )  # fmt: skip
    this = open_month(issuer=issuer, month=date(2026, ended_at.month, 5), actor=None)
    bill(this, at=datetime(2026, 12, 24, 12, tzinfo=UTC), issued_on=date(2026, 12, 24))
    assert Invoice.objects.filter(period=this).exists() is (month == ended_at.month)
