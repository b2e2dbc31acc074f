"""The screens of the bank: reading a file, entries with their outcome, assigning with one click."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.invoicing.engine.references import rf_reference
from apps.invoicing.models import BankFile, BankTransaction, Payment
from apps.invoicing.sealing import fingerprint
from tests.factories.bank import IBAN, BankTransactionFactory, DirectDebitFactory
from tests.factories.billing import InvoiceFactory, IssuerFactory
from tests.portal.pages import reason_of, rows, words
from tests.support.bank_files import Detail, Entry, camt

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer(voltwerk):
    return IssuerFactory(organisation=voltwerk, name="Voltwerk GmbH")


@pytest.fixture
def invoice(issuer):
    return InvoiceFactory(issuer=issuer, number="R-2026-00017", payment_reference=rf_reference("R-2026-00017"))


@pytest.fixture
def entry(issuer):
    return BankTransactionFactory(statement__file__issuer=issuer)


def page(client, name, *args, query=""):
    return client.get(reverse(f"portal:{name}", args=args) + query).content.decode()


def upload(client, content: bytes, issuer):
    file = SimpleUploadedFile("april.xml", content, content_type="text/xml")
    return client.post(reverse("portal:bank-import"), {"issuer": issuer.pk, "file": file})


def test_a_file_is_read_and_says_what_each_entry_came_to(client, finn, issuer, invoice):
    client.force_login(finn)
    content = camt(
        Entry("119.00", (Detail(text="R-2026-00017"),)),
        Entry("7.00", (Detail(text="hello"),)),
        Entry("1.00", status="PDNG"),
        opening="1.00",
        closing="2.00",
    )
    answer = upload(client, content, issuer)
    file = BankFile.objects.get()
    assert answer.headers["Location"] == reverse("portal:bank-file", args=[file.pk])
    shown = page(client, "bank-file", file.pk)
    cells = rows(shown)
    assert [row[1:6] for row in cells] == [
        ["7.00 EUR", "Erika Mustermann", "hello", "To be assigned", "It names no bill: assign it to a customer."],
        ["119.00 EUR", "Erika Mustermann", "R-2026-00017", "Paid", "R-2026-00017 is paid."],
    ]
    assert "1 announced only · the balances do not add up" in words(shown)
    assert [row[0] for row in rows(page(client, "bank-files"))] == ["april.xml"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"rubbish", "The file is no XML, or is damaged."), (camt(iban=IBAN), "another bank account"), (b"", "empty")],
)
def test_a_bad_file_is_refused_beside_its_field(client, finn, issuer, content, problem):
    client.force_login(finn)
    answer = upload(client, content, issuer)
    assert answer.status_code == 422
    assert problem in words(answer.content.decode())
    assert not BankFile.objects.exists()


def test_the_same_file_again_is_told(client, finn, issuer):
    client.force_login(finn)
    content = camt(Entry("1.00"))
    assert upload(client, content, issuer).status_code == 302
    answer = upload(client, content, issuer)
    assert answer.status_code == 422
    assert "This very file was read before." in words(answer.content.decode())


def test_nobody_reads_files_for_others_issuers(client, finn, rival):
    client.force_login(finn)
    assert upload(client, camt(Entry("1.00")), IssuerFactory(organisation=rival)).status_code == 422
    assert not BankFile.objects.exists()


def test_the_list_shows_what_waits_and_what_went_out(client, finn, issuer, entry):
    BankTransactionFactory(statement=entry.statement, is_credit=False, outcome="fee", amount=Decimal("4.90"))
    client.force_login(finn)
    assert sorted(row[1] for row in rows(page(client, "bank"))) == ["-4.90 EUR", "119.00 EUR"]
    assert [row[1] for row in rows(page(client, "bank", query="?outcome=open&outcome=foreign"))] == ["119.00 EUR"]
    exported = b"".join(client.get(reverse("portal:bank") + "?export=csv").streaming_content).decode()
    assert "-4.90" in exported
    assert IBAN not in exported


def test_one_click_assigns_what_is_suggested(client, finn, issuer, entry, invoice):
    invoice.account.name = "Erika Mustermann"
    invoice.account.save()
    client.force_login(finn)
    shown = page(client, "bank-transaction", entry.pk)
    assert rows(shown)[0] == [
        str(invoice.account), "R-2026-00017", "119.00 EUR", "the names are alike, exactly this sum is open", "Assign",
    ]  # fmt: skip
    answer = client.post(reverse("portal:bank-assign", args=[entry.pk]), {"invoice": invoice.number})
    assert answer.status_code == 302
    entry.refresh_from_db()
    invoice.refresh_from_db()
    assert (entry.outcome, invoice.state) == ("paid", "paid")
    shown = page(client, "bank-transaction", entry.pk)
    assert rows(shown)[0] == [str(invoice.account), "119.00 EUR", "R-2026-00017 119.00 EUR", "by hand"]
    assert reason_of(shown, "Assigned wrongly") is None
    client.post(reverse("portal:bank-take-back", args=[entry.pk]))
    entry.refresh_from_db()
    invoice.refresh_from_db()
    assert (entry.outcome, invoice.state) == ("open", "issued")


def test_a_customer_by_number(client, finn, entry, invoice):
    client.force_login(finn)
    client.post(reverse("portal:bank-assign", args=[entry.pk]), {"account": invoice.account.number.lower()})
    invoice.refresh_from_db()
    assert invoice.state == "paid"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "Give the number of a bill, or that of a customer."),
        ({"invoice": "R-1"}, "No bill of this issuer has this number."),
        ({"account": "K-1"}, "No customer has this number."),
        ({"invoice": "R-2026-00017", "account": "K-2"}, "No customer has this number."),
    ],
)
def test_what_nobody_has_is_refused(client, finn, entry, invoice, given, problem):
    client.force_login(finn)
    answer = client.post(reverse("portal:bank-assign", args=[entry.pk]), given)
    assert answer.status_code == 422
    assert problem in words(answer.content.decode())
    assert not Payment.objects.exists()


def test_money_that_went_out_is_a_fee_or_a_return(client, finn, issuer):
    fee, back = (
        BankTransactionFactory(statement__file__issuer=issuer, is_credit=False, amount=Decimal(amount))
        for amount in ("4.90", "122.00")
    )
    debit = DirectDebitFactory(mandate__issuer=issuer, state="submitted", payment__state="pending")
    client.force_login(finn)
    client.post(reverse("portal:bank-fee", args=[fee.pk]))
    assert str(debit.invoice) in words(page(client, "bank-return", back.pk))
    answer = client.post(reverse("portal:bank-return", args=[back.pk]), {"debit": debit.pk, "reason": "AM04"})
    assert answer.status_code == 302
    assert list(BankTransaction.objects.order_by("pk").values_list("outcome", flat=True)) == ["fee", "returned"]


def test_support_looks_and_changes_nothing(client, sue, entry):
    client.force_login(sue)
    shown = page(client, "bank-transaction", entry.pk)
    assert reason_of(shown, "Assign") == "Your role may look at this, but not change it."
    assert client.post(reverse("portal:bank-assign", args=[entry.pk]), {"account": "K1"}).status_code == 403


def test_the_list_costs_the_same_however_long(client, finn, issuer, entry, django_assert_max_num_queries):
    client.force_login(finn)
    page(client, "bank")
    with django_assert_max_num_queries(30) as few:
        page(client, "bank")
    for _ in range(20):
        BankTransactionFactory(statement=entry.statement, iban_fingerprint=fingerprint(IBAN))
    with django_assert_max_num_queries(len(few)):
        assert len(rows(page(client, "bank"))) == 21
