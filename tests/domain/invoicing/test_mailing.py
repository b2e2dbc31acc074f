"""Invoices go out by e-mail once, with both documents, in the customer's language."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail

from apps.core.models import OutboxEvent
from apps.invoicing.links import document_behind
from apps.invoicing.models import BillingItem, BillingRun, Delivery
from apps.invoicing.services import deliveries
from apps.invoicing.services.deliveries import deliver_due, plan_delivery, retry_delivery
from apps.invoicing.services.mailing import MailRefused, send_invoice
from apps.invoicing.subscribers import deliver_documents
from tests.domain.invoicing.documents_of import issued
from tests.factories.billing import BillingAccountFactory, IssuerFactory, PeriodFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db

LINES = [("10.00", "S", "19.00")]


def failing(monkeypatch, error: Exception) -> None:
    def refuse(self, fail_silently=False):
        raise error

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)


def test_the_mail_carries_both_documents():
    issuer = IssuerFactory(name="Stadtstrom GmbH")
    account = BillingAccountFactory(organisation=issuer.organisation, name="Rita", email="rita@example.com")
    invoice = issued(lines=LINES, issuer=issuer, account=account)
    assert send_invoice(invoice.pk, at=NOON) is True
    (sent,) = mail.outbox
    assert sent.to == ["rita@example.com"]
    assert sent.subject == "Stadtstrom GmbH: Invoice R2026-0001"
    assert sent.from_email == "Stadtstrom GmbH <chargenet@localhost>"
    assert sent.reply_to == ["billing@example.com"]
    assert "Hello Rita," in sent.body
    assert "R2026-0001 of 2 April 2026 over 11.90 EUR" in sent.body
    assert [(name, kind) for name, _, kind in sent.attachments] == [
        ("R2026-0001.pdf", "application/pdf"), ("R2026-0001.xml", "application/xml"),
    ]  # fmt: skip
    assert sent.attachments[0][1] == bytes(invoice.documents.get(kind="pdf").content)
    invoice.refresh_from_db()
    assert invoice.sent_at == NOON


def test_germans_are_written_to_in_german():
    account = BillingAccountFactory(language="de")
    send_invoice(issued(lines=[("1234.50", "S", "19.00")], account=account).pk, at=NOON)
    assert "Rechnung R2026-0001 vom 02.04.2026 über 1.469,06 EUR" in mail.outbox[0].body


def test_the_link_in_the_mail_leads_to_the_pdf(settings):
    settings.PUBLIC_URL = "https://charge.example"
    invoice = issued(lines=LINES)
    send_invoice(invoice.pk, at=NOON)
    (link,) = [word for word in mail.outbox[0].body.split() if word.startswith("https://charge.example/documents/")]
    assert document_behind(link.split("/")[4]) == invoice.documents.get(kind="pdf")


def test_a_repeat_sends_nothing():
    invoice = issued(lines=LINES)
    send_invoice(invoice.pk, at=NOON)
    assert send_invoice(invoice.pk, at=NOON) is False
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("wishes", [{"sends_mail": False}, {"email": ""}])
def test_who_wants_no_mail_gets_none(wishes):
    invoice = issued(lines=LINES, account=BillingAccountFactory(**wishes))
    assert send_invoice(invoice.pk, at=NOON) is False
    assert mail.outbox == []


def test_an_address_that_is_refused_is_named(monkeypatch):
    failing(monkeypatch, SMTPRecipientsRefused({"x": (550, b"unknown")}))
    invoice = issued(lines=LINES, account=BillingAccountFactory(email="gone@example.com"))
    with pytest.raises(MailRefused, match=r"gone@example\.com"):
        send_invoice(invoice.pk, at=NOON)
    invoice.refresh_from_db()
    assert invoice.sent_at is None


def test_names_cannot_add_headers():
    issuer = IssuerFactory(name="Stadtstrom\nBcc: eve@example.com")
    send_invoice(issued(lines=LINES, issuer=issuer).pk, at=NOON)
    assert mail.outbox[0].recipients() == mail.outbox[0].to
    assert "\n" not in mail.outbox[0].subject


def test_what_no_run_delivers_is_delivered_when_it_is_announced():
    invoice = issued(lines=LINES, kind="receipt")
    event = OutboxEvent(name="invoice.issued", subject_id=invoice.pk)
    deliver_documents(event)
    deliver_documents(event)
    assert deliver_due(at=Delivery.objects.get().due_at) == 1
    assert len(mail.outbox) == 1
    assert deliver_due(at=Delivery.objects.get().due_at) == 0


def test_a_run_delivers_its_own():
    invoice = issued(lines=LINES)
    run = BillingRun.objects.create(period=PeriodFactory(issuer=invoice.issuer))
    BillingItem.objects.create(run=run, account=invoice.account, invoice=invoice)
    assert plan_delivery(invoice_id=invoice.pk) is False
    assert not Delivery.objects.exists()


def test_an_invalid_document_parks_until_somebody_lets_it_go_on():
    invoice = issued(lines=LINES, issuer=IssuerFactory(vat_id="", tax_number=""))
    plan_delivery(invoice_id=invoice.pk)
    at = Delivery.objects.get().due_at
    assert deliver_due(at=at) == 0
    parked = Delivery.objects.get()
    assert parked.problem_code == "document_invalid"
    assert deliver_due(at=at + deliveries.LEASE * 2) == 0
    assert Delivery.objects.get().attempts == 1
    retry_delivery(delivery=parked, at=at)
    assert Delivery.objects.get().problem_code == ""


def test_a_mail_server_that_is_away_is_asked_again_later(monkeypatch):
    with monkeypatch.context() as patched:
        failing(patched, SMTPServerDisconnected("away"))
        invoice = issued(lines=LINES, kind="receipt")
        plan_delivery(invoice_id=invoice.pk)
        first = Delivery.objects.get().due_at
        assert deliver_due(at=first) == 0
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.problem_code, delivery.due_at) == (1, "", first + deliveries.PAUSE)
    assert deliver_due(at=delivery.due_at) == 1
    assert len(mail.outbox) == 1


def test_after_many_tries_it_is_parked(monkeypatch):
    failing(monkeypatch, SMTPServerDisconnected("away"))
    plan_delivery(invoice_id=issued(lines=LINES, kind="receipt").pk)
    for _ in range(deliveries.TRIES):
        deliver_due(at=Delivery.objects.get().due_at)
    assert Delivery.objects.get().problem_code == "unforeseen"
