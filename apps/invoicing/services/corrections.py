"""Corrections: a bill is never changed; a credit note takes it back as a whole, and a new bill takes its place."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.models import PlanSubscription
from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.models import (
    AccountCharge,
    Allocation,
    BilledSession,
    BillingItem,
    BillingPeriod,
    Invoice,
    InvoiceLine,
    InvoiceTax,
)
from apps.invoicing.selectors.unbilled import on_a_bill
from apps.invoicing.services.allocations import free_invoice, use_credit
from apps.invoicing.services.drafting import Draft, add_up, discard_drafts, save_drafts, session_lines, with_parts
from apps.invoicing.services.issuing import issue
from apps.invoicing.services.memberships import membership_lines, subscriptions_in
from apps.invoicing.services.runs import leave_out
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargeDetailRecord
from apps.tariffs.engine.zones import zone_of

_SAME = (
    "issuer_id", "account_id", "period_id", "start_date", "end_date", "currency", "net", "tax", "gross", "rounding",
    "payable", "energy_wh",
)  # fmt: skip


class UnableToCredit(DomainError):
    code = "invoice_not_creditable"


class UnableToBillAgain(DomainError):
    code = "nothing_to_bill_again"
    message = "None of its charging is unbilled: it is on another bill, or waits for a review."


def credit(*, invoice_id: int, reason: str, actor, at: datetime) -> Invoice:
    """The credit note over the whole of a bill; a bill that has one leads to it.

    Its sessions may be billed again, by ``bill_again`` or by the next run. What was paid for it waits at its payments,
    to be refunded or to pay another bill. Raises ``UnableToCredit``.
    """
    with transaction.atomic():
        invoice = _locked(invoice_id)
        if earlier := invoice.corrections.filter(kind=InvoiceKind.CREDIT_NOTE).first():
            return earlier
        if invoice.kind == InvoiceKind.CREDIT_NOTE:
            raise UnableToCredit("This is a credit note itself.")
        if invoice.state not in (InvoiceState.ISSUED, InvoiceState.PAID):
            raise UnableToCredit("Only an issued bill can be credited.")
        note = _copy(invoice, reason=reason, at=at)
        today = at.astimezone(zone_of(invoice.issuer.time_zone)).date()
        note = issue(invoice_id=note.pk, issued_on=today, actor=actor, at=at)
        free_invoice(invoice=invoice, at=at)
        Allocation.objects.create(invoice=invoice, credit_note=note, amount=invoice.payable, at=at)
        Invoice.objects.filter(pk__in=[invoice.pk, note.pk]).update(state=InvoiceState.SETTLED, open_amount=Decimal(0))
        BilledSession.objects.filter(invoice=invoice, released_at=None).update(released_at=at)
        AccountCharge.objects.filter(invoice=invoice).update(invoice=None)  # the next bill carries its fees
        record_audit(
            actor=actor,
            action="invoice.credited",
            subject=invoice,
            organisation=invoice.issuer.organisation,
            changes={"reason": [None, reason], "credit_note": [None, note.number]},
        )
    note.refresh_from_db()
    return note


def bill_again(*, invoice_id: int, actor, at: datetime) -> Invoice:
    """A new bill of the same account and days in place of a credited one, as its sessions are rated now.

    Raises ``UnableToBillAgain`` where nothing of it is left to bill.
    """
    with transaction.atomic():
        before = _locked(invoice_id)
        if before.state != InvoiceState.SETTLED or before.kind == InvoiceKind.CREDIT_NOTE:
            raise UnableToBillAgain("Credit the bill first.")
        if again := before.corrections.exclude(kind=InvoiceKind.CREDIT_NOTE).first():
            raise UnableToBillAgain(f"It was billed again already, as {again}.")
        draft = _draft_again(before)
        if draft.is_empty:
            raise UnableToBillAgain
        add_up(draft, issuer=before.issuer)
        (invoice,) = save_drafts(
            [draft], issuer=before.issuer, start_date=before.start_date, end_date=before.end_date, at=at,
            kind=InvoiceKind(before.kind),
        )  # fmt: skip
        Invoice.objects.filter(pk=invoice.pk).update(corrects=before, reason=f"In place of {before.number}")
        today = at.astimezone(zone_of(before.issuer.time_zone)).date()
        invoice = issue(invoice_id=invoice.pk, issued_on=today, actor=actor, at=at)
        use_credit(invoice=invoice, at=at)
        invoice.refresh_from_db()
        return invoice


def discard(*, invoice_id: int, actor, at: datetime) -> None:
    """Give up a draft; its sessions are free for the next run. One of a run: the account is left out there.

    Raises ``UnableToChangeItem`` where the run is done with it.
    """
    with transaction.atomic():
        if item := BillingItem.objects.filter(invoice=invoice_id).first():
            leave_out(item=item, actor=actor, at=at)
        elif discard_drafts(invoice_ids=[invoice_id], at=at):
            draft = _locked(invoice_id)
            organisation = draft.issuer.organisation
            record_audit(actor=actor, action="invoice.discarded", subject=draft, organisation=organisation)


def _locked(invoice_id: int) -> Invoice:
    rows = Invoice.objects.select_for_update(of=("self",))
    return rows.select_related("issuer__organisation", "account", "period__issuer").get(pk=invoice_id)


def _copy(invoice: Invoice, *, reason: str, at: datetime) -> Invoice:
    """The draft of a credit note: the same lines and taxes. Nothing of it is ever open."""
    same = {name: getattr(invoice, name) for name in _SAME}
    note = Invoice.objects.create(
        kind=InvoiceKind.CREDIT_NOTE, corrects=invoice, reason=reason[:200], open_amount=0, created_at=at, **same
    )
    for model, rows in ((InvoiceLine, invoice.lines.order_by("position")), (InvoiceTax, invoice.taxes.order_by("pk"))):
        copies = list(rows)
        for row in copies:
            row.pk, row.invoice = None, note
        model.objects.bulk_create(copies, batch_size=2_000)
    return note


def _draft_again(before: Invoice) -> Draft:
    sessions = BilledSession.objects.filter(invoice=before).values("session")
    free = ChargeDetailRecord.objects.current().filter(~on_a_bill(), session__in=sessions, currency=before.currency)
    records = list(with_parts(free.filter(session__state=SessionState.ENDED)).order_by("ended_at", "pk"))
    lines = session_lines(records, issuer=before.issuer, from_date=before.start_date)
    if period := _period_of(before):
        lines += membership_lines(_plans(before, period), records, lines, period=period, currency=before.currency)
    return Draft(before.account, before.currency, records, lines)


def _period_of(invoice: Invoice) -> BillingPeriod | None:
    """That of the first bill in the chain: a bill in place of another has none of its own."""
    while invoice.period is None and invoice.corrects is not None:
        invoice = invoice.corrects
    return invoice.period


def _plans(before: Invoice, period: BillingPeriod) -> list[PlanSubscription]:
    return list(subscriptions_in(period, [before.account_id]).select_related("plan").order_by("from_date"))
