"""A payment provider of our own for trying things out: no money moves. Its rows survive restarts as another company's
would.

What goes wrong can be asked for: by ``DUMMY_PAYMENTS`` for every payment, by a saved method of that name, by the
buttons of its hosted page, or by a magic amount (``MAGIC``).
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.invoicing.engine.progress import Phase
from apps.invoicing.models import DummyPayment, DummyWebhook
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

PAGE = "/pay/dummy/{ref}/"
SIGNATURE_HEADER = "Dummy-Signature"
DELAY = timedelta(minutes=1)
TIMES_REPEATED = 3


class Behaviour(StrEnum):
    """``AWAY``: no answer and nothing done. ``ANSWER_LOST``: done, but the answer does not arrive."""

    GOOD = ""
    DECLINE = "decline"
    LOSE = "lose"
    REPEAT = "repeat"
    DELAY = "delay"
    AWAY = "away"
    ANSWER_LOST = "answer_lost"


MAGIC = {
    Decimal(9001): Behaviour.DECLINE,
    Decimal(9002): Behaviour.LOSE,
    Decimal(9003): Behaviour.REPEAT,
    Decimal(9004): Behaviour.DELAY,
    Decimal(9005): Behaviour.AWAY,
    Decimal(9006): Behaviour.ANSWER_LOST,
}
"""Amounts, in any currency, that make a payment go wrong."""


class DummyProvider:
    """The port, answered from our own database."""

    def begin(self, order: Order) -> Standing:
        row, _ = self._find_or_make(order, Phase.PENDING)
        return _standing(row, redirect_url=PAGE.format(ref=row.ref))

    def charge(self, order: Order) -> Standing:
        row, is_new = self._find_or_make(order, Phase.PENDING)
        if is_new:
            row = settle(ref=row.ref, agrees=_behaviour(row) != Behaviour.DECLINE)
        return self._answer(row)

    def capture(self, wish: Wish) -> Standing:
        def take(row: DummyPayment) -> None:
            if row.phase != Phase.AUTHORISED:
                raise ProviderRefused(f"Nothing is held: the payment is {row.phase}.", code="not_held")
            if wish.amount > row.authorised:
                raise ProviderRefused("That is more than was held.", code="amount_too_large")
            row.phase, row.captured = Phase.CAPTURED, wish.amount

        return self._do(wish, take)

    def release(self, wish: Wish) -> Standing:
        def let_go(row: DummyPayment) -> None:
            if row.phase not in (Phase.AUTHORISED, Phase.PENDING):
                raise ProviderRefused(f"Nothing is held: the payment is {row.phase}.", code="not_held")
            row.phase = Phase.RELEASED

        return self._do(wish, let_go)

    def refund(self, wish: Wish) -> Standing:
        def give_back(row: DummyPayment) -> None:
            if wish.amount > row.captured - row.refunded:
                raise ProviderRefused("That is more than is left of it.", code="amount_too_large")
            row.refunded += wish.amount

        return self._do(wish, give_back)

    def status(self, *, ref: str, key: str) -> Standing:
        row = DummyPayment.objects.filter(**({"ref": ref} if ref else {"key": key})).first()
        if row is None:
            raise PaymentUnknown("The provider has no such payment.", code="unknown")
        return _standing(row)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> list[ProviderEvent]:
        if not hmac.compare_digest(signature_of(body).encode(), headers.get(SIGNATURE_HEADER, "").encode()):
            raise ForgedWebhook
        try:
            return [self.read_event(json.loads(body))]
        except (KeyError, TypeError, ArithmeticError) as error:
            raise ValueError(f"An event without what events have: {error!r}") from error

    def read_event(self, content: dict[str, Any]) -> ProviderEvent:
        told = content["payment"]
        method = SavedMethod(**told["method"]) if told["method"] else None
        amounts = {name: Decimal(told[name]) for name in ("authorised", "captured", "refunded", "fee")}
        standing = Standing(
            phase=Phase(told["phase"]), ref=told["ref"], key=told["key"], currency=told["currency"], method=method,
            failure_code=told["failure_code"], failure=told["failure"], **amounts,
        )  # fmt: skip
        return ProviderEvent(content["id"], content["kind"], content, told["key"], told["ref"], standing)

    def _find_or_make(self, order: Order, phase: Phase) -> tuple[DummyPayment, bool]:
        if _wanted(order.amount, order.method_ref) == Behaviour.AWAY:
            raise ProviderAway("The dummy provider was told not to answer.")
        return DummyPayment.objects.get_or_create(
            key=order.key,
            defaults={
                "ref": f"dummy_{secrets.token_hex(12)}",
                "currency": order.currency,
                "amount": order.amount,
                "description": order.description[:200],
                "return_url": order.return_url,
                "captures_at_once": order.captures_at_once,
                "saves_method": order.saves_method,
                "method_ref": order.method_ref,
                "phase": phase,
                "created_at": timezone.now(),
            },
        )

    def _do(self, wish: Wish, change) -> Standing:
        with transaction.atomic():
            row = DummyPayment.objects.select_for_update().filter(ref=wish.ref).first()
            if row is None:
                raise PaymentUnknown("The provider has no such payment.", code="unknown")
            if _behaviour(row) == Behaviour.AWAY:
                raise ProviderAway("The dummy provider was told not to answer.")
            if wish.key not in row.done:
                change(row)
                row.done = [*row.done, wish.key]
                row.save()
                _announce(row, wish.key.rsplit(":", 1)[-1])
        return self._answer(row)

    def _answer(self, row: DummyPayment) -> Standing:
        if _behaviour(row) == Behaviour.ANSWER_LOST:
            raise ProviderAway("The dummy provider did it and was told to lose the answer.")
        return _standing(row)


def settle(*, ref: str, agrees: bool, behaviour: Behaviour | None = None) -> DummyPayment:
    """The customer agrees, or the card is declined. What has ended already stays as it is."""
    with transaction.atomic():
        row = DummyPayment.objects.select_for_update().get(ref=ref)
        if row.phase != Phase.PENDING:
            return row
        if not agrees:
            row.phase, row.failure_code, row.failure = Phase.FAILED, "declined", "The card was declined."
        elif row.captures_at_once:
            row.phase, row.captured = Phase.CAPTURED, row.amount
        else:
            row.phase, row.authorised = Phase.AUTHORISED, row.amount
        row.save()
        _announce(row, row.phase, behaviour)
    return row


def due_webhooks(at: datetime) -> list[tuple[dict[str, str], bytes]]:
    """Headers and body of every message to be sent now; each is handed out as often as it is to be sent."""
    found = []
    with transaction.atomic():
        for row in DummyWebhook.objects.select_for_update().filter(due_at__lte=at, left__gt=0).order_by("pk")[:200]:
            body = row.body.encode()
            found += [({SIGNATURE_HEADER: signature_of(body)}, body)] * row.left
            row.left = 0
            row.save(update_fields=["left"])
    return found


def signature_of(body: bytes) -> str:
    secret = f"{settings.SECRET_KEY}:dummy-payments".encode()
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def _wanted(amount: Decimal, method_ref: str) -> Behaviour:
    told = next(
        (Behaviour(word) for word in (settings.DUMMY_PAYMENTS, method_ref) if word and word in set(Behaviour)), None
    )
    return told or MAGIC.get(amount, Behaviour.GOOD)


def _behaviour(row: DummyPayment) -> Behaviour:
    return _wanted(row.amount, row.method_ref)


def _method_of(row: DummyPayment) -> SavedMethod | None:
    if not row.saves_method or row.phase not in (Phase.AUTHORISED, Phase.CAPTURED):
        return None
    return SavedMethod(f"card_{row.ref.removeprefix('dummy_')}", "Trial card •••• 4242")


def _standing(row: DummyPayment, *, redirect_url: str = "") -> Standing:
    return Standing(
        phase=Phase(row.phase), ref=row.ref, key=row.key, currency=row.currency, authorised=row.authorised,
        captured=row.captured, refunded=row.refunded, fee=Decimal(0), failure_code=row.failure_code,
        failure=row.failure, method=_method_of(row), redirect_url=redirect_url,
    )  # fmt: skip


def _announce(row: DummyPayment, kind: str, behaviour: Behaviour | None = None) -> None:
    """Keep the message to be sent, unless it is to be lost."""
    behaviour = _behaviour(row) if behaviour is None else behaviour
    if behaviour == Behaviour.LOSE:
        return
    method = _method_of(row)
    told = {
        "ref": row.ref,
        "key": row.key,
        "currency": row.currency,
        "phase": row.phase,
        **{name: str(getattr(row, name)) for name in ("authorised", "captured", "refunded")},
        "fee": "0",
        "failure_code": row.failure_code,
        "failure": row.failure,
        "method": {"ref": method.ref, "label": method.label} if method else None,
    }
    now = timezone.now()
    DummyWebhook.objects.create(
        body=json.dumps({"id": f"evt_{secrets.token_hex(12)}", "kind": f"payment.{kind}", "payment": told}),
        due_at=now + DELAY if behaviour == Behaviour.DELAY else now,
        left=TIMES_REPEATED if behaviour == Behaviour.REPEAT else 1,
    )
