"""Documents of invoices: valid, once, and with the same amounts everywhere."""

import io
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from lxml import etree
from pypdf import PdfReader

from apps.invoicing.documents import verdict
from apps.invoicing.models import InvoiceDocument, LedgerEntry
from apps.invoicing.services.documents import DocumentInvalid, NotIssued, make_pdf, make_xml
from apps.invoicing.services.ledger import book_invoice
from tests.domain.invoicing.documents_of import embedded_xml, in_xml, issued, text_of
from tests.factories.billing import BillingAccountFactory, InvoiceFactory, IssuerFactory
from tests.factories.chargers import NOON

pytestmark = pytest.mark.django_db

VALID = {"xsd": "valid", "schematron": "valid", "messages": []}


def shapes():
    """Each builds an issued invoice of another shape."""

    def swiss():
        issuer = IssuerFactory(country="CH", vat_id="CHE123456788", iban="CH9300762011623852957", bic="")
        return issued(lines=[("10.01", "S", "8.10")], issuer=issuer, currency="CHF", rounding="-0.02")

    def exempt():
        issuer = IssuerFactory(vat_id="", tax_number="27/123/45678", exemption_reason="Small business.")
        return issued(lines=[("10.00", "E", "0.00")], issuer=issuer)

    def reverse_charge():
        issuer = IssuerFactory()
        account = BillingAccountFactory(
            organisation=issuer.organisation, vat_id="ATU12345675", country="AT", kind="fleet"
        )
        return issued(lines=[("10.00", "AE", "0.00")], issuer=issuer, account=account)

    def credit_note():
        invoice = issued(lines=[("10.00", "S", "19.00")])
        return issued(
            lines=[("10.00", "S", "19.00")], kind="credit_note", number="G2026-0001", reason="Wrong tariff",
            issuer=invoice.issuer, account=invoice.account, corrects=invoice,
        )  # fmt: skip

    def guest():
        issuer = IssuerFactory()
        account = BillingAccountFactory(
            organisation=issuer.organisation, kind="guest", name="guest@example.com", street="", postal_code="",
            city="", country="", pay_by="card",
        )  # fmt: skip
        return issued(
            lines=[("10.00", "S", "19.00")], kind="receipt", number="B2026-0001", issuer=issuer, account=account
        )

    def discount():
        taken_off = {"kind": "discount", "description": "Discount", "quantity": Decimal(1), "unit": "C62",
                     "unit_price": Decimal("-2.5"), "net": Decimal("-2.50"), "energy_wh": 0}  # fmt: skip
        return issued(lines=[("10.00", "S", "19.00"), taken_off])

    return {
        "one rate": lambda: issued(lines=[("10.00", "S", "19.00")]),
        "two rates": lambda: issued(lines=[("10.01", "S", "19.00"), ("5.05", "S", "7.00"), ("0.30", "S", "19.00")]),
        "zero rate": lambda: issued(lines=[("10.00", "Z", "0.00")]),
        "not subject": lambda: issued(lines=[("10.00", "O", "0.00")]),
        "many lines": lambda: issued(lines=[("1.23", "S", "19.00")] * 60),
        "nothing to pay": lambda: issued(lines=[("0.00", "S", "19.00")]),
        "swiss": swiss, "exempt": exempt, "reverse charge": reverse_charge, "credit note": credit_note,
        "receipt": guest, "discount": discount,
    }  # fmt: skip


@pytest.mark.parametrize("shape", shapes())
def test_every_shape_passes_the_schema_and_the_rules_of_en_16931(shape):
    assert make_xml(shapes()[shape]().pk, at=NOON).verdict == VALID


@pytest.mark.parametrize("shape", shapes())
def test_page_xml_and_invoice_state_the_same_amounts(shape):
    invoice = shapes()[shape]()
    pdf = bytes(make_pdf(invoice.pk, at=NOON).content)
    xml, page = embedded_xml(pdf), text_of(pdf)
    assert xml == bytes(make_xml(invoice.pk, at=NOON).content)
    total = "SpecifiedTradeSettlementHeaderMonetarySummation"
    assert Decimal(in_xml(xml, total, "TaxBasisTotalAmount")) == invoice.net
    assert Decimal(in_xml(xml, total, "TaxTotalAmount")) == invoice.tax
    assert Decimal(in_xml(xml, total, "GrandTotalAmount")) == invoice.gross
    due = Decimal("0.00") if invoice.kind == "receipt" else invoice.payable
    assert Decimal(in_xml(xml, total, "DuePayableAmount")) == due
    assert f"Total net {invoice.net} {invoice.currency}" in page
    assert f"Total {invoice.gross} {invoice.currency}" in page
    last = {"credit_note": "Amount credited", "receipt": "Amount due"}.get(invoice.kind, "Amount due")
    assert f"{last} {due} {invoice.currency}" in page
    for tax in invoice.taxes.all():
        assert f"on {tax.taxable} {invoice.currency} {tax.tax} {invoice.currency}" in page
    for line in invoice.lines.all()[:1]:
        assert in_xml(xml, "IncludedSupplyChainTradeLineItem", "LineTotalAmount") == str(line.net)


def test_the_books_hold_what_the_page_asks_for():
    invoice = issued(lines=[("10.01", "S", "19.00"), ("5.05", "S", "7.00")])
    book_invoice(invoice=invoice, at=NOON)
    booked = sum(entry.amount for entry in LedgerEntry.objects.filter(invoice=invoice))
    assert f"Amount due {booked} EUR" in text_of(bytes(make_pdf(invoice.pk, at=NOON).content))


def test_a_document_is_made_once():
    invoice = issued(lines=[("10.00", "S", "19.00")])
    first = make_pdf(invoice.pk, at=NOON)
    assert make_pdf(invoice.pk, at=NOON).pk == first.pk
    assert make_xml(invoice.pk, at=NOON).pk == make_xml(invoice.pk, at=NOON).pk
    assert InvoiceDocument.objects.filter(invoice=invoice).count() == 2


def test_a_document_is_never_changed():
    document = make_xml(issued(lines=[("10.00", "S", "19.00")]).pk, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceDocument.objects.filter(pk=document.pk).update(content=b"other")


def test_a_draft_has_no_documents():
    with pytest.raises(NotIssued):
        make_xml(InvoiceFactory().pk, at=NOON)


def test_an_invalid_document_is_refused_and_not_kept():
    invoice = issued(lines=[("10.00", "S", "19.00")], issuer=IssuerFactory(vat_id="", tax_number=""))
    with pytest.raises(DocumentInvalid, match="BR-"):
        make_pdf(invoice.pk, at=NOON)
    assert not InvoiceDocument.objects.filter(invoice=invoice).exists()


def test_what_was_not_checked_is_not_called_valid(monkeypatch):
    monkeypatch.setattr(verdict.en16931, "check", lambda document: None)
    document = make_xml(issued(lines=[("10.00", "S", "19.00")]).pk, at=NOON)
    assert document.verdict == {"xsd": "valid", "schematron": "not_checked", "messages": []}


def test_what_the_schema_refuses_is_invalid():
    xml = bytes(make_xml(issued(lines=[("10.00", "S", "19.00")]).pk, at=NOON).content)
    broken = xml.replace(b"<ram:TypeCode>380</ram:TypeCode>", b"<ram:Typo>380</ram:Typo>")
    judged = verdict.judge(broken)
    assert judged["xsd"] == "invalid"
    assert "Typo" in judged["messages"][0]


def test_a_currency_that_no_code_list_knows_is_invalid():
    """The code lists are handed to the rules by us: they must still be looked into."""
    xml = bytes(make_xml(issued(lines=[("10.00", "S", "19.00")]).pk, at=NOON).content)
    assert verdict.judge(xml.replace(b">EUR<", b">XQX<").replace(b'"EUR"', b'"XQX"'))["schematron"] == "invalid"


def test_the_direct_debit_names_mandate_and_creditor():
    account = BillingAccountFactory(pay_by="direct_debit")
    account.payment_methods.create(kind="direct_debit", provider="sepa", provider_ref="M-2026-17", label="DE•• 3000")
    invoice = issued(lines=[("10.00", "S", "19.00")], account=account)
    pdf = bytes(make_pdf(invoice.pk, at=NOON).content)
    xml, page = embedded_xml(pdf), text_of(pdf)
    assert in_xml(xml, "SpecifiedTradeSettlementPaymentMeans", "TypeCode") == "59"
    assert in_xml(xml, "SpecifiedTradePaymentTerms", "DirectDebitMandateID") == "M-2026-17"
    assert in_xml(xml, "CreditorReferenceID") == "DE98ZZZ09999999999"
    assert "M-2026-17" in page
    assert "DE98ZZZ09999999999" in page


def test_the_credit_note_names_what_it_corrects():
    note = shapes()["credit note"]()
    xml = bytes(make_xml(note.pk, at=NOON).content)
    assert b"<ram:TypeCode>381</ram:TypeCode>" in xml
    assert in_xml(xml, "InvoiceReferencedDocument", "IssuerAssignedID") == "R2026-0001"
    assert "Corrects invoice R2026-0001 of 2 April 2026" in text_of(bytes(make_pdf(note.pk, at=NOON).content))


def test_germans_read_german_numbers_and_dates():
    account = BillingAccountFactory(language="de")
    page = text_of(bytes(make_pdf(issued(lines=[("1234.50", "S", "19.00")], account=account).pk, at=NOON).content))
    assert "Rechnung R2026-0001" in page
    assert "Summe netto 1.234,50 EUR" in page
    assert "Fällig 16.04.2026" in page


def test_sixty_lines_are_one_page_for_a_resident_and_itemised_for_a_fleet():
    lines = [("1.23", "S", "19.00")] * 60
    fleet = BillingAccountFactory(kind="fleet")
    resident_pdf = bytes(make_pdf(issued(lines=lines).pk, at=NOON).content)
    fleet_pdf = bytes(make_pdf(issued(lines=lines, account=fleet, issuer=IssuerFactory()).pk, at=NOON).content)
    assert len(PdfReader(io.BytesIO(resident_pdf)).pages) == 1
    assert "/my/" in text_of(resident_pdf)
    assert text_of(resident_pdf).count("Charging at LH-01") == 0
    assert text_of(fleet_pdf).count("Charging at LH-01") == 60


def test_the_pdf_says_that_it_is_a_factur_x_invoice_and_embeds_its_fonts():
    reader = PdfReader(io.BytesIO(make_pdf(issued(lines=[("10.00", "S", "19.00")]).pk, at=NOON).content))
    metadata = etree.fromstring(reader.trailer["/Root"]["/Metadata"].get_data())
    rdf = metadata.findall("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF")
    assert len(rdf) == 1
    level = rdf[0].find(".//{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}ConformanceLevel")
    assert level.text == "EN 16931"
    part = rdf[0][0].get("{http://www.aiim.org/pdfa/ns/id/}part")
    assert part == "3"
    associated = reader.trailer["/Root"]["/AF"]
    assert [str(file.get_object()["/AFRelationship"]) for file in associated] == ["/Alternative"]
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    families = {str(font["/BaseFont"]) for font in fonts}
    assert families
    assert all("Document" in family or "Inter" in family for family in families)
    for font in fonts:
        assert "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"]


def test_names_cannot_carry_markup_into_a_document():
    account = BillingAccountFactory(name='<img src="http://example.com/x.png"> & Sons')
    page = text_of(bytes(make_pdf(issued(lines=[("10.00", "S", "19.00")], account=account).pk, at=NOON).content))
    assert '<img src="http://example.com/x.png"> & Sons' in page


def test_the_period_ends_with_its_last_day():
    xml = bytes(make_xml(issued(lines=[("10.00", "S", "19.00")]).pk, at=NOON).content)
    settlement = etree.fromstring(xml).find(".//{*}ApplicableHeaderTradeSettlement")
    assert settlement.find("{*}BillingSpecifiedPeriod/{*}EndDateTime/{*}DateTimeString").text == "20260331"
