"""Invoices, what is not billed and what is not paid, in the portal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.invoicing.models import Invoice, InvoiceLine
from apps.invoicing.services.issuing import issue
from tests.factories.billing import BillingAccountFactory, CdrFactory, InvoiceFactory, IssuerFactory, SiteTermsFactory
from tests.factories.chargers import NOON
from tests.factories.drivers import DriverFactory
from tests.factories.sessions import SessionFactory
from tests.factories.tariffs import tariff_at
from tests.portal.pages import reason_of, rows, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_documents")]


@pytest.fixture
def invoice(issuer):
    draft = InvoiceFactory(issuer=issuer, account__name="Rita Rieger", account__number="K1")
    return issue(invoice_id=draft.pk, issued_on=timezone.localdate(), actor=None, at=timezone.now())


def panel(client, invoice, key: str) -> str:
    return client.get(reverse("portal:invoice", args=[invoice.pk]), {"panel": key}).content.decode()


def test_the_list_shows_whose_bill_it_is_and_what_is_open(client, finn, invoice):
    client.force_login(finn)
    (row,) = rows(client.get(reverse("portal:invoices")).content.decode())
    assert row[:4] == [invoice.number, "Invoice", "Open", "K1 Rita Rieger"]
    assert row[-2:] == ["119.00 EUR", "119.00 EUR"]


@pytest.mark.parametrize("route", ["invoices", "billing-runs", "unbilled", "open-items"])
def test_lists_show_nothing_of_others(client, otto, invoice, run, harbour, route):
    SessionFactory(station__site=harbour, state="ended", ended_at=NOON, is_billable=True)
    client.force_login(otto)
    assert rows(client.get(reverse(f"portal:{route}")).content.decode()) == []


def test_lines_lead_to_the_session_that_is_their_evidence(client, finn, run):
    invoice = Invoice.objects.get(account__number="Rita")
    client.force_login(finn)
    html = panel(client, invoice, "lines")
    line = InvoiceLine.objects.get(invoice=invoice)
    assert reverse("portal:session", args=[line.session_id]) in html
    ((number, text, *amounts),) = rows(html)
    assert (number, amounts) == ("1", ["10 kWh", "0.40", "19 %", "4.00 EUR"])
    assert text.startswith("Charging at Harbour, CP-1: energy")


def test_panels_say_taxes_books_and_payments(client, finn, invoice):
    client.force_login(finn)
    assert rows(panel(client, invoice, "taxes")) == [["19 %, standard rate", "100.00 EUR", "19.00 EUR"]]
    assert [row[-1] for row in rows(panel(client, invoice, "books"))] == ["100.00 EUR", "19.00 EUR"]
    assert "Nothing was paid yet; 119.00 EUR are open." in words(panel(client, invoice, "payments"))


def test_a_bill_is_credited_and_shows_the_note(client, finn, invoice):
    client.force_login(finn)
    response = client.post(reverse("portal:invoice-credit", args=[invoice.pk]), {"reason": "Wrong customer"})
    assert response.status_code == 302
    note = Invoice.objects.get(kind="credit_note")
    assert (note.reason, note.corrects) == ("Wrong customer", invoice)
    html = client.get(reverse("portal:invoice", args=[invoice.pk])).content.decode()
    assert f"Credited by {note.number}" in words(html)
    assert reason_of(html, "Credit") == "It is credited already."


def test_a_draft_of_a_run_is_discarded(client, finn, run):
    invoice = Invoice.objects.get(account__number="Rita")
    client.force_login(finn)
    client.post(reverse("portal:invoice-discard", args=[invoice.pk]))
    invoice.refresh_from_db()
    assert invoice.state == "discarded"
    assert run.items.get(account__number="Rita").is_left_out


def test_unbilled_charging_says_why(client, finn, voltwerk, harbour, linden_court):
    SiteTermsFactory(site=harbour, issuer=IssuerFactory(organisation=voltwerk))
    tariff = tariff_at(harbour)
    driver = DriverFactory(organisation=voltwerk, account=BillingAccountFactory(organisation=voltwerk))
    ended = {"state": "ended", "is_billable": True, "driver": driver, "ended_at": NOON + timedelta(hours=1)}

    def session(name: str, site=harbour, **changes):
        values = {"station__site": site, "transaction_id": name, "tariff_version": tariff} | ended | changes
        return SessionFactory(**values)

    session("no tariff", tariff_version=None)
    session("not rated")
    for name, site, changes in (
        ("review", harbour, {"state": "review"}), ("nobody", harbour, {}), ("no issuer", linden_court, {}),
        ("next", harbour, {}),
    ):  # fmt: skip
        CdrFactory(session=session(name, site, **changes), account=None if name == "nobody" else driver.account)
    session("free", free_of_charge=True)
    client.force_login(finn)
    found = {row[2]: row[1] for row in rows(client.get(reverse("portal:unbilled")).content.decode())}
    assert found == {
        "review": "Waits for a review", "no tariff": "No tariff applied", "not rated": "Not priced yet",
        "nobody": "Nobody pays for this driver", "no issuer": "Nobody bills at this site",
        "next": "Comes with the next run",
    }  # fmt: skip


def test_open_items_are_told_apart_by_age(client, finn, issuer):
    account = BillingAccountFactory(organisation=issuer.organisation, number="K1", name="Rita")
    today = timezone.localdate()
    for days in (-1, 0, 1, 30, 31, 60, 61, 90, 91):
        draft = InvoiceFactory(issuer=issuer, account=account, net=10, tax=0, gross=10, payable=10)
        issued_on = today - timedelta(days=days + issuer.payment_days)
        issue(invoice_id=draft.pk, issued_on=issued_on, actor=None, at=timezone.now())
    other = InvoiceFactory(issuer=IssuerFactory(organisation=issuer.organisation), account=account)
    issue(invoice_id=other.pk, issued_on=today, actor=None, at=timezone.now())
    Invoice.objects.filter(due_on=today).update(open_amount=Decimal("2.50"))
    client.force_login(finn)
    first, second = rows(client.get(reverse("portal:open-items")).content.decode())
    assert first[2:-1] == ["9", "12.50 EUR", "20.00 EUR", "20.00 EUR", "20.00 EUR", "10.00 EUR", "82.50 EUR"]
    assert (second[0], second[2], second[3]) == ("K1 Rita", "1", "119.00 EUR")


@pytest.mark.parametrize("route", ["invoices", "billing-runs", "unbilled", "open-items"])
def test_lists_are_exported(client, finn, invoice, run, harbour, route):
    SessionFactory(station__site=harbour, state="ended", ended_at=NOON, is_billable=True)
    client.force_login(finn)
    response = client.get(reverse(f"portal:{route}"), {"export": "csv"})
    assert len(b"".join(response.streaming_content).splitlines()) > 1
