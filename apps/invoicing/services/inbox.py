"""Messages of payment providers: verified, kept once, applied in whatever order they come.

They are kept before they are applied, so that one which cannot be applied now is not lost: the sweep tries again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from apps.invoicing.choices import EventOutcome
from apps.invoicing.engine.progress import ImpossibleProgress
from apps.invoicing.models import Payment, PaymentEvent
from apps.invoicing.payments.dummy import due_webhooks
from apps.invoicing.payments.port import ProviderAway, ProviderEvent, ProviderRefused
from apps.invoicing.payments.providers import provider_named
from apps.invoicing.services.settling import settle

log = structlog.get_logger(__name__)
PATIENCE = timedelta(days=2)
"""For so long a message whose payment cannot be looked up is tried again."""


def receive_webhook(*, provider: str, headers: Mapping[str, str], body: bytes, at: datetime) -> list[PaymentEvent]:
    """Keep and apply what a provider says; a repeated message changes nothing.

    Raises ``ForgedWebhook``, ``ValueError`` for what cannot be read, ``UnknownProvider``.
    """
    rows = []
    for event in provider_named(provider).parse_webhook(headers, body):
        row, is_new = PaymentEvent.objects.get_or_create(
            provider=provider,
            event_id=event.event_id[:120],
            defaults={"kind": event.kind[:60], "content": event.content, "received_at": at},
        )
        if not is_new:
            log.info("payments.webhook_repeated", provider=provider, event_id=event.event_id)
        if row.outcome == EventOutcome.WAITING:
            _apply(row, event, at)
        rows.append(row)
    return rows


def apply_waiting_events(*, at: datetime, limit: int = 200) -> None:
    """Try again what was kept and could not be applied."""
    waiting = PaymentEvent.objects.filter(outcome=EventOutcome.WAITING).order_by("received_at", "pk")
    for row in waiting[:limit]:
        _apply(row, provider_named(row.provider).read_event(row.content), at)


def hear_dummy(*, at: datetime) -> None:
    """Take what the dummy provider has to say now."""
    for headers, body in due_webhooks(at):
        receive_webhook(provider="dummy", headers=headers, body=body, at=at)


def _apply(row: PaymentEvent, event: ProviderEvent, at: datetime) -> None:
    if event.note:
        return _close(row, EventOutcome.IGNORED, event.note)
    told, key = event.standing, event.key
    payment = _payment_of(row.provider, key, event.ref)
    if told is None or payment is None:
        try:
            looked_up = provider_named(row.provider).status(ref=event.ref, key=key)
        except ProviderAway:
            if at - row.received_at > PATIENCE:
                return _close(row, EventOutcome.FAILED, "The provider could not be asked what it is about.")
            return None
        except ProviderRefused as refusal:
            return _close(row, EventOutcome.IGNORED, f"We know no such payment, and the provider says: {refusal}")
        told = told or looked_up
        payment = payment or _payment_of(row.provider, looked_up.key, looked_up.ref)
    if payment is None:
        log.warning("payments.webhook_unknown", provider=row.provider, event_id=row.event_id, ref=event.ref)
        return _close(row, EventOutcome.IGNORED, "We know no such payment.")
    row.payment = payment
    try:
        is_news = settle(payment_id=payment.pk, told=told, at=at)
    except ImpossibleProgress as error:
        log.error("payments.webhook_impossible", event_id=row.event_id, payment=payment.pk, error=str(error))
        return _close(row, EventOutcome.FAILED, str(error))
    if is_news:
        return _close(row, EventOutcome.APPLIED, "")
    return _close(row, EventOutcome.IGNORED, "Known already: it came late, or was said before.")


def _payment_of(provider: str, key: str, ref: str) -> Payment | None:
    meant = Q(key=key) if key else Q(provider_ref=ref) & ~Q(provider_ref="")
    return Payment.objects.filter(meant, provider=provider).first()


def _close(row: PaymentEvent, outcome: EventOutcome, words: str) -> None:
    row.outcome, row.explanation = outcome, words[:200]
    row.save(update_fields=["outcome", "explanation", "payment"])
