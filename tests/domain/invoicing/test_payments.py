"""Holding, taking, giving free and giving back money, with the dummy provider."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core.models import OutboxEvent
from apps.invoicing.choices import PaymentMethodKind
from apps.invoicing.engine.progress import Phase
from apps.invoicing.models import DummyPayment, Invoice, LedgerEntry, Payment, PaymentEvent, PaymentMethod
from apps.invoicing.payments.dummy import Behaviour
from apps.invoicing.payments.dummy import settle as customer_decides
from apps.invoicing.payments.port import Standing
from apps.invoicing.services.inbox import hear_dummy
from apps.invoicing.services.payments import (
    PaymentRefused,
    ProviderSilent,
    UnableToPay,
    authorise,
    capture,
    charge,
    pay_invoice,
    receive,
    refund,
    release,
)
from apps.invoicing.services.polling import check_due_payments
from apps.invoicing.services.settling import settle
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory, PaymentMethodFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=2)
EUR = Decimal


@pytest.fixture
def issuer():
    return IssuerFactory()


@pytest.fixture
def account(issuer):
    return BillingAccountFactory(organisation=issuer.organisation)


def hold(issuer, account, amount="50.00", key="guest-1", **more):
    return authorise(
        issuer=issuer, account=account, amount=EUR(amount), currency="EUR", key=key, return_url="/q/x/", at=NOON, **more
    )


def held(issuer, account, **more) -> Payment:
    asked = hold(issuer, account, **more)
    customer_decides(ref=asked.payment.provider_ref, agrees=True)
    hear_dummy(at=NOON + timedelta(days=999999))
    return Payment.objects.get(pk=asked.payment.pk)


def told_money() -> list[tuple]:
    rows = LedgerEntry.objects.order_by("pk").values_list("debit__kind", "credit__kind", "amount")
    return list(rows)


def test_a_guest_is_sent_to_the_page_and_nothing_is_held_yet(issuer, account):
    asked = hold(issuer, account)
    assert asked.redirect_url == f"/pay/dummy/{asked.payment.provider_ref}/"
    assert (asked.payment.state, asked.payment.authorised_amount) == ("pending", 0)
    assert told_money() == []


def test_asking_twice_under_one_key_is_one_payment_and_one_page(issuer, account):
    first, second = hold(issuer, account), hold(issuer, account)
    assert (first.payment.pk, first.redirect_url) == (second.payment.pk, second.redirect_url)
    assert Payment.objects.count() == DummyPayment.objects.count() == 1


def test_a_key_is_not_taken_over_by_another_wish(issuer, account):
    hold(issuer, account)
    with pytest.raises(UnableToPay):
        hold(issuer, account, amount="60.00")
    assert Payment.objects.get().amount == EUR("50.00")


def test_the_true_amount_is_taken_and_the_rest_given_free(issuer, account):
    payment = capture(payment=held(issuer, account), amount=EUR("12.34"), at=NOON)
    assert (payment.state, payment.captured_amount, payment.authorised_amount) == (
        "captured", EUR("12.34"), EUR("50.00"),
    )  # fmt: skip
    assert told_money() == [("bank", "receivable", EUR("12.34"))]
    assert OutboxEvent.objects.filter(name="payment.captured", subject_id=payment.pk).count() == 1


def test_taking_twice_takes_once_and_another_amount_is_refused(issuer, account):
    payment = held(issuer, account)
    capture(payment=payment, amount=EUR("12.34"), at=NOON)
    capture(payment=payment, amount=EUR("12.34"), at=NOON)
    with pytest.raises(UnableToPay):
        capture(payment=payment, amount=EUR("13.00"), at=NOON)
    assert told_money() == [("bank", "receivable", EUR("12.34"))]


@pytest.mark.parametrize("amount", ["0", "-1", "50.01"])
def test_no_more_is_taken_than_is_held(issuer, account, amount):
    payment = held(issuer, account)
    with pytest.raises(UnableToPay):
        capture(payment=payment, amount=EUR(amount), at=NOON)
    assert DummyPayment.objects.get().captured == 0


def test_what_is_given_free_is_not_taken(issuer, account):
    payment = held(issuer, account)
    assert release(payment=payment, at=NOON).state == "released"
    assert release(payment=payment, at=NOON).state == "released"
    with pytest.raises(UnableToPay):
        capture(payment=payment, amount=EUR("1.00"), at=NOON)
    assert (DummyPayment.objects.get().phase, told_money()) == ("released", [])


def test_what_was_taken_is_not_given_free(issuer, account):
    payment = capture(payment=held(issuer, account), amount=EUR("12.34"), at=NOON)
    with pytest.raises(UnableToPay):
        release(payment=payment, at=NOON)


def test_a_page_that_nobody_paid_on_is_closed(issuer, account):
    asked = hold(issuer, account)
    release(payment=asked.payment, at=NOON)
    customer_decides(ref=asked.payment.provider_ref, agrees=True)
    assert DummyPayment.objects.get().phase == "released"


def test_a_declined_card_says_so(issuer, account):
    asked = hold(issuer, account)
    customer_decides(ref=asked.payment.provider_ref, agrees=False)
    hear_dummy(at=NOON + timedelta(days=999999))
    payment = Payment.objects.get()
    assert (payment.state, payment.failure_code, payment.failure) == ("failed", "declined", "The card was declined.")
    assert OutboxEvent.objects.filter(name="payment.failed").count() == 1


def test_giving_back_reopens_what_was_paid_as_far_as_needed(issuer, account):
    invoice = InvoiceFactory(issuer=issuer, account=account, number="R1")
    payment = receive(
        issuer=issuer, account=account, kind=PaymentMethodKind.MANUAL, provider="manual", key="cash-1",
        amount=EUR("150.00"), currency="EUR", at=NOON,
    )  # fmt: skip
    assert (payment.allocated_amount, Invoice.objects.get().state) == (EUR("119.00"), "paid")
    payment = refund(payment=payment, amount=EUR("31.00"), reason="Too much", at=NOON)
    assert (payment.allocated_amount, Invoice.objects.get().state) == (EUR("119.00"), "paid")
    payment = refund(payment=payment, amount=EUR("20.00"), reason="Kindness", at=NOON)
    invoice.refresh_from_db()
    assert (payment.allocated_amount, invoice.open_amount, invoice.state) == (EUR("99.00"), EUR("20.00"), "issued")


def test_a_double_click_gives_back_once(issuer, account):
    payment = capture(payment=held(issuer, account), amount=EUR("50.00"), at=NOON)
    seen_twice = Payment.objects.get()
    refund(payment=payment, amount=EUR("10.00"), reason="x", at=NOON)
    with pytest.raises(UnableToPay):
        refund(payment=seen_twice, amount=EUR("10.00"), reason="x", at=NOON)
    assert (Payment.objects.get().refunded_amount, DummyPayment.objects.get().refunded) == (EUR("10.00"), EUR("10.00"))


def test_no_more_is_given_back_than_came_in(issuer, account):
    payment = capture(payment=held(issuer, account), amount=EUR("12.34"), at=NOON)
    with pytest.raises(UnableToPay):
        refund(payment=payment, amount=EUR("12.35"), reason="x", at=NOON)
    assert DummyPayment.objects.get().refunded == 0


def test_what_the_bank_takes_back_is_owed_again(issuer, account):
    invoice = InvoiceFactory(issuer=issuer, account=account, number="R1")
    payment = receive(
        issuer=issuer, account=account, kind=PaymentMethodKind.DIRECT_DEBIT, provider="sepa", key="debit-1",
        amount=EUR("119.00"), currency="EUR", at=NOON, invoice=invoice,
    )  # fmt: skip
    returned = Standing(Phase.RETURNED, failure_code="AC04", failure="The account is closed.")
    assert [settle(payment_id=payment.pk, told=returned, at=NOON) for _ in range(2)] == [True, False]
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, payment.allocated_amount, payment.failure_code) == ("returned", 0, "AC04")
    assert (invoice.open_amount, invoice.state) == (EUR("119.00"), "issued")
    assert told_money() == [("bank", "receivable", EUR("119.00")), ("receivable", "bank", EUR("119.00"))]
    assert OutboxEvent.objects.filter(name="payment.returned").count() == 1


def test_an_invoice_is_paid_on_the_page_and_the_card_is_kept(issuer, account):
    invoice = InvoiceFactory(issuer=issuer, account=account, number="R1")
    asked = pay_invoice(invoice=invoice, key="pay-R1", return_url="/my/", at=NOON, saves_method=True)
    customer_decides(ref=asked.payment.provider_ref, agrees=True, behaviour=Behaviour.REPEAT)
    hear_dummy(at=NOON + timedelta(days=999999))
    invoice.refresh_from_db()
    assert (invoice.state, invoice.open_amount) == ("paid", 0)
    assert list(PaymentMethod.objects.values_list("account", "is_default", "label")) == [
        (account.pk, True, "Trial card •••• 4242")
    ]
    assert list(PaymentEvent.objects.values_list("outcome", flat=True)) == ["applied"]


def test_a_saved_card_is_charged_while_the_customer_is_away(issuer, account):
    invoice = InvoiceFactory(issuer=issuer, account=account, number="R1")
    method = PaymentMethodFactory(account=account)
    for _ in range(2):
        payment = charge(
            issuer=issuer, method=method, amount=EUR("119.00"), currency="EUR", key="c1", at=NOON, invoice=invoice
        )
    invoice.refresh_from_db()
    assert (payment.state, invoice.state) == ("captured", "paid")
    assert told_money() == [("bank", "receivable", EUR("119.00"))]


def test_a_declined_charge_is_a_state_and_no_error(issuer, account):
    method = PaymentMethodFactory(account=account, provider_ref="decline")
    payment = charge(issuer=issuer, method=method, amount=EUR("9.00"), currency="EUR", key="c1", at=NOON)
    assert (payment.state, payment.failure) == ("failed", "The card was declined.")


def test_a_provider_that_is_away_is_asked_again_later(issuer, account, settings):
    settings.DUMMY_PAYMENTS = "away"
    with pytest.raises(ProviderSilent):
        hold(issuer, account)
    assert (Payment.objects.get().state, DummyPayment.objects.count()) == ("created", 0)
    settings.DUMMY_PAYMENTS = ""
    assert hold(issuer, account).redirect_url != ""


def test_a_lost_answer_is_found_by_asking(issuer, account, settings):
    payment = held(issuer, account)
    settings.DUMMY_PAYMENTS = "answer_lost"
    with pytest.raises(ProviderSilent):
        capture(payment=payment, amount=EUR("12.34"), at=NOON)
    assert (Payment.objects.get().captured_amount, DummyPayment.objects.get().captured) == (0, EUR("12.34"))
    settings.DUMMY_PAYMENTS = ""
    assert check_due_payments(at=LATER) == 1
    assert (Payment.objects.get().state, Payment.objects.get().captured_amount) == ("captured", EUR("12.34"))
    assert told_money() == [("bank", "receivable", EUR("12.34"))]


def test_a_payment_that_never_reached_the_provider_fails_in_the_end(issuer, account, settings):
    settings.DUMMY_PAYMENTS = "away"
    with pytest.raises(ProviderSilent):
        hold(issuer, account)
    settings.DUMMY_PAYMENTS = ""
    assert check_due_payments(at=LATER) == 0
    assert Payment.objects.get().state == "created"
    assert check_due_payments(at=NOON + timedelta(hours=3)) == 1
    assert (Payment.objects.get().state, Payment.objects.get().failure_code) == ("failed", "never_begun")


def test_what_was_given_free_before_the_answer_came_is_given_free_there_too(issuer, account, settings):
    asked = hold(issuer, account)
    Payment.objects.update(provider_ref="", state="created")  # we died before we read the answer
    release(payment=asked.payment, at=NOON)
    customer_decides(ref=DummyPayment.objects.get().ref, agrees=True)
    check_due_payments(at=LATER)
    assert (DummyPayment.objects.get().phase, Payment.objects.get().state) == ("released", "released")


def test_the_word_of_the_provider_decides_between_two_wishes(issuer, account):
    payment = held(issuer, account)
    stale = Payment.objects.get()
    DummyPayment.objects.update(phase="released")
    with pytest.raises(PaymentRefused):
        capture(payment=stale, amount=EUR("12.34"), at=NOON)
    payment.refresh_from_db()
    assert (payment.state, told_money()) == ("released", [])
