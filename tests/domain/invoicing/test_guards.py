"""What the database itself refuses: to change what was issued, booked or rated."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from apps.invoicing.choices import LedgerKind
from apps.invoicing.models import Invoice, InvoiceLine, InvoiceTax, LedgerEntry
from apps.invoicing.services.ledger import Book, Transfer, book, book_invoice
from apps.sessions.models import ChargeDetailRecord
from tests.factories.billing import CdrFactory, InvoiceFactory, IssuerFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db


def refused(do) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        do()
    return str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"net": "1.00", "gross": "20.00"},
        {"number": "R2"},
        {"number": None},
        {"buyer": {"name": "Eve"}},
        {"due_on": None},
    ],
)
def test_an_issued_invoice_states_what_it_stated(change):
    invoice = InvoiceFactory(number="R1")
    assert "never changed" in refused(lambda: Invoice.objects.filter(pk=invoice.pk).update(**change))
    assert (Invoice.objects.get().number, Invoice.objects.get().net) == ("R1", Decimal("100.00"))


def test_what_is_open_of_an_issued_invoice_changes():
    invoice = InvoiceFactory(number="R1")
    Invoice.objects.filter(pk=invoice.pk).update(open_amount=0, state="paid")
    assert Invoice.objects.get().state == "paid"


def test_an_issued_invoice_and_its_positions_are_not_removed():
    invoice = InvoiceFactory(number="R1")
    table, line = Invoice._meta.db_table, InvoiceLine._meta.db_table
    with connection.cursor() as cursor:
        assert "never changed" in refused(lambda: cursor.execute(f"DELETE FROM {line}"))
        assert "never changed" in refused(lambda: cursor.execute(f"UPDATE {line} SET net = 1"))
        assert "never removed" in refused(lambda: cursor.execute(f"DELETE FROM {table}"))
    more = InvoiceLine(invoice=invoice, position=2, supplied_on=NOON, quantity=1, unit_price=1, net=1, vat_percent=0)
    assert "never changed" in refused(more.save)


def test_a_draft_changes_and_goes():
    invoice = InvoiceFactory()
    InvoiceLine.objects.update(net=1)
    InvoiceTax.objects.all().delete()
    invoice.delete()
    assert not InvoiceLine.objects.exists()


def test_the_books_balance_and_stay():
    invoice = InvoiceFactory(number="R1")
    book_invoice(invoice=invoice, at=NOON)
    book_invoice(invoice=invoice, at=NOON)
    rows = LedgerEntry.objects.order_by("id").values_list("debit__kind", "credit__kind", "amount")
    assert list(rows) == [("receivable", "revenue", Decimal("100.00")), ("receivable", "vat", Decimal("19.00"))]
    with connection.cursor() as cursor:
        assert "never changed" in refused(lambda: cursor.execute(f"DELETE FROM {LedgerEntry._meta.db_table}"))
        assert "never changed" in refused(lambda: cursor.execute(f"UPDATE {LedgerEntry._meta.db_table} SET amount = 1"))


def test_no_entry_crosses_currencies_or_issuers():
    issuer, other = IssuerFactory(), IssuerFactory()
    bank, suspense = Book(LedgerKind.BANK), Book(LedgerKind.SUSPENSE)
    book(issuer=issuer, currency="EUR", transfers=[Transfer("a", bank, suspense, Decimal(1), "in")], at=NOON)
    entry = LedgerEntry.objects.get()
    for change in ({"currency": "CHF"}, {"issuer": other}):
        values = {"issuer": issuer, "currency": "EUR", **change}
        row = LedgerEntry(
            key="b", booked_at=NOON, debit=entry.debit, credit=entry.credit, amount=1, text="wrong", **values
        )
        assert "of its issuer and in its currency" in refused(row.save)


def test_a_charge_detail_record_only_gives_way_to_the_next():
    cdr = CdrFactory()
    assert "never changed" in refused(lambda: ChargeDetailRecord.objects.update(net=3, gross=Decimal("3.76")))
    assert "never removed" in refused(cdr.delete)
    ChargeDetailRecord.objects.update(is_current=False)
    CdrFactory(session=cdr.session, account=cdr.account, version=2)
    assert list(ChargeDetailRecord.objects.current().values_list("version", flat=True)) == [2]


@pytest.mark.django_db(transaction=True)
def test_guarded_tables_can_be_emptied_by_tests():
    book_invoice(invoice=InvoiceFactory(number="R1"), at=NOON)
