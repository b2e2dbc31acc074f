"""The door of payment providers, by HTTP."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from apps.invoicing.models import Payment, PaymentEvent
from apps.invoicing.payments.dummy import Behaviour, due_webhooks, signature_of
from apps.invoicing.payments.dummy import settle as customer_decides
from apps.invoicing.services.inbox import apply_waiting_events
from apps.invoicing.services.payments import authorise, capture
from apps.invoicing.services.polling import check_due_payments
from tests.factories.billing import BillingAccountFactory, IssuerFactory

pytestmark = pytest.mark.django_db
URL = "/api/payments/dummy/webhook/"
FAR = timedelta(days=1)


@pytest.fixture
def payment() -> Payment:
    issuer = IssuerFactory()
    account = BillingAccountFactory(organisation=issuer.organisation)
    return authorise(
        issuer=issuer, account=account, amount=Decimal("50.00"), currency="EUR", key="guest-1", return_url="/q/x/",
        at=timezone.now(),
    ).payment  # fmt: skip


def post(body: bytes, signature: str | None = None, provider: str = "dummy"):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.post(
        f"/api/payments/{provider}/webhook/", body, content_type="application/json",
        headers={"Dummy-Signature": signature_of(body) if signature is None else signature},
    )  # fmt: skip


def messages() -> list[bytes]:
    return [body for _, body in due_webhooks(timezone.now() + FAR)]


def test_a_signed_message_is_kept_and_applied(payment):
    customer_decides(ref=payment.provider_ref, agrees=True)
    (body,) = messages()
    answer = post(body)
    assert (answer.status_code, answer.json()) == (200, {"outcomes": ["applied"]})
    payment.refresh_from_db()
    assert (payment.state, payment.authorised_amount) == ("authorised", Decimal("50.00"))
    assert PaymentEvent.objects.get().payment == payment


def test_a_repeated_message_is_kept_once_and_changes_nothing(payment):
    customer_decides(ref=payment.provider_ref, agrees=True, behaviour=Behaviour.REPEAT)
    bodies = messages()
    assert len(bodies) == 3
    assert [post(body).json()["outcomes"] for body in bodies] == [["applied"]] * 3
    assert PaymentEvent.objects.count() == 1


def test_messages_in_the_wrong_order_end_in_the_same_place(payment):
    customer_decides(ref=payment.provider_ref, agrees=True)
    held = Payment.objects.get()
    Payment.objects.update(state="authorised", authorised_amount=Decimal("50.00"))
    capture(payment=held, amount=Decimal("12.34"), at=timezone.now())
    first, second = messages()
    assert post(second).json() == {"outcomes": ["ignored"]}
    assert post(first).json() == {"outcomes": ["ignored"]}
    assert PaymentEvent.objects.earliest("pk").explanation == "Known already: it came late, or was said before."
    payment.refresh_from_db()
    assert (payment.state, payment.captured_amount) == ("captured", Decimal("12.34"))


def test_a_lost_message_is_made_good_by_asking(payment):
    customer_decides(ref=payment.provider_ref, agrees=True, behaviour=Behaviour.LOSE)
    assert messages() == []
    assert check_due_payments(at=timezone.now() + timedelta(minutes=2)) == 1
    payment.refresh_from_db()
    assert payment.state == "authorised"
    assert PaymentEvent.objects.get().kind == "asked: authorised"


@pytest.mark.parametrize("signature", ["", "0" * 64, "ä"])
def test_a_forged_message_is_refused_and_logged(payment, signature):
    customer_decides(ref=payment.provider_ref, agrees=True)
    (body,) = messages()
    with capture_logs() as lines:
        answer = post(body, signature)
    assert ("payments.webhook_forged", "127.0.0.1") in [(line["event"], line.get("address")) for line in lines]
    assert (answer.status_code, answer.json()) == (400, {"code": "forged"})
    assert not PaymentEvent.objects.exists()
    payment.refresh_from_db()
    assert payment.state == "pending"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"id": "1", "kind": "x", "payment": {}}', b"\xff"])
def test_what_cannot_be_read_is_refused(db, body):
    assert (post(body).status_code, PaymentEvent.objects.count()) == (400, 0)


def test_too_large_a_message_is_refused(db):
    assert post(b" " * (256 * 1024 + 1)).status_code == 413


def test_an_unknown_provider_has_no_door(db):
    assert post(b"{}", provider="paypal").status_code == 404


def test_a_message_about_a_payment_that_is_not_ours_is_kept_and_ignored(payment):
    customer_decides(ref=payment.provider_ref, agrees=True)
    (body,) = messages()
    told = json.loads(body)
    told["payment"] |= {"key": "somebody-elses", "ref": "dummy_unknown"}
    answer = post(json.dumps(told).encode())
    assert answer.json() == {"outcomes": ["ignored"]}
    assert PaymentEvent.objects.get().explanation.startswith("We know no such payment")


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"refunded": "99.00"}])
def test_a_message_that_cannot_be_true_fails_visibly(payment, change):
    customer_decides(ref=payment.provider_ref, agrees=True)
    (body,) = messages()
    told = json.loads(body)
    told["payment"] |= change
    assert post(json.dumps(told).encode()).json() == {"outcomes": ["failed"]}
    payment.refresh_from_db()
    assert payment.state == "pending"


def test_a_message_kept_and_not_applied_is_applied_later(payment):
    customer_decides(ref=payment.provider_ref, agrees=True)
    (body,) = messages()
    told = json.loads(body)
    PaymentEvent.objects.create(provider="dummy", event_id=told["id"], kind=told["kind"], content=told)
    apply_waiting_events(at=timezone.now())
    payment.refresh_from_db()
    assert (payment.state, PaymentEvent.objects.get().outcome) == ("authorised", "applied")
