from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import AuditEntry, OutboxEvent
from apps.invoicing.models import Invoice, InvoiceSeries, LedgerEntry
from apps.invoicing.services.issuing import UnableToIssue, issue, issue_all
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 2)


@pytest.fixture
def issuer():
    return IssuerFactory(invoice_prefix="R", credit_prefix="G", receipt_prefix="B", payment_days=14)


def test_a_draft_becomes_an_invoice_with_number_reference_parties_and_dates(issuer):
    draft = InvoiceFactory(issuer=issuer, account__name="Rita Rieger")
    issue(invoice_id=draft.pk, issued_on=TODAY, actor=None, at=NOON)
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.state, invoice.sequence) == ("R2026-000001", "issued", 1)
    assert invoice.payment_reference == "RF17R2026000001"
    assert (invoice.issued_on, invoice.due_on, invoice.issued_at) == (TODAY, date(2026, 4, 16), NOON)
    assert invoice.seller["name"] == issuer.name
    assert invoice.buyer["name"] == "Rita Rieger"


def test_issuing_again_changes_nothing(issuer):
    draft = InvoiceFactory(issuer=issuer)
    for _ in range(2):
        invoice = issue(invoice_id=draft.pk, issued_on=TODAY, actor=None, at=NOON)
        assert invoice.number == "R2026-000001"
    assert InvoiceSeries.objects.get().last_number == 1
    assert LedgerEntry.objects.count() == 2
    assert OutboxEvent.objects.filter(name="invoice.issued").count() == 1


def test_numbers_have_no_gaps_per_issuer_kind_and_year(issuer):
    other = IssuerFactory()
    drafts = [InvoiceFactory(issuer=one) for one in (issuer, other, issuer)]
    drafts.append(InvoiceFactory(issuer=issuer, kind="receipt"))
    issue_all(invoice_ids=[draft.pk for draft in drafts], issued_on=TODAY, at=NOON)
    late = InvoiceFactory(issuer=issuer)
    issue(invoice_id=late.pk, issued_on=date(2027, 1, 1), actor=None, at=NOON)
    numbers = Invoice.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["R2026-000001", "R2026-000001", "R2026-000002", "B2026-000001", "R2027-000001"]


def test_a_receipt_is_due_at_once(issuer):
    draft = InvoiceFactory(issuer=issuer, kind="receipt")
    assert issue(invoice_id=draft.pk, issued_on=TODAY, actor=None, at=NOON).due_on == TODAY


def test_nothing_to_pay_is_paid(issuer):
    draft = InvoiceFactory(issuer=issuer, net=0, tax=0, gross=0, payable=0)
    issue(invoice_id=draft.pk, issued_on=TODAY, actor=None, at=NOON)
    assert Invoice.objects.get().state == "paid"
    assert not LedgerEntry.objects.exists()
    assert list(OutboxEvent.objects.order_by("id").values_list("name", flat=True)) == ["invoice.issued", "invoice.paid"]


def test_one_discarded_draft_stops_them_all(issuer):
    drafts = [InvoiceFactory(issuer=issuer), InvoiceFactory(issuer=issuer)]
    Invoice.objects.filter(pk=drafts[1].pk).update(state="discarded")
    with pytest.raises(UnableToIssue):
        issue_all(invoice_ids=[draft.pk for draft in drafts], issued_on=TODAY, at=NOON)
    assert not Invoice.objects.exclude(number=None).exists()
    assert not InvoiceSeries.objects.exists()


def test_who_issued_by_hand_is_noted(issuer, ada):
    draft = InvoiceFactory(issuer=issuer)
    issue(invoice_id=draft.pk, issued_on=TODAY, actor=ada, at=NOON)
    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.object_id) == ("invoice.issued", ada, draft.pk)


def test_rounding_to_the_coin_is_booked(issuer):
    draft = InvoiceFactory(issuer=issuer, net="100.00", tax="19.02", gross="119.02", rounding="-0.02", payable="119.00")
    issue(invoice_id=draft.pk, issued_on=TODAY, actor=None, at=NOON)
    rows = LedgerEntry.objects.order_by("id").values_list("debit__kind", "credit__kind", "amount")
    assert list(rows) == [
        ("receivable", "revenue", Decimal("100.00")),
        ("receivable", "vat", Decimal("19.02")),
        ("rounding", "receivable", Decimal("0.02")),
    ]


def test_the_statements_do_not_grow_with_the_invoices(issuer, django_assert_num_queries):
    def drafts(how_many: int) -> list[int]:
        accounts = BillingAccountFactory.create_batch(how_many, organisation=issuer.organisation, pay_by="direct_debit")
        return [InvoiceFactory(issuer=issuer, account=account).pk for account in accounts]

    issue_all(invoice_ids=drafts(1), issued_on=TODAY, at=NOON)
    few, many = drafts(2), drafts(40)
    with CaptureQueriesContext(connection) as needed:
        issue_all(invoice_ids=few, issued_on=TODAY, at=NOON)
    with django_assert_num_queries(len(needed)):
        issue_all(invoice_ids=many, issued_on=TODAY, at=NOON)
