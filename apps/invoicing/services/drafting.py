"""Drafts: what an account owes an issuer for a period, line by line, before it has a number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from apps.drivers.models import BillingAccount
from apps.invoicing.choices import InvoiceKind, InvoiceState, LineKind
from apps.invoicing.engine.lines import DraftLine, RatedSession, lines_of, with_totals
from apps.invoicing.engine.totals import Totals, places_of
from apps.invoicing.models import (
    AccountCharge,
    BilledSession,
    BillingPeriod,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Issuer,
)
from apps.sessions.models import ChargeDetailRecord
from apps.tariffs.selectors import engine_tariffs

_TOLD = (
    "session__station__identity", "site__name", "site__time_zone", "driver__name", "vehicle__label",
    "vehicle__department", "vehicle__depot", "vehicle__route",
)  # fmt: skip
_RATED = (
    "session_id", "account_id", "tariff_version_id", "started_at", "ended_at", "end_date", "energy_wh", "currency",
    "gross", "breakdown",
)  # fmt: skip


@dataclass(slots=True)
class Draft:
    """A bill before it is a row. ``records`` are the rated sessions it claims, in the order of their ends;
    ``charges`` the fees that it carries.
    """

    account: BillingAccount
    currency: str
    records: list[ChargeDetailRecord] = field(default_factory=list)
    lines: list[DraftLine] = field(default_factory=list)
    charges: list[AccountCharge] = field(default_factory=list)
    totals: Totals | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it would charge nothing: then there is no bill."""
        return not any(line.amount for line in self.lines)

    @property
    def energy_wh(self) -> int:
        return sum(record.energy_wh for record in self.records)


def with_parts(records: QuerySet[ChargeDetailRecord]) -> QuerySet[ChargeDetailRecord]:
    """``records`` with what their lines say, and nothing else of the wide rows beside them."""
    return records.select_related("session__station", "site", "driver", "vehicle").only(*_RATED, *_TOLD)


def session_lines(
    records: Sequence[ChargeDetailRecord], *, issuer: Issuer, from_date: date, corrected: Collection[int] = ()
) -> list[DraftLine]:
    """The lines of ``records``, which were read by ``with_parts``.

    Sessions that ended before ``from_date`` are subsequent charges; those in ``corrected`` were on a bill before.
    """
    tariffs = engine_tariffs({record.tariff_version_id for record in records if record.tariff_version_id})
    lines: list[DraftLine] = []
    for record in records:
        tariff = tariffs.get(record.tariff_version_id or 0)
        kind = LineKind.SESSION if record.end_date >= from_date else LineKind.LATE_SESSION
        rated = RatedSession(
            session_id=record.session_id,
            cdr_id=record.pk,
            kind=LineKind.CORRECTION if record.session_id in corrected else kind,
            place=f"{record.site.name}, {record.session.station.identity}",
            time_zone=record.site.time_zone,
            started_at=record.started_at,
            ended_at=record.ended_at,
            end_date=record.end_date,
            energy_wh=record.energy_wh,
            tax_included=tariff is not None and tariff.tax_included,
            breakdown=record.breakdown,
            allocation=_allocation(record),
        )
        lines += lines_of(rated, places=places_of(record.currency), charges_vat=not issuer.exemption_reason)
    return lines


def add_up(draft: Draft, *, issuer: Issuer, in_coins: bool = True) -> None:
    """Set the nets of its lines and its totals. ``in_coins``: rounded to what the issuer's cash can pay."""
    cash_step = issuer.cash_step if in_coins else None
    draft.lines, draft.totals = with_totals(draft.lines, places=places_of(draft.currency), cash_step=cash_step)


def save_drafts(
    drafts: Sequence[Draft],
    *,
    issuer: Issuer,
    start_date: date,
    end_date: date,
    at: datetime,
    period: BillingPeriod | None = None,
    kind: InvoiceKind = InvoiceKind.INVOICE,
) -> list[Invoice]:
    """Write drafts that were added up, and claim their sessions, in the caller's transaction; a few statements.

    Raises ``IntegrityError`` where one of the sessions, or the account in this period, is on a bill already.
    """
    invoices = Invoice.objects.bulk_create(
        _invoice(draft, draft.totals, issuer, kind, period, start_date, end_date, at) for draft in drafts
    )
    pairs = list(zip(invoices, drafts, strict=True))
    InvoiceLine.objects.bulk_create((row for pair in pairs for row in _line_rows(*pair)), batch_size=2_000)
    InvoiceTax.objects.bulk_create(
        InvoiceTax(
            invoice=invoice,
            vat_category=group.vat_category,
            vat_percent=group.vat_percent,
            taxable=group.taxable,
            tax=group.tax,
        )
        for invoice, draft in pairs
        for group in draft.totals.groups
    )
    BilledSession.objects.bulk_create(
        (
            BilledSession(session_id=record.session_id, cdr=record, invoice=invoice)
            for invoice, draft in pairs
            for record in draft.records
        ),
        batch_size=2_000,
    )
    for invoice, draft in pairs:
        if draft.charges:
            AccountCharge.objects.filter(pk__in=[charge.pk for charge in draft.charges]).update(invoice=invoice)
    return invoices


def discard_drafts(*, invoice_ids: Iterable[int], at: datetime) -> int:
    """Give up drafts and set their sessions free; what is issued meanwhile stays. In the caller's transaction."""
    drafts = Invoice.objects.filter(pk__in=list(invoice_ids), state=InvoiceState.DRAFT)
    keys = list(drafts.select_for_update().order_by("pk").values_list("pk", flat=True))
    BilledSession.objects.filter(invoice__in=keys, released_at=None).update(released_at=at)
    return Invoice.objects.filter(pk__in=keys, state=InvoiceState.DRAFT).update(state=InvoiceState.DISCARDED)


def by_currency(records: Iterable[ChargeDetailRecord]) -> dict[str, list[ChargeDetailRecord]]:
    """Records in the order of their sessions' ends, apart by currency."""
    found: dict[str, list[ChargeDetailRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda record: (record.ended_at, record.pk)):
        found[record.currency].append(record)
    return found


def _invoice(
    draft: Draft, totals: Totals, issuer: Issuer, kind: InvoiceKind, period: BillingPeriod | None, start_date: date,
    end_date: date, at: datetime,
) -> Invoice:  # fmt: skip
    return Invoice(
        issuer=issuer, account=draft.account, kind=kind, period=period, start_date=start_date, end_date=end_date,
        currency=draft.currency, net=totals.net, tax=totals.tax, gross=totals.gross, rounding=totals.rounding,
        payable=totals.payable, open_amount=totals.payable, energy_wh=draft.energy_wh, created_at=at,
    )  # fmt: skip


def _line_rows(invoice: Invoice, draft: Draft) -> Iterable[InvoiceLine]:
    for position, line in enumerate(draft.lines, start=1):
        yield InvoiceLine(
            invoice=invoice, position=position, kind=line.kind, description=line.description, details=line.details,
            session_id=line.session_id, cdr_id=line.cdr_id, supplied_on=line.supplied_on, quantity=line.quantity,
            unit=line.unit, unit_price=line.unit_price or Decimal(0), net=line.net, gross=line.gross,
            vat_category=line.vat_category, vat_percent=line.vat_percent, energy_wh=line.energy_wh,
            allocation=line.allocation,
        )  # fmt: skip


def _allocation(record: ChargeDetailRecord) -> dict[str, str]:
    """To whom a fleet counts the costs."""
    vehicle, driver = record.vehicle, record.driver
    found = {"driver": driver.name if driver else ""}
    if vehicle:
        found |= {
            "vehicle": vehicle.label,
            "department": vehicle.department,
            "depot": vehicle.depot,
            "route": vehicle.route,
        }
    return {name: text for name, text in found.items() if text}
