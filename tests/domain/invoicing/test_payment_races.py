"""Payments wished for, told and asked about at the same moment; and dying between asking and writing down."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core.errors import DomainError
from apps.invoicing.models import DummyPayment, Invoice, LedgerEntry, Payment, PaymentEvent
from apps.invoicing.payments.dummy import DummyProvider, due_webhooks
from apps.invoicing.payments.dummy import settle as customer_decides
from apps.invoicing.services.dunning import remind_due
from apps.invoicing.services.inbox import hear_dummy, receive_webhook
from apps.invoicing.services.payments import authorise, capture, pay_invoice, refund, release
from apps.invoicing.services.polling import check_due_payments
from tests.domain.chargers.test_concurrency import together
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory
from tests.factories.chargers import NOON

FAR = NOON + timedelta(days=9999)
LATER = NOON + timedelta(minutes=2)
races = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def held() -> Payment:
    issuer = IssuerFactory()
    payment = authorise(
        issuer=issuer, account=BillingAccountFactory(organisation=issuer.organisation), amount=Decimal("50.00"),
        currency="EUR", key="guest-1", return_url="/q/", at=NOON,
    ).payment  # fmt: skip
    customer_decides(ref=payment.provider_ref, agrees=True)
    hear_dummy(at=FAR)
    return Payment.objects.get()


def outcome_of(do):
    def run():
        try:
            return do().state
        except DomainError as refusal:
            return type(refusal).__name__

    return run


def booked() -> list[tuple[str, Decimal]]:
    return list(LedgerEntry.objects.order_by("pk").values_list("text", "amount"))


class TestAtOnce:
    pytestmark = races

    def test_two_captures_take_once(self):
        payment = held()
        take = outcome_of(lambda: capture(payment=payment, amount=Decimal("12.34"), at=NOON))
        assert together(take, take) == ["captured", "captured"]
        assert booked() == [("Payment received", Decimal("12.34"))]

    def test_two_captures_of_different_amounts_take_one_of_them(self):
        payment = held()
        amounts = [Decimal("12.00"), Decimal("13.00")]
        answers = together(
            *(outcome_of(lambda a=amount: capture(payment=payment, amount=a, at=NOON)) for amount in amounts)
        )
        assert sorted(answers) == ["UnableToPay", "captured"]
        taken = Payment.objects.get().captured_amount
        assert taken == DummyPayment.objects.get().captured
        assert booked() == [("Payment received", taken)]

    def test_a_capture_and_a_release_end_as_the_provider_says(self):
        payment = held()
        together(
            outcome_of(lambda: capture(payment=payment, amount=Decimal("12.34"), at=NOON)),
            outcome_of(lambda: release(payment=payment, at=NOON)),
        )
        ours, theirs = Payment.objects.get(), DummyPayment.objects.get()
        assert (ours.state, ours.captured_amount) == (theirs.phase, theirs.captured)
        assert len(booked()) == (1 if theirs.captured else 0)

    def test_a_message_and_a_poll_pay_once(self):
        invoice = InvoiceFactory(number="R1")
        payment = pay_invoice(invoice=invoice, key="pay", return_url="/my/", at=NOON).payment
        customer_decides(ref=payment.provider_ref, agrees=True)
        ((headers, body),) = due_webhooks(FAR)
        together(
            lambda: receive_webhook(provider="dummy", headers=headers, body=body, at=LATER),
            lambda: receive_webhook(provider="dummy", headers=headers, body=body, at=LATER),
            lambda: check_due_payments(at=LATER),
            lambda: check_due_payments(at=LATER),
        )
        assert booked() == [("Payment received", Decimal("119.00"))]
        assert (Invoice.objects.get().state, Payment.objects.get().allocated_amount) == ("paid", Decimal("119.00"))
        assert PaymentEvent.objects.exclude(kind__startswith="asked").count() == 1

    def test_two_clicks_give_back_once(self):
        payment = capture(payment=held(), amount=Decimal("12.34"), at=NOON)
        give = outcome_of(lambda: refund(payment=Payment.objects.get(), amount=Decimal("5.00"), reason="x", at=NOON))
        together(give, give)
        ours, theirs = Payment.objects.get(), DummyPayment.objects.get()
        assert ours.refunded_amount == theirs.refunded
        assert payment.captured_amount >= ours.refunded_amount
        assert sum(amount for text, amount in booked() if text == "Payment given back") == theirs.refunded

    def test_two_workers_remind_once(self):
        InvoiceFactory(issuer=IssuerFactory(dunning=[{"after_days": 7, "fee": "5.00"}]), number="R1")
        assert sum(together(*[lambda: remind_due(at=NOON + timedelta(days=200))] * 3)) == 1


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["capture", "release", "refund", "begin"])
def test_dying_between_the_provider_and_our_commit_is_made_good_by_asking(name, monkeypatch):
    payment = held() if name != "begin" else None
    if name == "refund":
        payment = capture(payment=payment, amount=Decimal("12.34"), at=NOON)
    issuer = IssuerFactory()
    account = BillingAccountFactory(organisation=issuer.organisation)
    wishes = {
        "capture": lambda: capture(payment=payment, amount=Decimal("12.34"), at=NOON),
        "release": lambda: release(payment=payment, at=NOON),
        "refund": lambda: refund(payment=payment, amount=Decimal("2.34"), reason="x", at=NOON),
        "begin": lambda: authorise(
            issuer=issuer, account=account, amount=Decimal("9.00"), currency="EUR", key="new", return_url="/", at=NOON
        ),
    }
    do = getattr(DummyProvider, name)

    def do_and_die(self, asked):
        do(self, asked)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(DummyProvider, name, do_and_die)
        with pytest.raises(Killed):
            wishes[name]()
    check_due_payments(at=LATER)
    ours, theirs = Payment.objects.get(), DummyPayment.objects.get()
    assert (ours.state, ours.provider_ref) == (theirs.phase, theirs.ref)
    assert (ours.captured_amount, ours.refunded_amount) == (theirs.captured, theirs.refunded)
    moved = sum(amount if "received" in text else -amount for text, amount in booked())
    assert moved == theirs.captured - theirs.refunded
