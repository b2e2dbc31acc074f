"""The screens of direct debits: mandates on paper, what is due, files to fetch and hand in, answers of the bank."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.invoicing.models import DebitCollection, DebitTerms, Mandate
from tests.factories.bank import IBAN, DirectDebitFactory, MandateFactory
from tests.factories.billing import BillingAccountFactory, IssuerFactory
from tests.portal.pages import reason_of, rows, words
from tests.support.bank_files import pain002

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer(voltwerk):
    return IssuerFactory(organisation=voltwerk, name="Voltwerk GmbH")


@pytest.fixture
def debit(issuer):
    return DirectDebitFactory(mandate__issuer=issuer)


def page(client, name, *args, query=""):
    return client.get(reverse(f"portal:{name}", args=args) + query).content.decode()


def post(client, name, *args, **values):
    return client.post(reverse(f"portal:{name}", args=args), values)


def test_a_mandate_on_paper_is_entered_and_its_number_shown_by_its_end(client, finn, issuer):
    account = BillingAccountFactory(organisation=issuer.organisation)
    client.force_login(finn)
    answer = post(client, "mandate-new", issuer=issuer.pk, account=account.pk, holder="Rita", iban=IBAN,
                  signed_on="2026-03-01")  # fmt: skip
    assert answer.status_code == 302
    mandate = Mandate.objects.get()
    assert (mandate.is_on_paper, mandate.signed_on, mandate.state) == (True, date(2026, 3, 1), "signed")
    shown = page(client, "mandates")
    row = [mandate.reference, str(account), "DE •••• 2051", "Signed, not used yet", "01 Mar 2026"]
    assert rows(shown)[0][:5] == row
    assert IBAN not in shown
    assert IBAN not in b"".join(client.get(reverse("portal:mandates") + "?export=csv").streaming_content).decode()


def test_a_wrong_number_is_told_beside_its_field(client, finn, issuer):
    account = BillingAccountFactory(organisation=issuer.organisation)
    client.force_login(finn)
    answer = post(client, "mandate-new", issuer=issuer.pk, account=account.pk, holder="Rita", iban="DE00",
                  signed_on="2026-03-01")  # fmt: skip
    assert answer.status_code == 422
    assert "This is no IBAN that direct debits can be collected from" in words(answer.content.decode())
    assert not Mandate.objects.exists()


def test_customers_of_others_cannot_be_chosen(client, finn, issuer):
    client.force_login(finn)
    answer = post(client, "mandate-new", issuer=issuer.pk, account=BillingAccountFactory().pk, holder="x", iban=IBAN,
                  signed_on="2026-03-01")  # fmt: skip
    assert answer.status_code == 422
    assert not Mandate.objects.exists()


def test_a_mandate_is_revoked_once(client, finn, issuer):
    mandate = MandateFactory(issuer=issuer)
    client.force_login(finn)
    assert post(client, "mandate-revoke", mandate.pk, reason="The customer wrote.").status_code == 302
    assert post(client, "mandate-revoke", mandate.pk, reason="Again.").status_code == 422
    mandate.refresh_from_db()
    assert (mandate.state, mandate.end_reason) == ("revoked", "The customer wrote.")


def test_debits_in_their_tabs(client, finn, issuer, debit):
    by_letter = DirectDebitFactory(mandate__issuer=issuer, notified_at=None, mandate__account__email="")
    client.force_login(finn)
    shown = rows(page(client, "debits", query="?state=queued"))
    assert {row[2]: (row[3], row[9]) for row in shown} == {
        debit.invoice.number: ("119.00 EUR", "Do not collect"),
        by_letter.invoice.number: ("119.00 EUR", "Told by letter"),
    }
    assert [row[2] for row in rows(page(client, "debits", query="?by_letter=true"))] == [by_letter.invoice.number]
    assert post(client, "debit-announced", by_letter.pk).status_code == 302
    by_letter.refresh_from_db()
    assert by_letter.notified_at is not None


def test_a_debit_that_is_not_to_be_collected(client, finn, debit):
    client.force_login(finn)
    assert post(client, "debit-cancel", debit.pk, reason="Paid in cash.").status_code == 302
    assert post(client, "debit-cancel", debit.pk, reason="Again.").status_code == 422
    debit.refresh_from_db()
    debit.payment.refresh_from_db()
    assert (debit.state, debit.payment.note) == ("cancelled", "Paid in cash.")


def test_from_due_debits_to_the_answer_of_the_bank(client, finn, issuer, debit):
    client.force_login(finn)
    answer = post(client, "collection-new", issuer=issuer.pk, until="2026-12-31")
    collection = DebitCollection.objects.get()
    assert answer.headers["Location"] == reverse("portal:collection", args=[collection.pk])
    shown = page(client, "collection", collection.pk)
    assert rows(shown)[0][2:4] == [debit.invoice.number, "119.00 EUR"]
    assert IBAN not in shown
    file = client.get(reverse("portal:collection-file", args=[collection.pk]))
    assert file["Content-Disposition"] == f'attachment; filename="{collection.message_id}.xml"'
    assert file["Cache-Control"] == "no-store"
    assert IBAN.encode() in file.content
    assert post(client, "collection-submitted", collection.pk).status_code == 302
    assert post(client, "collection-discard", collection.pk).status_code == 422
    assert reason_of(page(client, "collection", collection.pk), "Discard") == "It was handed in or discarded already."
    report = SimpleUploadedFile("answer.xml", pain002(collection.message_id, (debit.payment.key, "AM04")))
    answer = client.post(reverse("portal:collection-answer"), {"issuer": issuer.pk, "file": report}, follow=True)
    assert "The bank refused 1 of 1 debits." in words(answer.content.decode())
    cells = rows(page(client, "collections"))
    assert cells[0][2:6] == ["Handed in", "1", "1", "119.00 EUR"]


def test_a_discarded_file_leaves_its_debits_waiting(client, finn, issuer, debit):
    client.force_login(finn)
    post(client, "collection-new", issuer=issuer.pk, until="2026-12-31")
    post(client, "collection-discard", DebitCollection.objects.get().pk)
    debit.refresh_from_db()
    assert debit.state == "queued"


def test_nothing_to_collect_is_told(client, finn, issuer):
    client.force_login(finn)
    answer = post(client, "collection-new", issuer=issuer.pk, until="2026-12-31")
    assert answer.status_code == 422
    assert "Nothing is to be collected" in words(answer.content.decode())


def test_the_terms_of_an_issuer(client, finn, issuer):
    client.force_login(finn)
    answer = post(client, "debit-terms", issuer.pk, notice_days=5, lead_days=2, schema="pain.008.001.02")
    assert answer.status_code == 302
    terms = DebitTerms.objects.get(issuer=issuer)
    assert (terms.notice_days, terms.lead_days, terms.schema) == (5, 2, "pain.008.001.02")


def test_support_fetches_no_account_numbers(client, sue, finn, issuer, debit):
    client.force_login(finn)
    post(client, "collection-new", issuer=issuer.pk, until="2026-12-31")
    client.force_login(sue)
    collection = DebitCollection.objects.get()
    assert client.get(reverse("portal:collection", args=[collection.pk])).status_code == 200
    assert client.get(reverse("portal:collection-file", args=[collection.pk])).status_code == 403
