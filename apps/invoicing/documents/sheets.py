"""Statements as sheets: columns with their kind of value, rows, a total; the same for PDF, XLSX and CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.drivers.models import BillingAccount
from apps.invoicing.documents.pages import address_lines, foot_context
from apps.invoicing.documents.tables import Column, Table
from apps.invoicing.documents.words import Words, words_in
from apps.invoicing.engine.totals import places_of
from apps.invoicing.models import Issuer, SiteTerms
from apps.invoicing.selectors.statements import account_statement, shares, use_by_unit
from apps.invoicing.services.parties import buyer_of, seller_of
from apps.tariffs.engine.exact import half_up

_WIDTHS = {"date": 21, "money": 24, "kwh": 21, "count": 21, "number": 21, "text": 0}
Value = str | int | Decimal | date


@dataclass(frozen=True, slots=True)
class Sheet:
    """``columns`` are ``(key of the word, kind of value)``: text, number (of a document), date, money, count or kwh.

    Energy is in Wh. ``name`` is that of a file, without its ending.
    """

    name: str
    heading: str
    subtitle: str
    words: Words
    issuer: Issuer
    addressee: Sequence[str]
    facts: Sequence[tuple[str, str]]
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Value]]
    total: Sequence[Value]
    note: str = ""

    @property
    def heads(self) -> list[str]:
        return ["kWh" if kind == "kwh" else self.words.text(key) for key, kind in self.columns]


def statement_sheet(
    *, account: BillingAccount, issuer: Issuer, currency: str, start_date: date, end_date: date
) -> Sheet:
    """What the customer owed, was billed and paid."""
    words = words_in(account.language or issuer.language)
    statement = account_statement(
        account=account, issuer=issuer, currency=currency, start_date=start_date, end_date=end_date
    )
    rows: list[Sequence[Value]] = [(start_date, words.text("opening"), "", statement.opening)]
    rows += [(booking.day, booking.text, booking.amount, booking.balance) for booking in statement.bookings]
    facts = [
        (words.text("customer"), account.number),
        (words.text("balance"), words.money(statement.closing, currency)),
    ]
    return Sheet(
        name=f"statement-{account.number}-{start_date:%Y-%m}", heading=words.text("statement"),
        subtitle=words.period(start_date, end_date - timedelta(days=1)), words=words, issuer=issuer,
        addressee=address_lines(buyer_of(account), at_home=issuer.country), facts=facts,
        columns=(("day", "date"), ("text", "text"), ("amount", "money"), ("balance", "money")), rows=rows,
        total=(end_date - timedelta(days=1), words.text("closing"), "", statement.closing),
    )  # fmt: skip


def units_sheet(*, terms: SiteTerms, start_date: date, end_date: date) -> Sheet:
    """For an association of owners: what each unit charged at the site."""
    site, issuer = terms.site, terms.issuer
    words = words_in(issuer.language)
    found = use_by_unit(site=site, start_date=start_date, end_date=end_date)
    rows = [
        (use.number or "–", use.name or words.text("nobody"), use.sessions, use.energy_wh, use.net, use.gross)
        for use in found
    ]
    energy = words.kwh(sum(use.energy_wh for use in found))
    return Sheet(
        name=f"units-{site.pk}-{start_date:%Y-%m}", heading=f"{words.text('owners_summary')}: {site.name}",
        subtitle=words.period(start_date, end_date - timedelta(days=1)), words=words, issuer=issuer,
        addressee=_owner(terms), facts=[(words.text("energy_head"), f"{energy} kWh")],
        columns=(("unit", "number"), ("customer_name", "text"), ("sessions_head", "count"), ("kwh", "kwh"),
                 ("net", "money"), ("gross", "money")),
        rows=rows, total=("", words.text("sum"), *_sums(rows, 2)),
    )  # fmt: skip


def share_sheet(*, terms: SiteTerms, start_date: date, end_date: date) -> Sheet:
    """What the owner of a site gets, invoice by invoice; the sum is rounded once."""
    site, issuer = terms.site, terms.issuer
    words = words_in(issuer.language)
    places = places_of(site.currency)
    by_invoice: dict[tuple[date, str], list[Any]] = {}
    for share in shares(terms=terms, start_date=start_date, end_date=end_date):
        row = by_invoice.setdefault((share.day, share.number), [0, 0, Decimal(0), Decimal(0)])
        row[0] += 1
        row[1] += share.energy_wh
        row[2] += share.revenue
        row[3] += share.share
    exact = [(day, number, *row) for (day, number), row in sorted(by_invoice.items())]
    total = ("", words.text("sum"), *_sums(exact, 2))
    percent, per_kwh = words.percent(terms.share_percent), words.price(terms.share_per_kwh)
    return Sheet(
        name=f"revenue-share-{site.pk}-{start_date:%Y-%m}", heading=f"{words.text('share_statement')}: {site.name}",
        subtitle=words.period(start_date, end_date - timedelta(days=1)), words=words, issuer=issuer,
        addressee=_owner(terms), facts=[(words.text("share"), words.money(half_up(total[-1], places), site.currency))],
        columns=(("day", "date"), ("invoice_head", "text"), ("sessions_head", "count"), ("kwh", "kwh"),
                 ("revenue", "money"), ("share", "money")),
        rows=[_rounded(row, places) for row in exact], total=_rounded(total, places),
        note=words.text("share_rule", percent=percent, per_kwh=per_kwh, currency=site.currency),
    )  # fmt: skip


def sheet_pdf(sheet: Sheet, *, at: datetime) -> bytes:
    from apps.invoicing.documents.pdf import render_pdf  # loads WeasyPrint, which takes a second

    words = sheet.words
    table = Table([
        Column(head, _WIDTHS[kind], is_number=kind in ("money", "kwh", "count"))
        for head, (_, kind) in zip(sheet.heads, sheet.columns, strict=True)
    ])  # fmt: skip
    kinds = [kind for _, kind in sheet.columns]
    for row, style in [*((row, "") for row in sheet.rows), (sheet.total, "sum")]:
        texts = [_text(value, kind, words) for value, kind in zip(row, kinds, strict=True)]
        table.add(*texts, style=style)
    seller = seller_of(sheet.issuer)
    context = {
        "lang": words.code, "title": f"{seller['name']}: {sheet.heading}", "heading": sheet.heading, "seller": seller,
        "address": sheet.addressee, "facts": [*sheet.facts, (words.text("made_on"), words.date(at.date()))],
        "lead": [sheet.subtitle], "summary": table, "note": sheet.note, **foot_context(seller, words),
    }  # fmt: skip
    return render_pdf("statement.html", context, at=at)


def _owner(terms: SiteTerms) -> list[str]:
    return [line for line in (terms.owner_name, *terms.owner_address.splitlines()) if line.strip()]


def _sums(rows: Sequence[Sequence[Any]], first: int) -> list[Any]:
    """The sums of the columns from ``first`` on; of a site where nobody charged, nothing of each."""
    return [sum(column) for column in list(zip(*rows, strict=True))[first:]] if rows else [0, 0, Decimal(0), Decimal(0)]


def _rounded(row: Sequence[Any], places: int) -> list[Any]:
    return [half_up(value, places) if isinstance(value, Decimal) else value for value in row]


def _text(value: Value, kind: str, words: Words) -> str:
    if isinstance(value, date):
        return words.short_date(value)
    if kind == "kwh" and isinstance(value, int):
        return words.kwh(value)
    return words.number(value, 2) if isinstance(value, Decimal) else str(value)
