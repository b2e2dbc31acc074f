"""Invoices and runs over the API: whole, within one's organisation, read only."""

import pytest

from apps.invoicing.models import BillingItem, BillingRun
from tests.api.conftest import rows_of
from tests.factories.billing import InvoiceFactory, IssuerFactory, PeriodFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(voltwerk, rival):
    InvoiceFactory(issuer=IssuerFactory(organisation=rival), number="X1")
    invoice = InvoiceFactory(issuer=IssuerFactory(organisation=voltwerk), number="R1", seller={"name": "Voltwerk"})
    run = BillingRun.objects.create(period=PeriodFactory(issuer=invoice.issuer))
    BillingItem.objects.create(run=run, account=invoice.account, invoice=invoice)
    return invoice


def test_an_invoice_comes_with_lines_taxes_and_parties(as_person, invoice):
    api = as_person("finn")
    (row,) = rows_of(api.get("/api/v1/invoices/"))
    assert (row["number"], row["payable"], "lines" in row) == ("R1", "119.00", False)
    whole = api.get(f"/api/v1/invoices/{invoice.pk}/").json()
    assert [(line["net"], line["unit"], line["vat_percent"]) for line in whole["lines"]] == [("100.00", "KWH", "19.00")]
    assert whole["taxes"] == [{"vat_category": "S", "vat_percent": "19.00", "taxable": "100.00", "tax": "19.00"}]
    assert whole["seller"] == {"name": "Voltwerk"}


@pytest.mark.parametrize("resource", ["invoices", "billing-runs", "billing-items"])
@pytest.mark.parametrize(("person", "status"), [("finn", 200), ("sue", 200), ("sam", 403), ("rita", 403)])
def test_who_keeps_the_books_reads_them(as_person, invoice, resource, person, status):
    response = as_person(person).get(f"/api/v1/{resource}/")
    assert response.status_code == status
    if status == 200:
        assert len(rows_of(response)) == 1


@pytest.mark.parametrize("resource", ["invoices", "billing-runs", "billing-items"])
def test_nothing_is_written_here(as_person, invoice, resource):
    assert as_person("finn").post(f"/api/v1/{resource}/", {}).status_code == 405


@pytest.mark.parametrize(
    ("query", "numbers"), [("state=issued", ["R1"]), ("state=paid", []), ("issued_before=2026-04-02", [])]
)
def test_invoices_are_filtered(as_person, invoice, query, numbers):
    assert [row["number"] for row in rows_of(as_person("finn").get(f"/api/v1/invoices/?{query}"))] == numbers
