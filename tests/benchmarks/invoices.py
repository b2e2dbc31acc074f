"""Issued invoices that lie in no database: what documents are made of."""

from datetime import date, timedelta
from decimal import Decimal

from apps.invoicing.documents.content import Content
from apps.invoicing.models import Invoice, InvoiceLine, InvoiceTax
from apps.sessions.models import ChargingSession
from apps.sites.models import Site

SELLER = {
    "name": "Stadtstrom GmbH", "street": "Hauptstraße 1", "postal_code": "10117", "city": "Berlin", "country": "DE",
    "vat_id": "DE136695976", "tax_number": "27/123/45678", "register": "Amtsgericht Berlin HRB 12345",
    "email": "billing@example.com", "phone": "+49 30 1234567", "contact": "Billing", "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX", "bank_name": "Commerzbank", "creditor_id": "DE98ZZZ09999999999", "exemption_reason": "",
    "footer": "Geschäftsführerin: Erika Muster.", "language": "de",
}  # fmt: skip
BUYER = {
    "number": "K00017", "name": "Rita Resident", "contact": "", "email": "rita@example.com", "street": "Lindenweg 4",
    "postal_code": "10115", "city": "Berlin", "country": "DE", "vat_id": "", "buyer_reference": "", "language": "de",
    "pay_by": "transfer",
}  # fmt: skip


def content_of(lines: int, *, kind: str, number: int = 1) -> Content:
    """A month of ``lines`` sessions at one site, to a customer of the given kind."""
    session = ChargingSession(site=Site(name="Tiefgarage Lindenhof"))
    rows = [_line(position, session) for position in range(1, lines + 1)]
    net = sum((row.net for row in rows), Decimal("0.00"))
    tax = (net * 19 / 100).quantize(Decimal("0.01"))
    invoice = Invoice(
        kind="invoice", state="issued", number=f"R2026-{number:06}", payment_reference="RF18539007547034",
        issued_on=date(2026, 4, 2), due_on=date(2026, 4, 16), start_date=date(2026, 3, 1), end_date=date(2026, 4, 1),
        currency="EUR", net=net, tax=tax, gross=net + tax, rounding=Decimal("0.00"), payable=net + tax,
        seller=SELLER, buyer=BUYER | {"kind": kind},
    )  # fmt: skip
    group = InvoiceTax(vat_category="S", vat_percent=Decimal("19.00"), taxable=net, tax=tax)
    return Content(invoice=invoice, lines=rows, taxes=[group], corrects_number="", corrects_issued_on=None)


def _line(position: int, session: ChargingSession) -> InvoiceLine:
    quantity = Decimal("11.2841") + position
    return InvoiceLine(
        position=position, kind="session", description=f"Laden an LH-{position:02}", details="18:04–22:41",
        supplied_on=date(2026, 3, 1) + timedelta(days=position % 31), quantity=quantity, unit="KWH",
        unit_price=Decimal("0.420000"), net=(quantity * Decimal("0.42")).quantize(Decimal("0.01")), vat_category="S",
        vat_percent=Decimal("19.00"), energy_wh=int(quantity * 1000), allocation={"vehicle": f"B-CN {position % 4}"},
        session=session,
    )  # fmt: skip
