"""The stages up to the number: each does one thing for many accounts, in the caller's transaction."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from apps.invoicing.choices import InvoiceKind, InvoiceState, ItemStage
from apps.invoicing.engine.anomalies import HISTORY, Anomaly, Stay, of_amount, of_stays
from apps.invoicing.models import BilledSession, BillingItem, BillingPeriod, BillingRun, Invoice
from apps.invoicing.selectors.unbilled import held_records, unbilled_records, unrated_of, unrated_sessions
from apps.invoicing.services.drafting import discard_drafts, save_drafts
from apps.invoicing.services.issuing import issue_all
from apps.invoicing.services.memberships import subscriptions_in
from apps.invoicing.services.period_drafts import build_drafts
from apps.sessions.choices import RatingReason, SessionState
from apps.sessions.models import ChargeDetailRecord
from apps.sessions.services.rating import rate_sessions

NOT_PRICED, OTHER_CURRENCY = "not_priced", "other_currency"


def accounts_of(period: BillingPeriod) -> list[int]:
    """Accounts with something to bill, to rate, or held back, in or before the period; in the order of their keys."""
    issuer, until = period.issuer, period.end_date
    unrated = unrated_sessions(period)
    sources = (
        (unbilled_records(issuer=issuer, until_date=until).exclude(end_date__lt=period.start_date, gross=0), "account"),
        (held_records(issuer=issuer, until_date=until), "account"),
        (subscriptions_in(period), "account"),
        (unrated, "driver__account"),
        (unrated, "id_token__vehicle__account"),
    )
    found: set[int] = set()
    for rows, path in sources:
        found.update(rows.filter(**{f"{path}__isnull": False}).order_by().values_list(path, flat=True).distinct())
    return sorted(found)


def rate(run: BillingRun, items: Sequence[BillingItem], at: datetime) -> None:
    """Rate what was missed when it ended, and count what is held back."""
    period, by_account = run.period, {item.account_id: item for item in items}
    payers = unrated_of(period, by_account)
    rating = rate_sessions(session_ids=payers, reason=RatingReason.ENDED, actor=None, at=at)
    held = Counter(
        held_records(issuer=period.issuer, until_date=period.end_date)
        .filter(account__in=by_account)
        .values_list("account_id", flat=True)
    )
    for item in items:
        item.anomalies = []
        item.held_count = held[item.account_id]
    for session_id, error in rating.refused.items():
        anomaly = Anomaly(NOT_PRICED, error.message, session_id)
        by_account[payers[session_id]].anomalies.append(anomaly.to_json())
    _move(items, ItemStage.RATED, at, "anomalies", "held_count")


def draft(run: BillingRun, items: Sequence[BillingItem], at: datetime) -> None:
    """Reckon the bills; a run that is not dry writes them and claims their sessions."""
    period = run.period
    found = build_drafts(period=period, account_ids=[item.account_id for item in items])
    drafts = {key: one.draft for key, one in found.items() if one.draft}
    if not run.is_dry:
        invoices = save_drafts(
            list(drafts.values()), issuer=period.issuer, start_date=period.start_date, end_date=period.end_date,
            at=at, period=period,
        )  # fmt: skip
        written = {invoice.account_id: invoice for invoice in invoices}
    for item in items:
        one = drafts.get(item.account_id)
        item.invoice = None if run.is_dry else written.get(item.account_id)
        item.session_count, item.energy_wh = (len(one.records), one.energy_wh) if one else (0, 0)
        item.net, item.gross = (one.totals.net, one.totals.gross) if one else (Decimal(0), Decimal(0))
        item.anomalies = [row for row in item.anomalies if row["code"] == NOT_PRICED]
        if postponed := found[item.account_id].postponed:
            text = f"{postponed} sessions in another currency: a further run of this period bills them."
            item.anomalies.append(Anomaly(OTHER_CURRENCY, text).to_json())
    columns = ("invoice", "session_count", "energy_wh", "net", "gross", "anomalies")
    _move(items, ItemStage.DRAFTED, at, *columns)


def check(run: BillingRun, items: Sequence[BillingItem], at: datetime) -> None:
    """Note what a person should look at, and what the account paid last."""
    drafted = _drafted(run, items)
    earlier = _earlier_amounts(run.period, items)
    for item in items:
        currency, stays = drafted.get(item.account_id, (None, []))
        amounts = earlier[item.account_id]
        history = amounts[currency] if currency else next(iter(amounts.values()), [])
        item.previous_gross = history[0] if history else None
        noted = [row for row in item.anomalies if row["code"] in (NOT_PRICED, OTHER_CURRENCY)]
        new = [*of_amount(item.gross or Decimal(0), history), *of_stays(stays)]
        item.anomalies = noted + [anomaly.to_json() for anomaly in new]
    _move(items, ItemStage.CHECKED, at, "anomalies", "previous_gross")


def finalise(run: BillingRun, items: Sequence[BillingItem], at: datetime) -> None:
    """Numbers and books. Accounts with nothing to bill are done with this."""
    assert run.issued_on is not None  # approval sets it
    outdated = _outdated(items)
    _draft_anew([item for item in items if item.invoice_id in outdated], at)
    items = [item for item in items if item.stage == ItemStage.CHECKED]
    billed = [item for item in items if item.invoice_id]
    issue_all(invoice_ids=[item.invoice_id for item in billed], issued_on=run.issued_on, at=at)
    _move(billed, ItemStage.FINALISED, at)
    _move([item for item in items if not item.invoice_id], ItemStage.COLLECTED, at)


def _outdated(items: Iterable[BillingItem]) -> set[int]:
    """Drafts with a session that was rated again since, or that a person must look at now."""
    rows = BilledSession.objects.filter(invoice__in=[item.invoice_id for item in items], released_at=None)
    changed = Q(cdr__is_current=False) | Q(session__state=SessionState.REVIEW)
    return set(rows.filter(changed).values_list("invoice_id", flat=True))


def _draft_anew(items: Sequence[BillingItem], at: datetime) -> None:
    """What was checked is not what would be issued: the account goes back to where its draft is written."""
    discard_drafts(invoice_ids=[item.invoice_id for item in items], at=at)
    for item in items:
        item.invoice = None
    _move(items, ItemStage.RATED, at, "invoice")


STEPS: dict[ItemStage, Callable[[BillingRun, Sequence[BillingItem], datetime], None]] = {
    ItemStage.SELECTED: rate,
    ItemStage.RATED: draft,
    ItemStage.DRAFTED: check,
    ItemStage.CHECKED: finalise,
}
BEFORE_APPROVAL = (ItemStage.SELECTED, ItemStage.RATED, ItemStage.DRAFTED)


def _move(items: Sequence[BillingItem], stage: ItemStage, at: datetime, *columns: str) -> None:
    for item in items:
        item.stage, item.attempts, item.due_at = stage, 0, at
    BillingItem.objects.bulk_update(items, ["stage", "attempts", "due_at", *columns])


def _drafted(run: BillingRun, items: Iterable[BillingItem]) -> dict[int, tuple[str, list[Stay]]]:
    """Currency and sessions of each account's draft; of a dry run, of the draft that would be written."""
    if run.is_dry:
        built = build_drafts(period=run.period, account_ids=[item.account_id for item in items])
        drafts = [one.draft for one in built.values() if one.draft]
        return {one.account.pk: (one.currency, [_stay(record) for record in one.records]) for one in drafts}
    found: dict[int, tuple[str, list[Stay]]] = {}
    billed = BilledSession.objects.filter(invoice__in=[item.invoice_id for item in items], released_at=None)
    records = defaultdict(list)
    for row in billed.select_related("cdr").defer("cdr__breakdown").order_by("cdr__ended_at", "pk"):
        records[row.invoice_id].append(_stay(row.cdr))
    invoices = Invoice.objects.filter(pk__in=[item.invoice_id for item in items])
    for key, account_id, currency in invoices.values_list("pk", "account_id", "currency"):
        found[account_id] = (currency, records[key])
    return found


def _stay(record: ChargeDetailRecord) -> Stay:
    return Stay(record.session_id, record.energy_wh, record.ended_at - record.started_at)


def _earlier_amounts(period: BillingPeriod, items: Collection[BillingItem]) -> dict[int, dict[str, list[Decimal]]]:
    """What each account was billed in earlier periods, by currency, the latest first."""
    rows = Invoice.objects.filter(
        issuer=period.issuer_id, account__in=[item.account_id for item in items], kind=InvoiceKind.INVOICE,
        state__in=(InvoiceState.ISSUED, InvoiceState.PAID), period__start_date__lt=period.start_date,
    )  # fmt: skip
    found: dict[int, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for account_id, currency, gross in rows.order_by("-start_date").values_list("account_id", "currency", "gross"):
        if len(found[account_id][currency]) < HISTORY:
            found[account_id][currency].append(gross)
    return found
