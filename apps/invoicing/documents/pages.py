"""What stands where on the pages of an invoice: ready texts for ``templates/documents/invoice.html``."""

from decimal import Decimal
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.safestring import mark_safe

from apps.drivers.choices import PayBy
from apps.invoicing.choices import InvoiceKind, LineKind
from apps.invoicing.documents.content import Content
from apps.invoicing.documents.epc import epc_code
from apps.invoicing.documents.tables import Column, Table
from apps.invoicing.documents.words import Words, words_of
from apps.invoicing.models import InvoiceLine

LINES_ON_PAGE_ONE = 8
CHARGING = {LineKind.SESSION: "charging", LineKind.LATE_SESSION: "late_charging"}
UNITS = {"KWH": "kWh", "HUR": "h", "MIN": "min", "C62": "", "MON": ""}


def page_context(content: Content) -> dict[str, Any]:
    words = words_of(content)
    invoice = content.invoice
    is_short = len(content.lines) <= LINES_ON_PAGE_ONE
    heading = f"{words.text(invoice.kind)} {invoice.number}"
    return {
        "lang": words.code,
        "title": f"{content.seller['name']}: {heading}",
        "heading": heading,
        "seller": content.seller,
        "address": address_lines(content.buyer, at_home=content.seller["country"]),
        "facts": _facts(content, words),
        "lead": [invoice.reason] if invoice.reason else [],
        "summary": _itemised(content.lines, words) if is_short else _summary(content, words),
        "totals": _totals(content, words),
        "payment": _payment(content, words),
        "hints": _hints(content, words, is_short),
        "items": _itemised(content.lines, words) if content.is_itemised and not is_short else None,
        "items_heading": words.text("items"),
        **foot_context(content.seller, words),
    }


def address_lines(party: dict[str, str], *, at_home: str) -> list[str]:
    """As on an envelope; the country only where it is another."""
    place = f"{party.get('postal_code', '')} {party.get('city', '')}".strip()
    country = party.get("country", "")
    lines = [party["name"], party.get("contact", ""), party.get("street", ""), place]
    return [line for line in (*lines, country if country != at_home else "") if line]


def foot_context(seller: dict[str, str], words: Words) -> dict[str, Any]:
    labelled = [(words.text(key), seller.get(key, "")) for key in ("vat_id", "tax_number")]
    bank = [(words.text("iban"), grouped(seller.get("iban", ""))), (words.text("bic"), seller.get("bic", ""))]
    columns = {
        "address": address_lines(seller | {"contact": ""}, at_home=seller["country"]),
        "reach": [seller.get("phone", ""), seller.get("email", "")],
        "bank": [seller.get("bank_name", ""), *(f"{name} {value}" for name, value in bank if value)],
        "law": [*(f"{name} {value}" for name, value in labelled if value), seller.get("register", "")],
    }
    return {
        "foot": [(name, [line for line in column if line]) for name, column in columns.items()],
        "foot_text": seller.get("footer", ""),
    }


def _facts(content: Content, words: Words) -> list[tuple[str, str]]:
    invoice = content.invoice
    corrects = ""
    if content.corrects_number and content.corrects_issued_on:
        corrects = words.text(
            "corrects_of", number=content.corrects_number, date=words.date(content.corrects_issued_on)
        )
    has_due_date = content.due and invoice.due_on and invoice.kind == InvoiceKind.INVOICE
    facts = [
        ("number", invoice.number or ""),
        ("issued_on", words.date(invoice.issued_on) if invoice.issued_on else ""),
        ("due_on", words.date(invoice.due_on) if has_due_date and invoice.due_on else ""),
        ("period", words.period(invoice.start_date, content.last_day)),
        ("customer", content.buyer.get("number", "")),
        ("vat_id", content.buyer.get("vat_id", "")),
        ("buyer_reference", content.buyer.get("buyer_reference", "")),
        ("corrects", corrects),
    ]
    return [(words.text(key), value) for key, value in facts if value]


def _itemised(lines: list[InvoiceLine], words: Words) -> Table:
    table = Table([
        Column(words.text("day"), 21), Column(words.text("description")),
        Column(words.text("quantity"), 24, True), Column(words.text("unit_price"), 21, True),
        Column(words.text("vat"), 14, True), Column(words.text("net"), 24, True),
    ])  # fmt: skip
    for line in lines:
        vehicle = line.allocation.get("vehicle", "")
        details = " · ".join(text for text in (line.details, vehicle) if text)
        table.add(
            words.short_date(line.supplied_on), (line.description, details), _quantity(line, words),
            words.price(line.unit_price), words.percent(line.vat_percent), words.number(line.net, 2),
        )  # fmt: skip
    return table


def _summary(content: Content, words: Words) -> Table:
    """Charging per site, or per vehicle of a fleet, and every other line as it is."""
    table = Table([
        Column(words.text("description")), Column("kWh", 26, True), Column(words.text("vat"), 14, True),
        Column(words.text("net"), 26, True),
    ])  # fmt: skip
    charging = [line for line in content.lines if line.kind in CHARGING]
    by_vehicle = content.is_itemised and any(line.allocation.get("vehicle") for line in charging)

    def place(line: InvoiceLine) -> tuple[str, str, Decimal]:
        site = line.session.site.name if line.session else ""
        name = (line.allocation.get("vehicle") or words.text("others")) if by_vehicle else site
        return name, line.kind, line.vat_percent

    for (name, kind, percent), group in groupby(sorted(charging, key=place), key=place):
        found = list(group)
        stays = len({line.session_id or line.position for line in found})
        count = words.text("session") if stays == 1 else words.text("sessions", count=stays)
        table.add(
            (name or words.text(CHARGING[LineKind(kind)]), f"{words.text(CHARGING[LineKind(kind)])}: {count}"),
            words.kwh(sum(line.energy_wh for line in found)), words.percent(percent),
            words.number(sum((line.net for line in found), Decimal(0)), 2),
        )  # fmt: skip
    for line in content.lines:
        if line.kind not in CHARGING:
            table.add((line.description, line.details), "", words.percent(line.vat_percent), words.number(line.net, 2))
    return table


def _quantity(line: InvoiceLine, words: Words) -> str:
    unit = UNITS.get(line.unit, line.unit)
    value = line.quantity.normalize()
    places = max(0, -int(value.as_tuple().exponent))
    return f"{words.number(value, 3 if line.unit == 'KWH' else places)} {unit}".strip()


def _totals(content: Content, words: Words) -> list[dict[str, Any]]:
    invoice = content.invoice
    rows = [(words.text("sum_net"), invoice.net)]
    for tax in content.taxes:
        key = "group" if tax.vat_percent else "group_free"
        taxable = words.money(tax.taxable, invoice.currency)
        rows.append((words.text(key, percent=words.percent(tax.vat_percent), taxable=taxable), tax.tax))
    rows.append((words.text("gross"), invoice.gross))
    if invoice.rounding:
        rows.append((words.text("rounding"), invoice.rounding))
    if content.prepaid:
        rows.append((words.text("paid"), -content.prepaid))
    final = "credited" if invoice.kind == InvoiceKind.CREDIT_NOTE else "payable"
    rows.append((words.text(final), content.due))
    return [
        {"text": text, "amount": words.money(amount, invoice.currency), "is_final": position == len(rows) - 1}
        for position, (text, amount) in enumerate(rows)
    ]


def _payment(content: Content, words: Words) -> dict[str, Any]:
    """One sentence that says what happens next, and with a transfer all that a bank asks for."""
    invoice, seller = content.invoice, content.seller
    amount = words.money(content.due, invoice.currency)
    due = words.date(invoice.due_on) if invoice.due_on else ""
    texts = [reason for tax in content.taxes
             if (reason := words.exemption_text(tax.vat_category, seller.get("exemption_reason") or ""))]  # fmt: skip
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        return {"texts": [words.credit_text(content.corrects_number), *texts]}
    if content.prepaid:
        return {"texts": [words.text("paid_text"), *texts]}
    if not content.due or content.pays_by == PayBy.NOTHING:
        return {"texts": [words.text("pay_nothing"), *texts]}
    if content.pays_by == PayBy.CARD:
        return {"texts": [words.text("pay_card", amount=amount), *texts]}
    if content.pays_by == PayBy.DIRECT_DEBIT:
        account = {"debtor": content.buyer.get("debtor", ""), "mandate": content.buyer["mandate"],
                   "creditor_id": seller.get("creditor_id", ""), "reference": invoice.payment_reference}  # fmt: skip
        return {
            "texts": [words.text("pay_debit", amount=amount, due=due), *texts],
            "account": _labelled(account, words),
        }
    if not seller.get("iban"):
        return {"texts": [words.text("pay_otherwise", amount=amount, due=due), *texts]}
    account = {"account_holder": seller["name"], "iban": grouped(seller["iban"]), "bic": seller.get("bic", ""),
               "bank": seller.get("bank_name", ""), "reference": grouped(invoice.payment_reference)}  # fmt: skip
    code = epc_code(
        name=seller["name"], iban=seller["iban"], bic=seller.get("bic", ""), amount=content.due,
        currency=invoice.currency, reference=invoice.payment_reference or invoice.number or "",
    )  # fmt: skip
    return {
        "texts": [words.text("pay_transfer", amount=amount, due=due), *texts],
        "account": _labelled(account, words),
        "code": mark_safe(code),  # drawn by segno, from numbers and names that are only encoded in it
        "scan": words.text("scan"),
    }


def _labelled(values: dict[str, str], words: Words) -> list[tuple[str, str]]:
    return [(words.text(key), value) for key, value in values.items() if value]


def grouped(reference: str) -> str:
    """IBANs and references in blocks of four, as people read them."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def _hints(content: Content, words: Words, is_short: bool) -> list[dict[str, str]]:
    base = settings.PUBLIC_URL or "http://localhost:8000"
    hints = []
    if energy_wh := content.invoice.energy_wh or sum(line.energy_wh for line in content.lines):
        hints.append({"text": words.text("energy", kwh=words.kwh(energy_wh))})
    if not is_short and content.is_itemised:
        hints.append({"text": words.text("itemised_hint")})
    elif not is_short:
        hints.append({"text": words.text("summary_hint"), "url": f"{base}/my/"})
    if any(line.kind in CHARGING for line in content.lines):
        hints.append({"text": words.text("meter_text"), "url": f"{base}/meter-values/"})
    return hints
