"""Receipts: single stays billed at once, to guests and to customers who pay each time."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.core.errors import DomainError
from apps.drivers.models import BillingAccount
from apps.invoicing.choices import InvoiceKind, LineKind
from apps.invoicing.engine.lines import DraftLine
from apps.invoicing.engine.totals import places_of
from apps.invoicing.models import Invoice, Issuer
from apps.invoicing.selectors.unbilled import on_a_bill
from apps.invoicing.services.drafting import Draft, add_up, save_drafts, session_lines, with_parts
from apps.invoicing.services.issuing import issue
from apps.sessions.models import ChargeDetailRecord, ChargingSession
from apps.tariffs.engine.exact import HUNDRED, ONE, divide
from apps.tariffs.engine.zones import zone_of

_ON_ANOTHER_BILL = "The charging is on another bill."


class UnableToReceipt(DomainError):
    """``field`` names nothing: the sessions as a whole do not make a receipt."""

    code = "sessions_not_billable"


def issue_receipt(
    *, account: BillingAccount, issuer: Issuer, session_ids: Collection[int], actor, at: datetime,
    at_most: Decimal | None = None,
) -> Invoice | None:  # fmt: skip
    """Bill rated sessions to ``account`` at once, whatever their own account; ``None`` where they cost nothing.

    ``at_most``, gross: what exceeds it is taken off again in a line of its own (a guest's card gives no more).

    Sessions that are on a receipt of the account already lead to that receipt: a repeat changes nothing. Raises
    ``UnableToReceipt`` for sessions that are not rated, are on another bill, or have several currencies.
    """
    with transaction.atomic():
        list(ChargingSession.objects.select_for_update().filter(pk__in=session_ids).order_by("pk").values_list("pk"))
        if earlier := _earlier_receipt(account, session_ids):
            return earlier
        records = _records(session_ids)
        today = at.astimezone(zone_of(issuer.time_zone)).date()
        first, last = min(record.end_date for record in records), max(record.end_date for record in records)
        draft = Draft(account, records[0].currency, records, session_lines(records, issuer=issuer, from_date=first))
        if draft.is_empty:
            return None
        add_up(draft, issuer=issuer, in_coins=False)  # a card pays cents
        if at_most is not None:
            _take_off_excess(draft, at_most, issuer=issuer)
        if not draft.totals.payable:
            return None
        invoice = _save(draft, issuer, first, last + timedelta(days=1), at)
        return issue(invoice_id=invoice.pk, issued_on=today, actor=actor, at=at)


def _save(draft: Draft, issuer: Issuer, start_date: date, end_date: date, at: datetime) -> Invoice:
    kind = InvoiceKind.RECEIPT
    try:
        with transaction.atomic():
            return save_drafts([draft], issuer=issuer, start_date=start_date, end_date=end_date, at=at, kind=kind)[0]
    except IntegrityError as error:  # a run took the session this moment
        raise UnableToReceipt(_ON_ANOTHER_BILL) from error


def _take_off_excess(draft: Draft, at_most: Decimal, *, issuer: Issuer) -> None:
    excess = draft.totals.payable - at_most
    if excess <= 0:
        return
    line = max(draft.lines, key=lambda line: line.amount)
    net = None
    if line.gross is None:  # rounded up, so that no cent too much remains
        exact = divide(excess, ONE + line.vat_percent / HUNDRED)
        net = -exact.quantize(ONE.scaleb(-places_of(draft.currency)), rounding=ROUND_CEILING)
    draft.lines.append(
        DraftLine(
            kind=LineKind.DISCOUNT, description="Not charged: more than was authorised",
            supplied_on=line.supplied_on, vat_category=line.vat_category, vat_percent=line.vat_percent,
            net=net, gross=-excess if net is None else None,
        )
    )  # fmt: skip
    add_up(draft, issuer=issuer, in_coins=False)


def _earlier_receipt(account: BillingAccount, session_ids: Collection[int]) -> Invoice | None:
    on_it = Q(billed_sessions__session__in=session_ids, billed_sessions__released_at=None)
    receipts = Invoice.objects.filter(on_it, account=account, kind=InvoiceKind.RECEIPT).distinct()
    return receipts.select_related("issuer", "account").first()


def _records(session_ids: Collection[int]) -> list[ChargeDetailRecord]:
    current = ChargeDetailRecord.objects.current().filter(session__in=session_ids).annotate(is_billed=on_a_bill())
    records = list(with_parts(current).order_by("ended_at", "pk"))
    if not records or len(records) < len(set(session_ids)):
        raise UnableToReceipt("The charging is not priced yet.")
    if any(record.is_billed for record in records):
        raise UnableToReceipt(_ON_ANOTHER_BILL)
    if len({record.currency for record in records}) > 1:
        raise UnableToReceipt("The charging is in several currencies.")
    return records
