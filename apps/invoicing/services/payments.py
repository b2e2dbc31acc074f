"""Asking providers for money and giving it back.

Each wish is three steps: the row says what is wished and when to look after it (committed), the provider is asked
under a key (outside of any transaction), its answer is settled (committed). Dying in between loses nothing: the same
wish again is the same wish for the provider, and the sweep (``services.polling``) asks how the payment stands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog
from django.db import transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import PaymentMethodKind, PaymentState
from apps.invoicing.engine.progress import Phase
from apps.invoicing.models import Invoice, Issuer, Payment, PaymentMethod
from apps.invoicing.payments.port import (
    Order,
    PaymentProvider,
    ProviderAway,
    ProviderRefused,
    Standing,
    Wish,
)
from apps.invoicing.payments.providers import ASKED, provider_named, provider_of_new_payments
from apps.invoicing.services.settling import FIRST_CHECK, settle

log = structlog.get_logger(__name__)


class UnableToPay(DomainError):
    code = "unable_to_pay"


class ProviderSilent(DomainError):
    """What was asked may have been done: asking again is safe, and the sweep finds out."""

    code = "provider_silent"
    message = "The payment provider does not answer. Try again in a moment; nothing is paid twice."


class PaymentRefused(DomainError):
    """The provider did not do it; ``code`` is its word."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment that was begun. ``redirect_url``: the provider's page, where the customer goes on; ``""`` for none."""

    payment: Payment
    redirect_url: str


def authorise(
    *, issuer: Issuer, account: BillingAccount, amount: Decimal, currency: str, key: str, return_url: str,
    at: datetime, description: str = "", saves_method: bool = False, email: str = "",
) -> Asked:  # fmt: skip
    """Have ``amount`` held on the provider's page; ``capture`` takes it, ``release`` gives it free.

    The same ``key`` again leads to the same payment and page. Raises ``ProviderSilent``, ``PaymentRefused``,
    ``UnableToPay`` for a key that is another payment's.
    """
    payment = _row(issuer=issuer, account=account, amount=amount, currency=currency, key=key, at=at, note=description)
    order = _order(
        payment, return_url=return_url, captures_at_once=False, saves_method=saves_method,
        email=email or account.email,
    )  # fmt: skip
    return _begin(payment, order, at)


def pay_invoice(*, invoice: Invoice, key: str, return_url: str, at: datetime, saves_method: bool = False) -> Asked:
    """Have what is open of ``invoice`` paid on the provider's page, at once. As ``authorise``."""
    if invoice.open_amount <= 0:
        raise UnableToPay("Nothing is open of this invoice.")
    payment = _row(
        issuer=invoice.issuer, account=invoice.account, amount=invoice.open_amount, currency=invoice.currency, key=key,
        at=at, note=f"Invoice {invoice.number}", invoice=invoice,
    )  # fmt: skip
    order = _order(payment, return_url=return_url, saves_method=saves_method, email=invoice.account.email)
    return _begin(payment, order, at)


def charge(
    *, issuer: Issuer, method: PaymentMethod, amount: Decimal, currency: str, key: str, at: datetime,
    invoice: Invoice | None = None, description: str = "",
) -> Payment:  # fmt: skip
    """Take ``amount`` from a saved card. A declined card, or silence, is a state of the payment returned, no error."""
    payment = _row(
        issuer=issuer, account=method.account, amount=amount, currency=currency, key=key, at=at, note=description,
        invoice=invoice, method=method,
    )  # fmt: skip
    if payment.state not in (PaymentState.CREATED, PaymentState.PENDING):
        return payment
    order = _order(payment, method_ref=method.provider_ref)
    try:
        return _settled(payment, provider_named(payment.provider).charge(order), at)
    except ProviderAway:
        log.warning("payments.provider_away", payment=payment.pk, wish="charge")
    except ProviderRefused as refusal:
        failed = Standing(Phase.FAILED, failure_code=refusal.code, failure=str(refusal))
        return _settled(payment, failed, at)
    payment.refresh_from_db()
    return payment


def capture(*, payment: Payment, amount: Decimal, at: datetime, actor=None) -> Payment:
    """Take ``amount`` of what is held, once; the rest is given free. Repeating it changes nothing.

    Raises ``UnableToPay`` (nothing is held, more than is held, another amount was taken), ``ProviderSilent``,
    ``PaymentRefused``.
    """
    payment = _prepare(payment, at)
    if payment.state == PaymentState.CAPTURED and payment.captured_amount == amount:
        return payment
    if payment.state != PaymentState.AUTHORISED:
        raise UnableToPay(f"Nothing is held: the payment is “{payment.get_state_display()}”.")
    if not 0 < amount <= payment.authorised_amount:
        raise UnableToPay(f"Between 0.01 and {payment.authorised_amount} can be taken.", field="amount")
    payment = _ask(payment, at, lambda provider: provider.capture(_wish(payment, "capture", amount)))
    if payment.captured_amount != amount:
        raise UnableToPay(f"{payment.captured_amount} were taken already.")
    _audit(payment, "payment.captured", actor, {"captured": [None, amount]})
    return payment


def release(*, payment: Payment, at: datetime, actor=None) -> Payment:
    """Give free what is held, or a page that nobody paid on. Repeating it changes nothing. Raises as ``capture``."""
    payment = _prepare(payment, at)
    if payment.state in (PaymentState.RELEASED, PaymentState.FAILED):
        return payment
    if payment.state not in (PaymentState.CREATED, PaymentState.PENDING, PaymentState.AUTHORISED):
        raise UnableToPay("The money was taken: it can be given back only.")
    if not payment.provider_ref:  # begun perhaps, and the answer never came: the sweep looks after it
        settle(payment_id=payment.pk, told=Standing(Phase.RELEASED), at=at)
        return _prepare(payment, at)
    payment = _ask(payment, at, lambda provider: provider.release(_wish(payment, "release")))
    if payment.captured_amount:
        raise UnableToPay("The money was taken: it can be given back only.")
    _audit(payment, "payment.released", actor, {})
    return payment


def refund(*, payment: Payment, amount: Decimal, reason: str, at: datetime, actor=None) -> Payment:
    """Give ``amount`` back of what came in; invoices that it paid are open again as far as needed.

    ``payment`` as the caller saw it: if something was given back since, ``UnableToPay`` is raised, so that a double
    click gives back once. What did not come through a provider is given back by hand, and only written down here.
    """
    seen = payment.refunded_amount
    payment = _prepare(payment, at)
    if payment.refunded_amount != seen:
        raise UnableToPay(f"{payment.refunded_amount} were given back already. Look again.")
    left = payment.captured_amount - payment.refunded_amount
    if not 0 < amount <= left:
        raise UnableToPay(f"Between 0.01 and {left} can be given back.", field="amount")
    if payment.provider in ASKED:
        wish = _wish(payment, f"refund:{seen + amount}", amount)
        payment = _ask(payment, at, lambda provider: provider.refund(wish))
    else:
        payment = _settled(
            payment, Standing(Phase.CAPTURED, captured=payment.captured_amount, refunded=seen + amount), at
        )
    _audit(payment, "payment.refunded", actor, {"refunded": [seen, payment.refunded_amount], "reason": [None, reason]})
    return payment


def receive(
    *, issuer: Issuer, account: BillingAccount, kind: PaymentMethodKind, provider: str, key: str, amount: Decimal,
    currency: str, at: datetime, invoice: Invoice | None = None, note: str = "", provider_ref: str = "", actor=None,
) -> Payment:  # fmt: skip
    """Write down money that came in without a provider that can be asked (``provider``: manual, bank, sepa), and
    pay what is owed with it. The same ``key`` again is the same payment."""
    payment = _row(
        issuer=issuer, account=account, amount=amount, currency=currency, key=key, at=at, note=note, invoice=invoice,
        kind=kind, provider=provider,
    )  # fmt: skip
    if payment.state != PaymentState.CREATED:
        return payment
    payment = _settled(payment, Standing(Phase.CAPTURED, ref=provider_ref, captured=amount), at)
    _audit(payment, "payment.received", actor, {"amount": [None, f"{amount} {currency}"], "note": [None, note]})
    return payment


def _row(*, issuer, account, amount, currency, key, at, note="", invoice=None, method=None, kind=None, provider=None):
    """The payment of ``key``: made now, or the one that is there."""
    if amount <= 0:
        raise UnableToPay("The amount must be more than nothing.", field="amount")
    name = provider or (method.provider if method else provider_of_new_payments())
    payment, _ = Payment.objects.get_or_create(
        key=key,
        defaults={
            "issuer": issuer,
            "account": account,
            "invoice": invoice,
            "kind": kind or PaymentMethodKind.CARD,
            "provider": name,
            "method": method,
            "currency": currency,
            "amount": amount,
            "note": note[:200],
            "created_at": at,
            "next_check_at": at + FIRST_CHECK if name in ASKED else None,
        },
    )
    if (payment.account_id, payment.issuer_id, payment.amount, payment.currency) != (
        account.pk, issuer.pk, amount, currency,
    ):  # fmt: skip
        raise UnableToPay("This key is another payment's.")
    return payment


def _order(payment: Payment, **more) -> Order:
    description = payment.note or f"Payment {payment.pk}"
    return Order(key=payment.key, amount=payment.amount, currency=payment.currency, description=description, **more)


def _begin(payment: Payment, order: Order, at: datetime) -> Asked:
    if payment.state not in (PaymentState.CREATED, PaymentState.PENDING):
        return Asked(payment, "")
    try:
        standing = provider_named(payment.provider).begin(order)
    except ProviderAway as error:
        raise ProviderSilent from error
    except ProviderRefused as refusal:
        _settled(payment, Standing(Phase.FAILED, failure_code=refusal.code, failure=str(refusal)), at)
        raise PaymentRefused(str(refusal), refusal.code) from refusal
    return Asked(_settled(payment, standing, at), standing.redirect_url)


def _wish(payment: Payment, name: str, amount: Decimal = Decimal(0)) -> Wish:
    return Wish(ref=payment.provider_ref, key=f"{payment.key}:{name}", currency=payment.currency, amount=amount)


def _prepare(payment: Payment, at: datetime) -> Payment:
    """The row as it is now; the sweep will look after it soon, whatever happens to us."""
    with transaction.atomic():
        row = Payment.objects.select_for_update().get(pk=payment.pk)
        if row.provider in ASKED:
            row.next_check_at = at + FIRST_CHECK
            row.save(update_fields=["next_check_at"])
    return row


def _ask(payment: Payment, at: datetime, wish: Callable[[PaymentProvider], Standing]) -> Payment:
    """Ask and settle. Refused, the provider's own view is settled first: perhaps somebody else was quicker."""
    provider = provider_named(payment.provider)
    try:
        return _settled(payment, wish(provider), at)
    except ProviderAway as error:
        log.warning("payments.provider_away", payment=payment.pk)
        raise ProviderSilent from error
    except ProviderRefused as refusal:
        try:
            settle(payment_id=payment.pk, told=provider.status(ref=payment.provider_ref, key=payment.key), at=at)
        except (ProviderAway, ProviderRefused):
            log.warning("payments.status_unknown", payment=payment.pk)
        raise PaymentRefused(str(refusal), refusal.code) from refusal


def _settled(payment: Payment, standing: Standing, at: datetime) -> Payment:
    settle(payment_id=payment.pk, told=standing, at=at)
    return Payment.objects.get(pk=payment.pk)


def _audit(payment: Payment, action: str, actor, changes: dict) -> None:
    if actor is not None:
        record_audit(
            actor=actor, action=action, subject=payment, organisation=payment.account.organisation, changes=changes
        )
