"""Asking providers how payments stand: repairs lost messages, lost answers and our own sudden deaths."""

from datetime import datetime, timedelta

import structlog

from apps.invoicing.choices import EventOutcome, PaymentState
from apps.invoicing.engine.progress import ImpossibleProgress, Phase
from apps.invoicing.models import Payment, PaymentEvent
from apps.invoicing.payments.port import PaymentUnknown, ProviderAway, ProviderRefused, Standing, Wish
from apps.invoicing.payments.providers import ASKED, provider_named
from apps.invoicing.services.settling import next_check, settle

log = structlog.get_logger(__name__)
NEVER_BEGUN = timedelta(hours=2)
"""After so long a payment that the provider does not know was never begun (its search may lag behind)."""


def check_due_payments(*, at: datetime, limit: int = 200) -> int:
    """Ask about every payment whose time has come; return for how many that brought news. Harmless beside itself."""
    due = Payment.objects.filter(next_check_at__lte=at, provider__in=ASKED).order_by("next_check_at", "pk")
    return sum(_claim(payment, at) and check_payment(payment=payment, at=at) for payment in due[:limit])


def check_payment(*, payment: Payment, at: datetime) -> bool:
    """Ask how it stands and write that down; return whether it was news. What was learnt is kept as an event."""
    try:
        provider = provider_named(payment.provider)
        told = provider.status(ref=payment.provider_ref, key=payment.key)
        if payment.state == PaymentState.RELEASED and told.phase in (Phase.PENDING, Phase.AUTHORISED):
            told = provider.release(Wish(told.ref, f"{payment.key}:release", payment.currency))
    except PaymentUnknown:
        told = _never_begun(payment, at)
    except (ProviderAway, ProviderRefused) as error:
        log.warning("payments.status_unknown", payment=payment.pk, error=str(error))
        return False
    if told is None:
        return False
    outcome, words = EventOutcome.APPLIED, "The provider was asked: its message had not come."
    try:
        if not settle(payment_id=payment.pk, told=told, at=at):
            return False
    except ImpossibleProgress as error:
        outcome, words = EventOutcome.FAILED, str(error)
    PaymentEvent.objects.get_or_create(
        provider=payment.provider,
        event_id=f"asked:{payment.pk}:{at.isoformat()}",
        defaults={
            "kind": f"asked: {told.phase}",
            "payment": payment,
            "content": {name: str(getattr(told.progress, name)) for name in ("authorised", "captured", "refunded")},
            "received_at": at,
            "outcome": outcome,
            "explanation": words[:200],
        },
    )
    return outcome == EventOutcome.APPLIED


def _claim(payment: Payment, at: datetime) -> bool:
    """Whether it is ours to ask: the next time is written before, so that nobody asks beside us."""
    same = Payment.objects.filter(pk=payment.pk, next_check_at=payment.next_check_at)
    return same.update(next_check_at=next_check(payment, at)) == 1


def _never_begun(payment: Payment, at: datetime) -> Standing | None:
    if payment.state != PaymentState.CREATED or at - payment.created_at < NEVER_BEGUN:
        return None
    return Standing(Phase.FAILED, failure_code="never_begun", failure="The provider has never heard of it.")
