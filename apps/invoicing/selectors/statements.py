"""Statements: what a customer owes, what was charged at a site by unit, what its owner gets. Reads only.

A statement covers the days ``[start_date, end_date)``. Amounts are added in Python: SQLite would add floating-point
numbers.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Q

from apps.drivers.models import BillingAccount
from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.engine.totals import places_of
from apps.invoicing.models import BilledSession, Invoice, Issuer, LedgerEntry, SiteTerms
from apps.sessions.models import ChargeDetailRecord
from apps.sites.models import Site
from apps.tariffs.engine.exact import half_up
from apps.tariffs.engine.kinds import LineKind
from apps.tariffs.engine.zones import zone_of

SHARED = frozenset({LineKind.ENERGY, LineKind.TIME, LineKind.PARKING_TIME, LineKind.WITHHELD_TIME, LineKind.IDLE})
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Booking:
    """One movement of a customer's account: positive is owed, negative was paid or credited."""

    day: date
    text: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class AccountStatement:
    currency: str
    opening: Decimal
    bookings: list[Booking]

    @property
    def closing(self) -> Decimal:
        return self.bookings[-1].balance if self.bookings else self.opening


@dataclass(frozen=True, slots=True)
class UnitUse:
    """What one customer charged at a site; exact amounts are rounded once, here."""

    number: str
    name: str
    sessions: int
    energy_wh: int
    net: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """One billed session's part in the share of the owner: negative where it was credited."""

    number: str
    day: date
    energy_wh: int
    revenue: Decimal
    share: Decimal


def account_statement(
    *, account: BillingAccount, issuer: Issuer, currency: str, start_date: date, end_date: date
) -> AccountStatement:
    """The receivables of one customer with one issuer, by the days of the issuer's clock."""
    zone = zone_of(issuer.time_zone)
    start, end = (datetime.combine(day, time(0), zone) for day in (start_date, end_date))
    of_account = Q(debit__account=account) | Q(credit__account=account)
    entries = LedgerEntry.objects.filter(of_account, issuer=issuer, currency=currency, booked_at__lt=end)
    earlier, bookings = ZERO, []
    rows = entries.select_related("debit", "credit").order_by("booked_at", "pk")
    for entry in rows.iterator(chunk_size=2_000):
        amount = entry.amount if entry.debit.account_id == account.pk else -entry.amount
        if entry.booked_at < start:
            earlier += amount
            continue
        before = bookings[-1].balance if bookings else earlier
        bookings.append(Booking(entry.booked_at.astimezone(zone).date(), entry.text, amount, before + amount))
    return AccountStatement(currency, earlier, bookings)


def use_by_unit(*, site: Site, start_date: date, end_date: date) -> list[UnitUse]:
    """What each customer charged at ``site``, by number; charging that nobody pays for comes last."""
    records = ChargeDetailRecord.objects.filter(
        site=site, is_current=True, end_date__gte=start_date, end_date__lt=end_date, currency=site.currency
    )
    found: dict[tuple[str, str], list[tuple[int, Decimal, Decimal]]] = defaultdict(list)
    for number, name, *use in records.values_list("account__number", "account__name", "energy_wh", "net", "gross"):
        found[number or "", name or ""].append(tuple(use))
    places = places_of(site.currency)
    rows = [
        UnitUse(
            number, name, len(uses), sum(wh for wh, _, _ in uses),
            half_up(sum((net for _, net, _ in uses), ZERO), places),
            half_up(sum((gross for _, _, gross in uses), ZERO), places),
        )
        for (number, name), uses in found.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (not row.number, row.number))


def shares(*, terms: SiteTerms, start_date: date, end_date: date) -> Iterator[Share]:
    """For each session billed or credited in those days: its net revenue that is shared, and the owner's part.

    Exact to six decimals; a sum is rounded once by who adds it up. Session fees and minimum prices are not shared.
    """
    issued = Q(invoice__issued_on__gte=start_date, invoice__issued_on__lt=end_date)
    numbered = ~Q(invoice__state__in=[InvoiceState.DRAFT, InvoiceState.DISCARDED])
    billed = BilledSession.objects.filter(issued & numbered, cdr__site=terms.site_id, invoice__issuer=terms.issuer_id)
    columns = ("invoice__number", "invoice__issued_on", "cdr__energy_wh", "cdr__breakdown")
    for row in billed.order_by("invoice__issued_on", "pk").values_list(*columns).iterator(chunk_size=500):
        yield _share(terms, 1, *row)
    credited = Invoice.objects.filter(
        kind=InvoiceKind.CREDIT_NOTE, issuer=terms.issuer_id, issued_on__gte=start_date, issued_on__lt=end_date
    )
    for note in credited.order_by("issued_on", "pk"):
        taken_back = BilledSession.objects.filter(invoice=note.corrects_id, cdr__site=terms.site_id).order_by("pk")
        for energy_wh, breakdown in taken_back.values_list("cdr__energy_wh", "cdr__breakdown"):
            yield _share(terms, -1, note.number or "", note.issued_on, energy_wh, breakdown)


def _share(
    terms: SiteTerms, sign: int, number: str, day: date, energy_wh: int, breakdown: dict
) -> Share:  # fmt: skip
    shared = (Decimal(total["net"]) for total in breakdown.get("totals", ()) if total["kind"] in SHARED)
    revenue = sum(shared, Decimal(0))
    part = revenue * terms.share_percent / 100 + Decimal(energy_wh) / 1000 * terms.share_per_kwh
    return Share(number, day, sign * energy_wh, sign * revenue, sign * part)
