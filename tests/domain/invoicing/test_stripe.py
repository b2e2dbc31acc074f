"""Stripe behind the port: what is sent, what its answers and signed messages mean. Nothing leaves the process."""

import json
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from apps.invoicing.engine.progress import Phase
from apps.invoicing.payments.port import (
    ForgedWebhook,
    Order,
    PaymentUnknown,
    ProviderAway,
    ProviderRefused,
    SavedMethod,
    Wish,
)
from apps.invoicing.payments.stripe import StripeProvider, _given_back, major_units, minor_units

SECRET = "whsec_test"
EUR = Decimal
CHARGE = {
    "id": "ch_1", "amount_refunded": 0, "balance_transaction": {"fee": 43, "currency": "eur"},
    "payment_method_details": {"card": {"brand": "visa", "last4": "4242"}},
}  # fmt: skip


class FakeNetwork(stripe.HTTPClient):
    """Answers ``(method, path)`` with what the test laid down, and remembers what was asked."""

    name = "fake"

    def __init__(self, answers: dict[str, object]) -> None:
        super().__init__()
        self.answers = answers
        self.asked: list[tuple[str, str, dict, str]] = []

    def request(self, method, url, headers, post_data=None, *, _usage=None):
        path = urlsplit(url).path.removeprefix("/v1/")
        body = {name: values[0] for name, values in parse_qs(post_data or urlsplit(url).query).items()}
        self.asked.append((method, path, body, headers.get("Idempotency-Key", "")))
        answer = self.answers[f"{method} {path}"]
        if isinstance(answer, Exception):
            raise answer
        status, content = answer if isinstance(answer, tuple) else (200, answer)
        return json.dumps(content), status, {"Request-Id": "req_1"}

    def close(self) -> None:
        """Nothing is open."""


def intent(**more) -> dict:
    return {
        "id": "pi_1", "object": "payment_intent", "amount": 5000, "amount_received": 0, "currency": "eur",
        "status": "requires_capture", "capture_method": "manual", "metadata": {"payment_key": "guest-1", "hosted": "1"},
        "latest_charge": None, "last_payment_error": None, "setup_future_usage": None, "customer": None,
        "payment_method": "pm_1",
    } | more  # fmt: skip


def session(**more) -> dict:
    return {
        "id": "cs_1", "object": "checkout.session", "status": "open", "url": "https://checkout.stripe.com/c/cs_1",
        "client_reference_id": "guest-1", "currency": "eur", "payment_intent": None,
    } | more  # fmt: skip


def on(answers: dict) -> tuple[StripeProvider, FakeNetwork]:
    network = FakeNetwork(answers)
    return StripeProvider(network), network


ORDER = Order("guest-1", EUR("50.00"), "EUR", "Charging", "https://x/q/", captures_at_once=False, saves_method=True)


def test_a_hold_is_asked_for_on_the_hosted_page():
    stripe_provider, network = on({"post checkout/sessions": session()})
    standing = stripe_provider.begin(ORDER)
    assert (standing.phase, standing.ref) == (Phase.PENDING, "cs_1")
    assert standing.redirect_url == "https://checkout.stripe.com/c/cs_1"
    ((_, _, body, key),) = network.asked
    assert key == "guest-1"
    assert body["payment_intent_data[capture_method]"] == "manual"
    assert body["payment_intent_data[metadata][payment_key]"] == "guest-1"
    assert body["payment_intent_data[setup_future_usage]"] == "off_session"
    assert (body["line_items[0][price_data][unit_amount]"], body["success_url"]) == ("5000", "https://x/q/")


def test_the_true_amount_is_captured_with_the_fee_told():
    taken = intent(status="succeeded", amount_received=1234, latest_charge=CHARGE)
    stripe_provider, network = on(
        {
            "get checkout/sessions/cs_1": session(payment_intent="pi_1"),
            "post payment_intents/pi_1/capture": taken,
        }
    )
    standing = stripe_provider.capture(Wish("cs_1", "guest-1:capture", "EUR", EUR("12.34")))
    assert (standing.phase, standing.captured, standing.authorised, standing.fee) == (
        Phase.CAPTURED, EUR("12.34"), EUR("50.00"), EUR("0.43"),
    )  # fmt: skip
    _, _, body, key = network.asked[-1]
    assert (body["amount_to_capture"], key) == ("1234", "guest-1:capture")


def test_a_card_on_file_is_charged():
    stripe_provider, network = on({"post payment_intents": intent(status="succeeded", amount_received=900, amount=900)})
    standing = stripe_provider.charge(Order("c1", EUR("9.00"), "EUR", "Invoice R1", method_ref="cus_1/pm_1"))
    assert (standing.phase, standing.captured) == (Phase.CAPTURED, EUR("9.00"))
    ((_, _, body, _),) = network.asked
    assert (body["customer"], body["payment_method"], body["off_session"]) == ("cus_1", "pm_1", "true")


def test_a_declined_card_is_a_standing():
    error = {"error": {"type": "card_error", "code": "card_declined", "message": "Your card was declined.",
                       "payment_intent": {"id": "pi_9"}}}  # fmt: skip
    stripe_provider, _ = on({"post payment_intents": (402, error)})
    standing = stripe_provider.charge(Order("c1", EUR("9.00"), "EUR", "x", method_ref="cus_1/pm_1"))
    assert (standing.phase, standing.ref, standing.failure) == (Phase.FAILED, "pi_9", "Your card was declined.")


def test_a_refund_is_followed_by_how_it_stands():
    stripe_provider, network = on(
        {
            "post refunds": {"id": "re_1", "object": "refund"},
            "get payment_intents/pi_1": intent(
                status="succeeded", amount_received=1234, latest_charge=CHARGE | {"amount_refunded": 234}
            ),
        }
    )
    standing = stripe_provider.refund(Wish("pi_1", "k:refund:2.34", "EUR", EUR("2.34")))
    assert (standing.captured, standing.refunded) == (EUR("12.34"), EUR("2.34"))
    assert network.asked[0][2] == {"payment_intent": "pi_1", "amount": "234"}


def test_a_page_that_nobody_used_is_closed():
    stripe_provider, _ = on(
        {"get checkout/sessions/cs_1": session(), "post checkout/sessions/cs_1/expire": session(status="expired")}
    )
    assert stripe_provider.release(Wish("cs_1", "k:release", "EUR")).phase is Phase.FAILED


def test_what_is_held_is_given_free():
    stripe_provider, _ = on({"post payment_intents/pi_1/cancel": intent(status="canceled")})
    assert stripe_provider.release(Wish("pi_1", "k:release", "EUR")).phase is Phase.RELEASED


def test_a_payment_whose_answer_was_lost_is_found_by_our_key():
    stripe_provider, network = on(
        {
            "get payment_intents/search": {"object": "search_result", "data": [{"id": "pi_1"}], "has_more": False},
            "get payment_intents/pi_1": intent(),
        }
    )
    assert stripe_provider.status(ref="", key="guest-1").authorised == EUR("50.00")
    assert network.asked[0][2]["query"] == "metadata['payment_key']:'guest-1'"


def test_what_stripe_does_not_know_is_unknown():
    missing = {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such intent"}}
    stripe_provider, _ = on({"get payment_intents/pi_1": (404, missing)})
    with pytest.raises(PaymentUnknown):
        stripe_provider.status(ref="pi_1", key="k")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (stripe.APIConnectionError("no route"), ProviderAway),
        ((500, {"error": {"type": "api_error", "message": "x"}}), ProviderAway),
        ((401, {"error": {"message": "bad key"}}), ProviderAway),
        ((400, {"error": {"type": "invalid_request_error", "message": "already captured"}}), ProviderRefused),
    ],
)
def test_errors_speak_the_words_of_the_port(answer, error, monkeypatch):
    monkeypatch.setattr(FakeNetwork, "_sleep_time_seconds", lambda *args, **kwargs: 0, raising=False)
    stripe_provider, _ = on({"post payment_intents/pi_1/capture": answer})
    with pytest.raises(error):
        stripe_provider.capture(Wish("pi_1", "k", "EUR", EUR("1.00")))


def test_a_card_that_may_be_kept_is_told():
    stripe_provider, _ = on(
        {"get payment_intents/pi_1": intent(setup_future_usage="off_session", customer="cus_1", latest_charge=CHARGE)}
    )
    assert stripe_provider.status(ref="pi_1", key="k").method == SavedMethod("cus_1/pm_1", "Visa •••• 4242")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("12.34", "EUR", 1234), ("500", "JPY", 500), ("0.01", "CHF", 1)]
)
def test_minor_units(amount, currency, minor):
    assert minor_units(EUR(amount), currency) == minor
    assert major_units(minor, currency) == EUR(amount)


def signed(event: dict, *, secret: str = SECRET, **more) -> tuple[dict, bytes]:
    body = json.dumps(event)
    return {"Stripe-Signature": stripe.WebhookSignature.generate_signature_header(body, secret, **more)}, body.encode()


def event(kind: str, about: dict) -> dict:
    return {"id": "evt_1", "object": "event", "type": kind, "data": {"object": about}}


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    settings.STRIPE_SECRET_KEY = "sk_test_1"


@pytest.mark.parametrize(
    ("kind", "about", "phase", "amounts"),
    [
        ("payment_intent.amount_capturable_updated", intent(), Phase.AUTHORISED, (50, 0, 0)),
        (
            "payment_intent.succeeded", intent(status="succeeded", amount_received=1234),
            Phase.CAPTURED, (50, EUR("12.34"), 0),
        ),
        ("payment_intent.canceled", intent(status="canceled"), Phase.RELEASED, (0, 0, 0)),
        ("checkout.session.expired", session(status="expired"), Phase.FAILED, (0, 0, 0)),
        (
            "charge.refunded",
            {"id": "ch_1", "currency": "eur", "payment_intent": "pi_1", "amount_captured": 1234,
             "amount_refunded": 234, "metadata": {"payment_key": "guest-1"}},
            Phase.CAPTURED, (0, EUR("12.34"), EUR("2.34")),
        ),
    ],
)  # fmt: skip
def test_signed_messages_are_read(kind, about, phase, amounts):
    (told,) = StripeProvider().parse_webhook(*signed(event(kind, about)))
    standing = told.standing
    assert (told.event_id, told.key, standing.phase) == ("evt_1", "guest-1", phase)
    assert (standing.authorised, standing.captured, standing.refunded) == amounts


def test_a_first_card_that_is_declined_on_the_page_ends_nothing():
    failed = intent(status="requires_payment_method", last_payment_error={"code": "card_declined", "message": "No."})
    (told,) = StripeProvider().parse_webhook(*signed(event("payment_intent.payment_failed", failed)))
    assert told.standing.phase is Phase.PENDING
    failed["metadata"] = {"payment_key": "collect:1:0"}
    (told,) = StripeProvider().parse_webhook(*signed(event("payment_intent.payment_failed", failed)))
    assert told.standing.phase is Phase.FAILED


def test_money_withdrawn_in_a_dispute_is_returned():
    dispute = {"id": "dp_1", "amount": 1234, "currency": "eur", "payment_intent": "pi_1"}
    (told,) = StripeProvider().parse_webhook(*signed(event("charge.dispute.funds_withdrawn", dispute)))
    assert (told.ref, told.standing.phase) == ("pi_1", Phase.RETURNED)
    (won,) = StripeProvider().parse_webhook(*signed(event("charge.dispute.funds_reinstated", dispute)))
    assert "record it as a payment by hand" in won.note


def test_what_is_not_about_payments_is_noted_so():
    (told,) = StripeProvider().parse_webhook(*signed(event("customer.created", {"id": "cus_1"})))
    assert (told.standing, bool(told.note)) == (None, True)


def test_a_signature_computed_elsewhere_is_believed_in_its_time(time_machine):
    body = b'{"id":"evt_1","type":"customer.created","data":{"object":{"id":"cus_1"}}}'
    header = "t=1700000000,v1=517bfd54b2b938cd900b3177c8364c64"
    header += "cd0a12f23fe6199ea814da2de539baba"
    time_machine.move_to(1_700_000_100)
    (told,) = StripeProvider().parse_webhook({"Stripe-Signature": header}, body)
    assert told.kind == "customer.created"


@pytest.mark.parametrize("headers", [{}, {"Stripe-Signature": ""}, {"Stripe-Signature": "t=x,v1=y"}])
def test_messages_without_a_signature_are_forged(headers):
    with pytest.raises(ForgedWebhook):
        StripeProvider().parse_webhook(headers, b"{}")


def test_messages_changed_signed_by_others_or_sent_again_later_are_forged():
    good = event("payment_intent.canceled", intent(status="canceled"))
    headers, body = signed(good)
    for wrong in [
        (headers, body + b" "), signed(good, secret="whsec_other"), signed(good, timestamp=1_700_000_000),
        (headers, b"\xff"),
    ]:  # fmt: skip
        with pytest.raises(ForgedWebhook):
            StripeProvider().parse_webhook(*wrong)


def test_without_a_secret_nobody_is_believed(settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    with pytest.raises(ForgedWebhook):
        StripeProvider().parse_webhook(*signed(event("x.y", {})))


@pytest.mark.parametrize("content", [[], {}, {"id": "e", "type": "payment_intent.x", "data": {"object": {}}}])
def test_signed_nonsense_cannot_be_read(content):
    with pytest.raises(ValueError):
        StripeProvider().parse_webhook(*signed(content))


@pytest.mark.parametrize(
    ("charge", "given_back"),
    [
        ({"amount": 5000, "amount_captured": 1234, "amount_refunded": 3766}, 0),
        ({"amount": 5000, "amount_captured": 1234, "amount_refunded": 4000}, 234),
        ({"amount": 5000, "amount_captured": 5000, "amount_refunded": 700}, 700),
        ({"amount": 5000, "amount_captured": 0, "amount_refunded": 0}, 0),
        ({"amount_refunded": 0}, 0),
    ],
)
def test_what_of_a_hold_was_never_taken_is_no_refund(charge, given_back):
    assert _given_back(charge) == given_back
