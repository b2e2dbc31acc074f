"""Payments, the books and reminders as people see and use them."""

from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.invoicing.models import DummyPayment, Invoice, LedgerAccount, Payment, PaymentMethod, Reminder
from apps.invoicing.services.ledger import book_invoice
from apps.invoicing.services.payments import authorise, receive
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory, PaymentMethodFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db
LEVELS = [{"after_days": 7, "fee": "5.00"}]


@pytest.fixture
def issuer(voltwerk):
    return IssuerFactory(organisation=voltwerk, name="Voltwerk GmbH", dunning=LEVELS)


@pytest.fixture
def account(voltwerk):
    return BillingAccountFactory(organisation=voltwerk, number="K1", name="Rita Resident")


@pytest.fixture
def invoice(issuer, account):
    invoice = InvoiceFactory(issuer=issuer, account=account, number="R1")
    book_invoice(invoice=invoice, at=NOON)
    return invoice


@pytest.fixture
def finn_client(finn) -> Client:
    client = Client()
    client.force_login(finn)
    return client


def take_cash(issuer, account, amount="150.00", key="cash"):
    return receive(
        issuer=issuer, account=account, kind="manual", provider="manual", key=key, amount=Decimal(amount),
        currency="EUR", at=NOON,
    )  # fmt: skip


def words_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode().replace("\xa0", " ")


def test_cash_is_recorded_once_and_pays_what_is_owed(finn_client, issuer, invoice):
    url = reverse("portal:payment-new")
    once = finn_client.get(url).context["form"].initial["once"]
    data = {"customer": "K1", "issuer": issuer.pk, "amount": "119.00", "currency": "eur", "note": "Cash", "once": once}
    answers = [finn_client.post(url, data) for _ in range(2)]
    payment = Payment.objects.get()
    assert [answer["Location"] for answer in answers] == [reverse("portal:payment", args=[payment.pk])] * 2
    assert (payment.captured_amount, Invoice.objects.get().state) == (Decimal("119.00"), "paid")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"customer": "K2"}, "customer"), ({"amount": "0"}, "amount"), ({"invoice": "R9"}, "invoice")],
)
def test_a_wrong_record_is_refused_beside_its_field(finn_client, issuer, invoice, wrong, field):
    data = {"customer": "K1", "issuer": issuer.pk, "amount": "1", "currency": "EUR", "note": "x", "once": "1"} | wrong
    answer = finn_client.post(reverse("portal:payment-new"), data)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert not Payment.objects.exists()


def test_the_list_and_the_page_say_what_became_of_the_money(finn_client, issuer, account, invoice):
    payment = take_cash(issuer, account)
    row = words_of(finn_client.get(reverse("portal:payments")))
    assert "Rita Resident" in row
    assert "150.00 <span" in row.replace(" <", " <")
    assert "31.00" in row
    page = words_of(finn_client.get(reverse("portal:payment", args=[payment.pk])))
    assert "R1" in page
    assert "Payment received" in page


def test_money_is_given_back_once_however_often_it_is_clicked(finn_client, issuer, account, invoice):
    payment = take_cash(issuer, account)
    url = reverse("portal:payment-refund", args=[payment.pk])
    data = {"amount": "31.00", "reason": "Too much", "refunded": "0.00"}
    assert [finn_client.post(url, data).status_code for _ in range(2)] == [302, 422]
    assert Payment.objects.get().refunded_amount == Decimal("31.00")


def test_a_payment_is_taken_off_and_allocated_by_hand(finn_client, issuer, account, invoice):
    payment = take_cash(issuer, account)
    other = InvoiceFactory(issuer=issuer, account=account, number="R2")
    finn_client.post(reverse("portal:payment-free", args=[payment.pk]))
    assert Invoice.objects.get(number="R1").open_amount == Decimal("119.00")
    url = reverse("portal:payment-allocate", args=[payment.pk])
    assert finn_client.post(url, {"invoice": other.pk, "amount": "119.01"}).status_code == 422
    assert finn_client.post(url, {"invoice": other.pk, "amount": "119.00"}).status_code == 302
    assert Invoice.objects.get(number="R2").state == "paid"


def test_the_trial_page_pays_and_leads_back(client, issuer, account):
    asked = authorise(
        issuer=issuer, account=account, amount=Decimal("50.00"), currency="EUR", key="g", return_url="/q/back/", at=NOON
    )
    assert reverse("portal:dummy-payment", args=[asked.payment.provider_ref]) == asked.redirect_url
    assert "No money moves." in words_of(client.get(asked.redirect_url))
    assert client.post(asked.redirect_url, {"ending": "pay"})["Location"] == "/q/back/"
    asked.payment.refresh_from_db()
    assert (asked.payment.state, DummyPayment.objects.get().phase) == ("authorised", "authorised")
    assert "has ended already" in words_of(client.post(asked.redirect_url, {"ending": "decline"}))


def test_the_ledger_balances_and_leads_to_the_evidence(finn_client, issuer, account, invoice):
    take_cash(issuer, account)
    accounts = finn_client.get(reverse("portal:ledger")).context["table"].rows
    balances = {row.get_cell_value("kind"): row.get_cell_value("balance") for row in accounts}
    assert balances["Receivable"] == Decimal("-31.00")
    assert sum(balances.values()) == 0
    owed = LedgerAccount.objects.get(kind="receivable")
    page = words_of(finn_client.get(reverse("portal:ledger-account", args=[owed.pk])))
    assert "Payment received" in page


def test_a_statement_runs_up_a_balance_and_can_be_taken_along(finn_client, issuer, account, invoice):
    take_cash(issuer, account)
    url = reverse("portal:account-statement", args=[account.pk])
    rows = list(finn_client.get(url).context["table"].rows)
    seen = [(row.get_cell_value("change"), row.get_cell_value("balance")) for row in rows]
    assert [tuple(map(Decimal, pair)) for pair in seen] == [
        (Decimal("-150.00"), Decimal("-31.00")), (Decimal("19.00"), Decimal("119.00")),
        (Decimal("100.00"), Decimal("100.00")),
    ]  # fmt: skip
    csv = b"".join(finn_client.get(f"{url}?export=csv").streaming_content).decode()
    assert "Payment received" in csv
    assert finn_client.get(f"{url}?export=xlsx").status_code == 200


def test_what_is_overdue_is_reminded_of_paused_and_given_up(finn_client, invoice):
    assert "due now, fee 5.00 EUR" in words_of(finn_client.get(reverse("portal:reminders")))
    finn_client.post(reverse("portal:reminder-pause", args=[invoice.pk]), {"reason": "Disputed"})
    assert finn_client.post(reverse("portal:reminder-send", args=[invoice.pk])).status_code == 422
    pauses = words_of(finn_client.get(reverse("portal:pauses")))
    assert "Disputed" in pauses
    finn_client.post(reverse("portal:pause-end", args=[invoice.dunning_pauses.get().pk]))
    assert finn_client.post(reverse("portal:reminder-send", args=[invoice.pk])).status_code == 302
    assert (Reminder.objects.get().state, len(mail.outbox)) == ("sent", 1)
    assert "R1" in words_of(finn_client.get(reverse("portal:reminders-sent")))
    finn_client.post(reverse("portal:invoice-write-off", args=[invoice.pk]), {"reason": "Insolvent"})
    assert Invoice.objects.get().state == "lost"


def test_a_card_is_chosen_and_removed(finn_client, account):
    old = PaymentMethodFactory(account=account, is_default=False, label="Visa •••• 1")
    new = PaymentMethodFactory(account=account, label="Visa •••• 2")
    assert "Visa •••• 1" in words_of(finn_client.get(reverse("portal:payment-methods", args=[account.pk])))
    finn_client.post(reverse("portal:method-default", args=[old.pk]))
    assert PaymentMethod.objects.get(is_default=True) == old
    finn_client.post(reverse("portal:method-remove", args=[old.pk]))
    assert PaymentMethod.objects.get(is_default=True) == new


def test_support_looks_and_does_nothing(sue, issuer, account, invoice):
    client = Client()
    client.force_login(sue)
    payment = take_cash(issuer, account)
    assert "Your role looks at payments only." in words_of(client.get(reverse("portal:payment", args=[payment.pk])))
    url = reverse("portal:payment-refund", args=[payment.pk])
    assert client.post(url, {"amount": "1", "reason": "x", "refunded": "0"}).status_code == 403
    assert Payment.objects.get().refunded_amount == 0
