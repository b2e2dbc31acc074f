"""Telling customers of a debit before it comes: how much, when, by which mandate."""

from datetime import datetime, timedelta

import structlog
from django.core.mail import EmailMessage

from apps.core.audit import record_audit
from apps.invoicing.bank_choices import DebitState
from apps.invoicing.engine.target_days import business_day_from
from apps.invoicing.models import DirectDebit
from apps.invoicing.services.sepa import terms_of, today_of

log = structlog.get_logger(__name__)

_TEXT = """Dear {name},

we will collect {amount} {currency} for {number} from your bank account {bank_account} on {due_on:%d %B %Y}.

Mandate reference: {mandate}
Our creditor identifier: {creditor_id}

Please see that the account holds the amount on that day.

{issuer}
"""


def send_notices(*, at: datetime, limit: int = 200) -> int:
    """Write to those whose debit was not announced yet; return how many. After a crash one may be sent again.

    Customers without an address are left for a letter (``mark_notified``).
    """
    waiting = DirectDebit.objects.filter(state=DebitState.QUEUED, notified_at=None).exclude(mandate__account__email="")
    rows = waiting.select_related("mandate__account", "mandate__issuer", "invoice", "payment").order_by("pk")
    count = 0
    for debit in rows[:limit]:
        _plan(debit, at)
        try:
            _mail(debit).send()
        except OSError as error:  # one bad address holds up nobody else; it is tried again
            log.warning("debits.notice_not_sent", debit=debit.pk, error=repr(error)[:200])
            continue
        count += _keep(debit, at)
    return count


def mark_notified(*, debit: DirectDebit, actor, at: datetime) -> DirectDebit:
    """The customer was told by letter today; the notice runs from now."""
    _plan(debit, at)
    if _keep(debit, at):
        organisation = debit.mandate.issuer.organisation
        record_audit(actor=actor, action="debit.announced", subject=debit, organisation=organisation)
    return debit


def _plan(debit: DirectDebit, at: datetime) -> None:
    """Not before the notice has run."""
    issuer = debit.mandate.issuer
    earliest = today_of(issuer, at) + timedelta(days=terms_of(issuer).notice_days)
    debit.due_on = business_day_from(max(debit.due_on, earliest))


def _keep(debit: DirectDebit, at: datetime) -> int:
    waiting = DirectDebit.objects.filter(pk=debit.pk, state=DebitState.QUEUED, notified_at=None)
    return waiting.update(notified_at=at, due_on=debit.due_on)


def _mail(debit: DirectDebit) -> EmailMessage:
    mandate = debit.mandate
    issuer, account = mandate.issuer, mandate.account
    text = _TEXT.format(
        name=account.name, amount=f"{debit.payment.amount:.2f}", currency=debit.payment.currency,
        number=debit.invoice.number, bank_account=mandate.bank_account, due_on=debit.due_on, mandate=mandate.reference,
        creditor_id=issuer.creditor_id, issuer=issuer.name,
    )  # fmt: skip
    subject = f"Direct debit of {debit.payment.amount:.2f} {debit.payment.currency} on {debit.due_on:%d %B %Y}"
    return EmailMessage(subject, text, to=[account.email], reply_to=[issuer.email])
