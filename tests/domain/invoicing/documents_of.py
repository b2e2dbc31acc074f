"""Issued invoices of every shape, and reading back what their documents state."""

import io
from datetime import date
from decimal import Decimal

import facturx
from lxml import etree
from pypdf import PdfReader

from apps.invoicing.models import Invoice, InvoiceLine, InvoiceTax
from apps.invoicing.services.parties import buyer_of, seller_of
from tests.factories.billing import BillingAccountFactory, IssuerFactory
from tests.factories.chargers import NOON

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def issued(
    *, lines, kind="invoice", number="R2026-0001", issuer=None, account=None, corrects=None, **values
) -> Invoice:
    """An issued invoice; ``lines`` are ``(net, category, percent)`` or ``InvoiceLine`` fields as a dict."""
    issuer = issuer or IssuerFactory()
    account = account or BillingAccountFactory(organisation=issuer.organisation)
    currency = values.pop("currency", "EUR")
    rounding = Decimal(values.pop("rounding", "0.00"))
    rows = [_fields(line) for line in lines]
    groups: dict[tuple[str, Decimal], Decimal] = {}
    for row in rows:
        key = row["vat_category"], row["vat_percent"]
        groups[key] = groups.get(key, Decimal(0)) + row["net"]
    taxes = {key: (taxable * key[1] / 100).quantize(Decimal("0.01")) for key, taxable in groups.items()}
    net, tax = sum(groups.values()), sum(taxes.values())
    payable = net + tax + rounding
    invoice = Invoice.objects.create(
        issuer=issuer, account=account, kind=kind, start_date=date(2026, 3, 1), end_date=date(2026, 4, 1),
        currency=currency, net=net, tax=tax, gross=net + tax, rounding=rounding, payable=payable, open_amount=payable,
        seller=seller_of(issuer), buyer=buyer_of(account), payment_reference="RF18539007547034", corrects=corrects,
        **values,
    )  # fmt: skip
    for position, row in enumerate(rows, start=1):
        InvoiceLine.objects.create(invoice=invoice, position=position, **row)
    for (category, percent), taxable in groups.items():
        InvoiceTax.objects.create(
            invoice=invoice, vat_category=category, vat_percent=percent, taxable=taxable, tax=taxes[category, percent]
        )
    invoice.number, invoice.state = number, "issued"
    invoice.issued_on, invoice.due_on, invoice.issued_at = date(2026, 4, 2), date(2026, 4, 16), NOON
    invoice.save()
    return invoice


def _fields(line) -> dict:
    defaults = {
        "kind": "session", "description": "Charging at LH-01", "supplied_on": date(2026, 3, 12), "unit": "KWH",
        "quantity": Decimal("10.0000"), "unit_price": Decimal("0.400000"), "energy_wh": 10_000,
        "vat_category": "S", "vat_percent": Decimal("19.00"),
    }  # fmt: skip
    if isinstance(line, dict):
        return defaults | line
    net, category, percent = line
    price = {"unit_price": Decimal(net) / 10, "net": Decimal(net)}
    return defaults | price | {"vat_category": category, "vat_percent": Decimal(percent)}


def text_of(pdf: bytes) -> str:
    """The words on all pages, each run of white space as one blank."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def embedded_xml(pdf: bytes) -> bytes:
    _, xml = facturx.get_xml_from_pdf(pdf, check_xsd=True)
    return xml


def in_xml(xml: bytes, *path: str) -> str | None:
    """The text of the first element on ``path``, each name anywhere below the one before."""
    node = etree.fromstring(bytes(xml))
    for name in path:
        node = next(node.iter(RAM + name), None)
        if node is None:
            return None
    return node.text
