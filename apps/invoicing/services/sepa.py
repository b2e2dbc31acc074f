"""Direct debits: queued for an invoice, collected on the due date, and what the bank sends back.

The money itself is a ``Payment`` with the provider ``sepa``; how it stands is written by ``settling.settle`` alone.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.invoicing.bank_choices import DebitState, MandateState
from apps.invoicing.choices import InvoiceKind, InvoiceState, PaymentMethodKind
from apps.invoicing.engine.progress import Phase
from apps.invoicing.engine.return_reasons import ends_mandate, reason_in_words
from apps.invoicing.engine.target_days import add_business_days, business_day_from
from apps.invoicing.models import (
    AccountCharge,
    BankTransaction,
    DebitTerms,
    DirectDebit,
    Invoice,
    Issuer,
    Mandate,
    Payment,
)
from apps.invoicing.models.debits import DEBIT_UNDER_WAY
from apps.invoicing.payments.port import Standing
from apps.invoicing.services.mandates import PROVIDER, methods_of, revoke_mandate
from apps.invoicing.services.settling import settle

CURRENCY = "EUR"


class UnableToDebit(DomainError):
    code = "unable_to_debit"


def terms_of(issuer: Issuer) -> DebitTerms:
    """What the issuer set, or the usual."""
    return DebitTerms.objects.filter(issuer=issuer).first() or DebitTerms(issuer=issuer)


def today_of(issuer: Issuer, at: datetime) -> date:
    return at.astimezone(ZoneInfo(issuer.time_zone)).date()


def earliest_due(terms: DebitTerms, today: date) -> date:
    """The first day on which a file that is made today can collect."""
    return add_business_days(today, max(terms.lead_days, 1))


def queue_debit(*, invoice: Invoice, at: datetime) -> DirectDebit:
    """Ask for what is open of ``invoice`` by the customer's mandate; the debit under way where there is one.

    It falls due with the invoice, but not before the notice has run, and on a business day.
    Raises ``UnableToDebit`` without a signed mandate, where nothing is open, and for money other than euros.
    """
    with transaction.atomic():
        invoice = Invoice.objects.select_related("issuer").select_for_update(of=("self",)).get(pk=invoice.pk)
        under_way = DirectDebit.objects.filter(invoice=invoice, state__in=DEBIT_UNDER_WAY).first()
        if under_way is not None:
            return under_way
        mandate = _mandate_for(invoice)
        count = DirectDebit.objects.filter(invoice=invoice).count()
        payment = Payment.objects.create(
            issuer=invoice.issuer, account=invoice.account, invoice=invoice, provider=PROVIDER,
            kind=PaymentMethodKind.DIRECT_DEBIT, key=f"sepa-{invoice.issuer_id}-{invoice.pk}-{count + 1}",
            method=methods_of(mandate).first(),
            currency=invoice.currency, amount=invoice.open_amount, created_at=at,
        )  # fmt: skip
        earliest = today_of(invoice.issuer, at) + timedelta(days=terms_of(invoice.issuer).notice_days)
        due_on = business_day_from(max(invoice.due_on or earliest, earliest))
        return DirectDebit.objects.create(payment=payment, invoice=invoice, mandate=mandate, due_on=due_on)


def set_terms(*, issuer: Issuer, notice_days: int, lead_days: int, schema: str, actor) -> DebitTerms:
    """How the issuer's debits are announced and handed in from now on."""
    values = {"notice_days": notice_days, "lead_days": lead_days, "schema": schema}
    with transaction.atomic():
        before = terms_of(issuer)
        terms, _ = DebitTerms.objects.update_or_create(issuer=issuer, defaults=values)
        record_audit(
            actor=actor, action="debit_terms.changed", subject=terms, organisation=issuer.organisation,
            changes={name: [getattr(before, name), value] for name, value in values.items()},
        )  # fmt: skip
    return terms


def cancel_debit(*, debit: DirectDebit, reason: str, at: datetime, actor=None) -> bool:
    """Do not collect what waits; whether it still did."""
    with transaction.atomic():
        if not _move(debit, DebitState.QUEUED, DebitState.CANCELLED):
            return False
        settle(payment_id=debit.payment_id, told=Standing(Phase.RELEASED), at=at)
        Payment.objects.filter(pk=debit.payment_id).update(note=reason[:200])
        if actor is not None:
            organisation = debit.mandate.issuer.organisation
            record_audit(
                actor=actor, action="debit.cancelled", subject=debit, organisation=organisation,
                changes={"reason": [None, reason]},
            )  # fmt: skip
        return True


def collect_due(*, at: datetime) -> int:
    """Count as paid what the bank has and whose due date has come; return how many."""
    rows = DirectDebit.objects.filter(state=DebitState.SUBMITTED).select_related("mandate__issuer").order_by("due_on")
    due = [debit for debit in rows if debit.due_on <= today_of(debit.mandate.issuer, at)]
    return sum(capture_debit(debit=debit, at=at) for debit in due)


def capture_debit(*, debit: DirectDebit, at: datetime, booked_by: BankTransaction | None = None) -> bool:
    """The money came in; whether that was news. ``booked_by`` is the bank's own word for it."""
    with transaction.atomic():
        if booked_by is not None:
            DirectDebit.objects.filter(pk=debit.pk, booked_by=None).update(booked_by=booked_by)
        if not _move(debit, DebitState.SUBMITTED, DebitState.COLLECTED):
            return False
        payment = Payment.objects.get(pk=debit.payment_id)
        told = Standing(Phase.CAPTURED, currency=payment.currency, captured=payment.amount)
        settle(payment_id=payment.pk, told=told, at=at)
        return True


def reject_debit(*, debit: DirectDebit, reason: str, at: datetime) -> bool:
    """The bank refused it before any money moved (pain.002); whether that was news."""
    with transaction.atomic():
        if not _move(debit, DebitState.SUBMITTED, DebitState.RETURNED):
            return return_debit(debit=debit, reason=reason, at=at)
        told = Standing(Phase.FAILED, failure_code=reason, failure=reason_in_words(reason))
        settle(payment_id=debit.payment_id, told=told, at=at)
        _was_never_used(debit)
        _follow_up(debit, reason, None, at)
        return True


def return_debit(
    *, debit: DirectDebit, reason: str, at: datetime, returned_by: BankTransaction | None = None,
    bank_fee: Decimal = Decimal(0),
) -> bool:  # fmt: skip
    """The bank took the money back; whether that was news. The invoice is open again, and the issuer's fee is charged.

    Where the reason says so the mandate ends. ``bank_fee``: what the bank kept for it, booked as our cost.
    """
    with transaction.atomic():
        capture_debit(debit=debit, at=at)
        if not _move(debit, DebitState.COLLECTED, DebitState.RETURNED):
            return False
        settle(payment_id=debit.payment_id, told=Standing(Phase.RETURNED, fee=bank_fee or None), at=at)
        Payment.objects.filter(pk=debit.payment_id).update(
            failure_code=reason[:40], failure=reason_in_words(reason)[:200]
        )
        _follow_up(debit, reason, returned_by, at)
        return True


def _mandate_for(invoice: Invoice) -> Mandate:
    if invoice.kind == InvoiceKind.CREDIT_NOTE or invoice.state != InvoiceState.ISSUED or not invoice.open_amount:
        raise UnableToDebit("Nothing is open of this invoice.")
    if invoice.currency != CURRENCY:
        raise UnableToDebit("SEPA collects euros only.")
    mandate = Mandate.objects.filter(
        issuer=invoice.issuer_id, account=invoice.account_id, state__in=[MandateState.SIGNED, MandateState.ACTIVE]
    ).first()
    if mandate is None:
        raise UnableToDebit("The customer has signed no mandate for this issuer.")
    return mandate


def _move(debit: DirectDebit, old: DebitState, new: DebitState) -> bool:
    """Change the state where it still is ``old``."""
    if not DirectDebit.objects.filter(pk=debit.pk, state=old).update(state=new):
        return False
    debit.state = new
    return True


def _was_never_used(debit: DirectDebit) -> None:
    """A mandate whose only collection was refused begins anew with a first one."""
    others = DirectDebit.objects.filter(mandate=debit.mandate_id).exclude(pk=debit.pk)
    if not others.filter(state__in=[DebitState.SUBMITTED, DebitState.COLLECTED, DebitState.RETURNED]).exists():
        Mandate.objects.filter(pk=debit.mandate_id, state=MandateState.ACTIVE).update(
            state=MandateState.SIGNED, collected_on=None
        )


def _follow_up(debit: DirectDebit, reason: str, returned_by: BankTransaction | None, at: datetime) -> None:
    invoice = Invoice.objects.select_related("issuer__organisation", "account").get(pk=debit.invoice_id)
    issuer = invoice.issuer
    DirectDebit.objects.filter(pk=debit.pk).update(
        return_reason=reason[:40], returned_on=today_of(issuer, at), returned_by=returned_by
    )
    if issuer.return_fee:
        AccountCharge.objects.get_or_create(
            issuer=issuer, key=f"return:{debit.pk}",
            defaults={
                "account": invoice.account, "currency": invoice.currency, "amount": issuer.return_fee,
                "text": f"Returned direct debit of {invoice.number}", "charged_on": today_of(issuer, at),
            },
        )  # fmt: skip
    record_audit(
        actor=None, action="debit.returned", subject=debit, organisation=issuer.organisation,
        changes={"reason": [None, f"{reason} {reason_in_words(reason)}".strip()]},
    )  # fmt: skip
    if ends_mandate(reason):
        revoke_mandate(mandate=debit.mandate, reason=f"{reason}: {reason_in_words(reason)}", actor=None, at=at)
