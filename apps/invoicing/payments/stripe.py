"""Stripe behind the port: Checkout as the hosted page, PaymentIntents, refunds, signed messages.

Source: Stripe's API reference. Our key travels as ``metadata.payment_key`` of session and intent, so every message
finds its payment. ``ref`` is the Checkout session's (cs_…) where there was a page, else the intent's (pi_…). A saved
card is known as ``customer/payment method``.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import orjson
import stripe
from django.conf import settings

from apps.invoicing.engine.progress import Phase
from apps.invoicing.payments.port import (
    ForgedWebhook,
    Order,
    PaymentUnknown,
    ProviderAway,
    ProviderEvent,
    ProviderRefused,
    SavedMethod,
    Standing,
    Wish,
)

WITHOUT_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_INTENT_PARTS = ["latest_charge.balance_transaction"]
_PHASES = {
    "requires_payment_method": Phase.PENDING,
    "requires_confirmation": Phase.PENDING,
    "requires_action": Phase.PENDING,
    "processing": Phase.PENDING,
    "requires_capture": Phase.AUTHORISED,
    "succeeded": Phase.CAPTURED,
    "canceled": Phase.RELEASED,
}


class StripeProvider:
    """The port, answered by Stripe. ``http_client`` stands in for the network in tests."""

    def __init__(self, http_client: stripe.HTTPClient | None = None) -> None:
        self._client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY or "sk_not_set", http_client=http_client, max_network_retries=1
        ).v1

    def begin(self, order: Order) -> Standing:
        marks = {"payment_key": order.key, "hosted": "1"}
        intent: dict[str, Any] = {
            "capture_method": "automatic" if order.captures_at_once else "manual",
            "description": order.description,
            "metadata": marks,
        }
        parameters: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": order.key,
            "metadata": marks,
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": order.currency.lower(),
                        "unit_amount": minor_units(order.amount, order.currency),
                        "product_data": {"name": order.description},
                    },
                }
            ],
        }
        if order.email:
            parameters["customer_email"] = order.email
        if order.saves_method:
            intent["setup_future_usage"] = "off_session"
            parameters["customer_creation"] = "always"
        parameters["payment_intent_data"] = intent
        session = _ask(lambda: self._client.checkout.sessions.create(parameters, {"idempotency_key": order.key}))
        return _standing_of_session(session)

    def charge(self, order: Order) -> Standing:
        customer, _, method = order.method_ref.partition("/")
        parameters = {
            "amount": minor_units(order.amount, order.currency),
            "currency": order.currency.lower(),
            "customer": customer,
            "payment_method": method,
            "off_session": True,
            "confirm": True,
            "description": order.description,
            "metadata": {"payment_key": order.key},
            "expand": _INTENT_PARTS,
        }
        try:
            return _standing_of_intent(
                _ask(lambda: self._client.payment_intents.create(parameters, {"idempotency_key": order.key}))
            )
        except _Declined as declined:
            return declined.standing

    def capture(self, wish: Wish) -> Standing:
        parameters = {"amount_to_capture": minor_units(wish.amount, wish.currency), "expand": _INTENT_PARTS}
        return self._on_intent(wish, self._client.payment_intents.capture, parameters)

    def release(self, wish: Wish) -> Standing:
        if wish.ref.startswith("cs_") and not self._intent_of(wish.ref):
            expired = _ask(lambda: self._client.checkout.sessions.expire(wish.ref, {}, {"idempotency_key": wish.key}))
            return _standing_of_session(expired)
        return self._on_intent(wish, self._client.payment_intents.cancel, {"expand": _INTENT_PARTS})

    def refund(self, wish: Wish) -> Standing:
        intent = self._intent_of(wish.ref)
        parameters = {"payment_intent": intent, "amount": minor_units(wish.amount, wish.currency)}
        _ask(lambda: self._client.refunds.create(parameters, {"idempotency_key": wish.key}))
        return self._intent(intent)

    def status(self, *, ref: str, key: str) -> Standing:
        if not ref:
            quoted = key.replace("\\", "\\\\").replace("'", "\\'")
            query = {"query": f"metadata['payment_key']:'{quoted}'", "limit": 1}
            found = _ask(lambda: self._client.payment_intents.search(query))["data"]
            if not found:
                raise PaymentUnknown("The provider has no such payment.", code="unknown")
            return self._intent(found[0]["id"])
        if ref.startswith("ch_"):
            charge = _ask(lambda: self._client.charges.retrieve(ref))
            return self._intent(charge["payment_intent"])
        if not ref.startswith("cs_"):
            return self._intent(ref)
        session = _ask(lambda: self._client.checkout.sessions.retrieve(ref))
        return self._intent(session["payment_intent"]) if session["payment_intent"] else _standing_of_session(session)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> list[ProviderEvent]:
        try:
            stripe.WebhookSignature.verify_header(
                body, headers.get("Stripe-Signature", ""), settings.STRIPE_WEBHOOK_SECRET, tolerance=300
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise ForgedWebhook(str(error)) from error
        try:
            return [self.read_event(orjson.loads(body))]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"An event without what events have: {error!r}") from error

    def read_event(self, content: dict[str, Any]) -> ProviderEvent:
        kind, about = content["type"], content["data"]["object"]
        read = _READERS.get(kind.rsplit(".", 1)[0])
        if read is None:
            return ProviderEvent(content["id"], kind, content, note="Stripe tells this to everybody; nothing follows.")
        return read(content["id"], kind, content, about)

    def _on_intent(self, wish: Wish, call, parameters: dict[str, Any]) -> Standing:
        intent = self._intent_of(wish.ref)
        return _standing_of_intent(_ask(lambda: call(intent, parameters, {"idempotency_key": wish.key})))

    def _intent_of(self, ref: str) -> str:
        if not ref.startswith("cs_"):
            return ref
        return _ask(lambda: self._client.checkout.sessions.retrieve(ref))["payment_intent"] or ""

    def _intent(self, intent: str) -> Standing:
        return _standing_of_intent(
            _ask(lambda: self._client.payment_intents.retrieve(intent, {"expand": _INTENT_PARTS}))
        )


class _Declined(ProviderRefused):
    """The card was declined; how the intent stands is known."""

    def __init__(self, message: str, *, code: str, standing: Standing) -> None:
        super().__init__(message, code=code)
        self.standing = standing


def minor_units(amount: Decimal, currency: str) -> int:
    """12.34 EUR → 1234, 500 JPY → 500."""
    return int(amount if currency.upper() in WITHOUT_DECIMALS else amount.scaleb(2))


def major_units(amount: int | None, currency: str) -> Decimal:
    """1234, eur → 12.34."""
    return Decimal(amount or 0) if currency.upper() in WITHOUT_DECIMALS else Decimal(amount or 0).scaleb(-2)


def _ask(call: Callable[[], Any]) -> dict[str, Any]:
    """Ask Stripe for an object, as plain data; its errors in the words of the port."""
    try:
        return call().to_dict()
    except stripe.CardError as error:
        code = error.code or "declined"
        words = error.user_message or "The card was declined."
        intent = ((error.json_body or {}).get("error") or {}).get("payment_intent") or {}
        failed = Standing(Phase.FAILED, ref=intent.get("id", ""), failure_code=code, failure=words)
        raise _Declined(words, code=code, standing=failed) from error
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.AuthenticationError) as error:
        raise ProviderAway(str(error)) from error
    except stripe.InvalidRequestError as error:
        unknown = error.code == "resource_missing"
        raise (PaymentUnknown if unknown else ProviderRefused)(
            error.user_message or str(error), code=error.code or "invalid"
        ) from error
    except stripe.StripeError as error:
        raise ProviderAway(str(error)) from error


def _standing_of_session(session: Mapping[str, Any]) -> Standing:
    phase = Phase.FAILED if session["status"] == "expired" else Phase.PENDING
    failure = ("expired", "Nobody paid on the page in time.") if phase is Phase.FAILED else ("", "")
    return Standing(
        phase, ref=session["id"], key=session["client_reference_id"] or "", currency=session["currency"].upper(),
        failure_code=failure[0], failure=failure[1], redirect_url=session.get("url") or "",
    )  # fmt: skip


def _standing_of_intent(intent: Mapping[str, Any]) -> Standing:
    currency = intent["currency"].upper()
    marks = intent.get("metadata") or {}
    charge = intent.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {}
    phase = _PHASES.get(intent["status"], Phase.PENDING)
    error = intent.get("last_payment_error") or {}
    if phase is Phase.PENDING and error and not marks.get("hosted"):
        phase = Phase.FAILED
    captured = major_units(intent.get("amount_received"), currency)
    was_held = intent.get("capture_method") == "manual" and phase in (Phase.AUTHORISED, Phase.CAPTURED)
    return Standing(
        phase, ref=intent["id"], key=marks.get("payment_key", ""), currency=currency,
        authorised=major_units(intent["amount"], currency) if was_held else Decimal(0), captured=captured,
        refunded=major_units(_given_back(charge), currency), fee=_fee(charge, currency),
        failure_code=(error.get("decline_code") or error.get("code") or "")[:40], failure=error.get("message") or "",
        method=_saved_method(intent, charge),
    )  # fmt: skip


def _given_back(charge: Mapping[str, Any]) -> int:
    """What was refunded, in the smallest unit. Of a part capture Stripe counts the rest, never taken, among it."""
    held, taken = charge.get("amount") or 0, charge.get("amount_captured") or 0
    never_taken = held - taken if 0 < taken < held else 0
    return max((charge.get("amount_refunded") or 0) - never_taken, 0)


def _fee(charge: Mapping[str, Any], currency: str) -> Decimal | None:
    """What Stripe keeps, where it says so; nothing where it reckons in another currency than the payment's."""
    balance = charge.get("balance_transaction")
    if not isinstance(balance, Mapping):
        return None
    return major_units(balance["fee"], currency) if balance["currency"].upper() == currency else Decimal(0)


def _saved_method(intent: Mapping[str, Any], charge: Mapping[str, Any]) -> SavedMethod | None:
    card = (charge.get("payment_method_details") or {}).get("card")
    if not (intent.get("setup_future_usage") and intent.get("customer") and card):
        return None
    brand = str(card.get("brand") or "card").title()
    return SavedMethod(f"{intent['customer']}/{intent['payment_method']}", f"{brand} •••• {card.get('last4')}")


def _read_intent(event_id: str, kind: str, content: dict[str, Any], intent: Mapping[str, Any]) -> ProviderEvent:
    standing = _standing_of_intent(intent)
    return ProviderEvent(event_id, kind, content, standing.key, standing.ref, standing)


def _read_session(event_id: str, kind: str, content: dict[str, Any], session: Mapping[str, Any]) -> ProviderEvent:
    """A completed session says less than its intent, which is asked for."""
    standing = _standing_of_session(session)
    told = standing if standing.phase is Phase.FAILED else None
    return ProviderEvent(event_id, kind, content, standing.key, standing.ref, told)


def _read_charge(event_id: str, kind: str, content: dict[str, Any], charge: Mapping[str, Any]) -> ProviderEvent:
    """Only what was given back is news; the intent tells the rest."""
    currency, key = charge["currency"].upper(), (charge.get("metadata") or {}).get("payment_key", "")
    captured = major_units(charge.get("amount_captured"), currency)
    ref = charge.get("payment_intent") or ""
    if kind != "charge.refunded" or not ref:
        return ProviderEvent(event_id, kind, content, key, ref, note="The payment intent tells the same.")
    refunded = major_units(_given_back(charge), currency)
    standing = Standing(Phase.CAPTURED, ref, key, currency, captured=captured, refunded=refunded)
    return ProviderEvent(event_id, kind, content, key, ref, standing if key else None)


def _read_dispute(event_id: str, kind: str, content: dict[str, Any], dispute: Mapping[str, Any]) -> ProviderEvent:
    """The customer's bank takes the money back, or gives it back after all."""
    ref, currency = dispute.get("payment_intent") or "", dispute["currency"].upper()
    if kind == "charge.dispute.funds_reinstated":
        note = "The dispute was won and the money is back: record it as a payment by hand."
        return ProviderEvent(event_id, kind, content, ref=ref, note=note)
    if kind != "charge.dispute.funds_withdrawn":
        return ProviderEvent(event_id, kind, content, ref=ref, note="Nothing moves before the money is withdrawn.")
    amount = major_units(dispute["amount"], currency)
    standing = Standing(Phase.RETURNED, ref, currency=currency, captured=amount, failure_code="disputed",
                        failure="The cardholder's bank took the money back.")  # fmt: skip
    return ProviderEvent(event_id, kind, content, ref=ref, standing=standing)


_READERS = {
    "payment_intent": _read_intent,
    "checkout.session": _read_session,
    "charge": _read_charge,
    "charge.dispute": _read_dispute,
}
