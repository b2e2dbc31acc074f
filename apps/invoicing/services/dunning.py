"""Reminding customers of what is overdue, level by level; pausing it; giving up.

Each reminder is a row before it is a mail: an invoice is reminded of once per level, by however many workers. Its fee
goes onto the customer's next bill (``services.charges``). Nothing is sent once the invoice is paid, while a payment
of it is under way, or while somebody paused it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.core.audit import record_audit
from apps.core.errors import DomainError
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import InvoiceKind, InvoiceState, LedgerKind, PaymentMethodKind, PaymentState
from apps.invoicing.engine.dunning import next_reminder
from apps.invoicing.models import AccountCharge, DunningPause, Invoice, Issuer, Payment, Reminder
from apps.invoicing.services.ledger import Book, Transfer, book
from apps.tariffs.engine.zones import zone_of

# A debit that was announced waits for its day without being with the bank yet.
_UNDER_WAY = Q(state=PaymentState.PENDING) | Q(state=PaymentState.CREATED, kind=PaymentMethodKind.DIRECT_DEBIT)


class UnableToRemind(DomainError):
    code = "unable_to_remind"


class UnableToWriteOff(DomainError):
    code = "unable_to_write_off"


@dataclass(frozen=True, slots=True)
class Next:
    """The reminder that comes next for an invoice: not before ``day``; ``fee`` is charged with it."""

    level: int
    day: date
    fee: Decimal


def next_for(invoice: Invoice) -> Next | None:
    """What comes next for an open invoice; ``None`` after the last level. Reads ``invoice.reminders``."""
    levels = sorted(invoice.issuer.dunning, key=lambda level: level["after_days"])
    reminded_on = [reminder.reminded_on for reminder in sorted(invoice.reminders.all(), key=lambda row: row.level)]
    found = next_reminder(
        [level["after_days"] for level in levels], due_on=invoice.due_on or invoice.issued_on, reminded_on=reminded_on
    )
    if found is None:
        return None
    level, day = found
    return Next(level, day, Decimal(str(levels[level - 1].get("fee") or 0)))


def overdue_invoices(*, on: date) -> QuerySet[Invoice]:
    """Open invoices past their due date, with what tells whether and when to remind."""
    rows = Invoice.objects.filter(state=InvoiceState.ISSUED, open_amount__gt=0, due_on__lt=on)
    rows = rows.exclude(kind=InvoiceKind.CREDIT_NOTE).annotate(
        is_paused=Exists(pauses_of(OuterRef("pk"), OuterRef("account"), on=on)),
        is_being_paid=Exists(Payment.objects.filter(_UNDER_WAY, invoice=OuterRef("pk"))),
    )
    return rows.select_related("issuer", "account").prefetch_related("reminders")


def pauses_of(invoice, account, *, on: date) -> QuerySet[DunningPause]:
    """Pauses in force for an invoice or its account."""
    lasting = Q(until_date=None) | Q(until_date__gt=on)
    return DunningPause.objects.filter(lasting, Q(invoice=invoice) | Q(invoice=None), account=account, ended_at=None)


def remind_due(*, at: datetime, limit: int = 500) -> int:
    """Make the reminders that are due now; return how many. Harmless beside itself."""
    made = 0
    for issuer in Issuer.objects.exclude(dunning=[]):
        today = at.astimezone(zone_of(issuer.time_zone)).date()
        first_day = today - timedelta(days=min(level["after_days"] for level in issuer.dunning))
        rows = overdue_invoices(on=today).filter(issuer=issuer, is_paused=False, is_being_paid=False)
        # Those that were reminded of at every level would fill the batch for ever.
        rows = rows.annotate(levels=Count("reminders")).filter(levels__lt=len(issuer.dunning), due_on__lte=first_day)
        for invoice in rows.order_by("due_on", "pk")[:limit]:
            coming = next_for(invoice)
            if coming is not None and coming.day <= today:
                made += _make(invoice.pk, coming, today, at) is not None
    return made


def remind(*, invoice: Invoice, actor, at: datetime) -> Reminder:
    """Make the next reminder now, before its day where need be. Raises ``UnableToRemind``."""
    today = at.astimezone(zone_of(invoice.issuer.time_zone)).date()
    row = overdue_invoices(on=today).filter(pk=invoice.pk).first()
    if row is None:
        raise UnableToRemind("Nothing of this invoice is overdue.")
    if row.is_paused:
        raise UnableToRemind("Reminders of it are paused.")
    if row.is_being_paid:
        raise UnableToRemind("A payment of it is under way.")
    coming = next_for(row)
    if coming is None:
        raise UnableToRemind("It was reminded of at every level.")
    reminder = _make(row.pk, coming, today, at)
    if reminder is None:
        raise UnableToRemind("Somebody was quicker, or it was paid this moment.")
    _audit(actor, "invoice.reminded", row, {"level": [None, coming.level]})
    return reminder


def pause(
    *, account: BillingAccount, reason: str, actor, at: datetime, invoice: Invoice | None = None,
    until_date: date | None = None,
) -> DunningPause:  # fmt: skip
    """Send no reminders of ``invoice`` (none: of anything of the account) before ``until_date``."""
    try:
        with transaction.atomic():
            row = DunningPause.objects.create(
                account=account, invoice=invoice, reason=reason, until_date=until_date, created_at=at, created_by=actor
            )
            _audit(actor, "dunning.paused", invoice or account, {"reason": [None, reason], "until": [None, until_date]})
    except IntegrityError as error:
        raise UnableToRemind("Reminders are paused already.") from error
    return row


def resume(*, pause: DunningPause, actor, at: datetime) -> None:
    """Send reminders again. Repeating it changes nothing."""
    with transaction.atomic():
        if DunningPause.objects.filter(pk=pause.pk, ended_at=None).update(ended_at=at):
            _audit(actor, "dunning.resumed", pause.invoice or pause.account, {"reason": [pause.reason, None]})


def write_off(*, invoice: Invoice, reason: str, actor, at: datetime) -> Decimal:
    """Give up what is open of ``invoice``: booked as a loss. Return how much. Raises ``UnableToWriteOff``."""
    with transaction.atomic():
        invoice = Invoice.objects.select_for_update(of=("self",)).select_related("issuer", "account").get(pk=invoice.pk)
        amount = invoice.open_amount
        if invoice.state != InvoiceState.ISSUED or amount <= 0:
            raise UnableToWriteOff("Nothing is open of this invoice.")
        lost = Transfer(
            f"invoice:{invoice.pk}:lost:{invoice.entries.count()}", Book(LedgerKind.LOSSES),
            Book(LedgerKind.RECEIVABLE, invoice.account), amount, f"{invoice.number} written off", invoice,
        )  # fmt: skip
        book(issuer=invoice.issuer, currency=invoice.currency, transfers=[lost], at=at)
        invoice.open_amount, invoice.state = Decimal(0), InvoiceState.WRITTEN_OFF
        invoice.save(update_fields=["open_amount", "state"])
        _audit(actor, "invoice.written_off", invoice, {"open": [amount, 0], "reason": [None, reason]})
    return amount


def _make(invoice_id: int, coming: Next, today: date, at: datetime) -> Reminder | None:
    """The row and its fee; ``None`` where it is paid or reminded of meanwhile."""
    with transaction.atomic():
        rows = Invoice.objects.select_for_update(of=("self",)).select_related("issuer", "account")
        invoice = rows.get(pk=invoice_id)
        if invoice.state != InvoiceState.ISSUED or invoice.reminders.filter(level__gte=coming.level).exists():
            return None
        if coming.fee:
            AccountCharge.objects.get_or_create(
                issuer=invoice.issuer, key=f"reminder:{invoice.pk}:{coming.level}",
                defaults={
                    "account": invoice.account, "currency": invoice.currency, "amount": coming.fee,
                    "text": f"Reminder {coming.level} of {invoice.number}", "charged_on": today,
                },
            )  # fmt: skip
        return Reminder.objects.create(
            invoice=invoice, level=coming.level, reminded_on=today, open_amount=invoice.open_amount, fee=coming.fee,
            created_at=at,
        )  # fmt: skip


def _audit(actor, action: str, subject: Invoice | BillingAccount, changes: dict) -> None:
    account = subject.account if isinstance(subject, Invoice) else subject
    record_audit(actor=actor, action=action, subject=subject, organisation=account.organisation, changes=changes)
