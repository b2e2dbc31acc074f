"""What accounts owe for a period: their unbilled sessions, late ones too, and their plans. A few queries for many."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from apps.drivers.models import BillingAccount, PlanSubscription
from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.models import AccountCharge, BilledSession, BillingPeriod, Invoice
from apps.invoicing.selectors.unbilled import unbilled_records
from apps.invoicing.services.charges import charge_lines, pending_charges
from apps.invoicing.services.drafting import Draft, add_up, by_currency, session_lines, with_parts
from apps.invoicing.services.memberships import membership_lines, subscriptions_in
from apps.sessions.models import ChargeDetailRecord


@dataclass(slots=True)
class AccountDraft:
    """``draft``: ``None`` where there is nothing to bill. ``postponed``: sessions in other currencies.

    An account has one invoice per currency and period; each run bills one currency.
    """

    draft: Draft | None
    postponed: int = 0


def build_drafts(*, period: BillingPeriod, account_ids: Collection[int]) -> dict[int, AccountDraft]:
    """Drafts by account, added up but not written."""
    records = _records(period, account_ids)
    subscriptions: dict[int, list[PlanSubscription]] = defaultdict(list)
    for row in subscriptions_in(period, account_ids).select_related("plan").order_by("from_date"):
        subscriptions[row.account_id].append(row)
    corrected = _corrected(record.session_id for rows in records.values() for record in rows)
    billed = _billed(period, account_ids)
    charges = pending_charges(issuer=period.issuer, account_ids=account_ids)
    drafts = {}
    for account in BillingAccount.objects.filter(pk__in=account_ids):
        open_records = by_currency(records[account.pk])
        wanted = set(open_records) | {row.plan.currency for row in subscriptions[account.pk]}
        wanted |= {charge.currency for charge in charges[account.pk]}
        currency = min(wanted - billed[account.pk], default=None)
        draft = None
        if currency is not None:
            fees = [charge for charge in charges[account.pk] if charge.currency == currency]
            draft = _draft(
                period, account, currency, open_records.get(currency, []), subscriptions[account.pk], corrected, fees
            )
        later = sum(len(rows) for other, rows in open_records.items() if other != currency)
        drafts[account.pk] = AccountDraft(draft, later)
    return drafts


def _draft(
    period: BillingPeriod, account: BillingAccount, currency: str, records: list[ChargeDetailRecord],
    subscriptions: list[PlanSubscription], corrected: Collection[int], fees: list[AccountCharge],
) -> Draft | None:  # fmt: skip
    lines = session_lines(records, issuer=period.issuer, from_date=period.start_date, corrected=corrected)
    lines += membership_lines(subscriptions, records, lines, period=period, currency=currency)
    draft = Draft(account, currency, records, lines + charge_lines(fees), charges=fees)
    if draft.is_empty:
        return None
    add_up(draft, issuer=period.issuer)
    return draft


def _records(period: BillingPeriod, account_ids: Collection[int]) -> dict[int, list[ChargeDetailRecord]]:
    """Unbilled records by account. What cost nothing in an earlier month is not told of any more."""
    rows = unbilled_records(issuer=period.issuer, until_date=period.end_date).filter(account__in=account_ids)
    found: dict[int, list[ChargeDetailRecord]] = defaultdict(list)
    for record in with_parts(rows.exclude(end_date__lt=period.start_date, gross=0)):
        found[record.account_id].append(record)
    return found


def _corrected(session_ids) -> set[int]:
    """Sessions that a credited bill held."""
    before = BilledSession.objects.filter(session__in=list(session_ids), invoice__state=InvoiceState.SETTLED)
    return set(before.exclude(released_at=None).values_list("session_id", flat=True))


def _billed(period: BillingPeriod, account_ids: Collection[int]) -> dict[int, set[str]]:
    """In which currencies accounts have an invoice of this period."""
    invoices = Invoice.objects.filter(
        issuer=period.issuer_id, period=period, account__in=account_ids, kind=InvoiceKind.INVOICE
    ).exclude(state=InvoiceState.DISCARDED)
    found: dict[int, set[str]] = defaultdict(set)
    for account_id, currency in invoices.values_list("account_id", "currency"):
        found[account_id].add(currency)
    return found
