"""An invoice as EN 16931 in the syntax CII, Factur-X profile EN 16931. Source: EN 16931-1 (BT-nn), Factur-X 1.09."""

from decimal import Decimal
from xml.etree import ElementTree

from drafthorse.models.accounting import ApplicableTradeTax
from drafthorse.models.document import Document
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration, TradeParty
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.product import ProductCharacteristic
from drafthorse.models.tradelines import LineItem

from apps.drivers.choices import PayBy
from apps.invoicing.choices import InvoiceKind, VatCategory
from apps.invoicing.documents.content import Content
from apps.invoicing.documents.words import words_of
from apps.invoicing.models import InvoiceLine, InvoiceTax

PROFILE = "urn:cen.eu:en16931:2017"
INVOICE, CREDIT_NOTE = "380", "381"
SEPA_TRANSFER, TRANSFER, DIRECT_DEBIT, CARD, UNDEFINED = "58", "30", "59", "48", "1"
REASON_CODES = {VatCategory.REVERSE: "VATEX-EU-AE", VatCategory.NOT_SUBJECT: "VATEX-EU-O"}


def xml_of(content: Content) -> bytes:
    """The whole document, UTF-8. The same content gives the same bytes."""
    document = Document()
    document.context.guideline_parameter.id = PROFILE
    _write_header(document, content)
    _write_parties(document.trade.agreement, content)
    for line in content.lines:
        document.trade.items.add(_line(line))
    document.trade.delivery.event.occurrence = content.last_day
    _write_settlement(document.trade.settlement, content)
    return ElementTree.tostring(document.to_etree(), "utf-8", xml_declaration=True)


def _write_header(document: Document, content: Content) -> None:
    invoice = content.invoice
    document.header.id = invoice.number
    document.header.type_code = CREDIT_NOTE if invoice.kind == InvoiceKind.CREDIT_NOTE else INVOICE
    document.header.issue_date_time = invoice.issued_on
    for text in (invoice.reason, content.seller.get("footer")):
        if text:
            note = IncludedNote()
            note.content = text
            document.header.notes.add(note)


def _write_parties(agreement, content: Content) -> None:
    seller, buyer = content.seller, content.buyer
    is_taxed = all(tax.vat_category != VatCategory.NOT_SUBJECT for tax in content.taxes)  # BR-O-02
    if buyer.get("buyer_reference"):
        agreement.buyer_reference = buyer["buyer_reference"]
    _write_party(agreement.seller, seller, country=seller["country"], is_taxed=is_taxed)
    if seller.get("register"):
        agreement.seller.legal_organization.id = seller["register"]
    elif not (is_taxed and seller.get("vat_id")):  # BR-CO-26 asks for one way to know the seller
        agreement.seller.id = seller.get("tax_number") or seller.get("creditor_id") or ""
    if is_taxed and seller.get("tax_number"):
        agreement.seller.tax_registrations.add(TaxRegistration(id=("FC", seller["tax_number"])))
    agreement.seller.contact.person_name = seller.get("contact") or seller["name"]
    if seller.get("phone"):
        agreement.seller.contact.telephone.number = seller["phone"]
    agreement.seller.contact.email.address = seller["email"]
    _write_party(agreement.buyer, buyer, country=buyer.get("country") or seller["country"], is_taxed=is_taxed)
    agreement.buyer.id = buyer.get("number") or ""
    if buyer.get("contact"):
        agreement.buyer.contact.person_name = buyer["contact"]


def _write_party(party: TradeParty, facts: dict[str, str], *, country: str, is_taxed: bool) -> None:
    """Guests leave no address: the country, which must be there, is that of the supply."""
    party.name = facts["name"]
    party.address.postcode = facts.get("postal_code") or ""
    party.address.line_one = facts.get("street") or ""
    party.address.city_name = facts.get("city") or ""
    party.address.country_id = country
    if facts.get("email"):
        party.electronic_address.uri_ID = ("EM", facts["email"])
    if is_taxed and facts.get("vat_id"):
        party.tax_registrations.add(TaxRegistration(id=("VA", facts["vat_id"])))


def _line(line: InvoiceLine) -> LineItem:
    """A position taken off has a negative quantity: prices are never negative (BR-27)."""
    sign = -1 if line.unit_price < 0 else 1
    item = LineItem()
    item.document.line_id = str(line.position)
    item.product.name = line.description
    if line.details:
        item.product.description = line.details
    for name, value in line.allocation.items():
        if value:
            item.product.characteristics.add(ProductCharacteristic(description=name, value=str(value)))
    item.agreement.net.amount = _plain(sign * line.unit_price)
    item.delivery.billed_quantity = (_plain(sign * line.quantity), line.unit)
    _write_tax(item.settlement.trade_tax, line.vat_category, line.vat_percent)
    item.settlement.period.start = item.settlement.period.end = line.supplied_on
    item.settlement.monetary_summation.total_amount = line.net
    return item


def _write_settlement(settlement, content: Content) -> None:
    invoice = content.invoice
    if invoice.payment_reference and content.due:
        settlement.payment_reference = invoice.payment_reference
    settlement.currency_code = invoice.currency
    if invoice.kind != InvoiceKind.CREDIT_NOTE:
        _write_payment(settlement, content)
    for tax in content.taxes:
        settlement.trade_tax.add(_tax_group(tax, content))
    settlement.period.start, settlement.period.end = invoice.start_date, content.last_day
    _write_terms(settlement, content)
    _write_totals(settlement.monetary_summation, content)
    if content.corrects_number:
        settlement.invoice_referenced_document.issuer_assigned_id = content.corrects_number
        settlement.invoice_referenced_document.issue_date_time = content.corrects_issued_on


def _write_payment(settlement, content: Content) -> None:
    seller = content.seller
    means = PaymentMeans()
    if content.prepaid or content.pays_by == PayBy.CARD:
        means.type_code = CARD
    elif content.pays_by == PayBy.DIRECT_DEBIT:
        means.type_code = DIRECT_DEBIT
        settlement.creditor_reference_id = seller.get("creditor_id") or ""
    elif content.pays_by == PayBy.TRANSFER and seller.get("iban"):
        means.type_code = SEPA_TRANSFER if content.invoice.currency == "EUR" else TRANSFER
        means.payee_account.iban = seller["iban"]
        means.payee_account.account_name = seller["name"]
        if seller.get("bic"):
            means.payee_institution.bic = seller["bic"]
    else:
        means.type_code = UNDEFINED
    settlement.payment_means.add(means)


def _write_terms(settlement, content: Content) -> None:
    terms = PaymentTerms()
    if content.invoice.kind == InvoiceKind.CREDIT_NOTE:
        terms.description = words_of(content).credit_text(content.corrects_number)
    elif content.due and content.invoice.due_on:
        terms.due = content.invoice.due_on
    if content.pays_by == PayBy.DIRECT_DEBIT and content.due:
        terms.debit_mandate_id = content.buyer["mandate"]
    settlement.terms.add(terms)


def _write_totals(totals, content: Content) -> None:
    invoice = content.invoice
    totals.line_total = sum((line.net for line in content.lines), Decimal("0.00"))
    totals.tax_basis_total = invoice.net
    totals.tax_total = (invoice.tax, invoice.currency)
    if invoice.rounding:
        totals.rounding_amount = invoice.rounding
    totals.grand_total = invoice.gross
    if content.prepaid:
        totals.prepaid_total = content.prepaid
    totals.due_amount = content.due


def _tax_group(tax: InvoiceTax, content: Content) -> ApplicableTradeTax:
    group = ApplicableTradeTax()
    group.calculated_amount = tax.tax
    group.basis_amount = tax.taxable
    _write_tax(group, tax.vat_category, tax.vat_percent)
    if reason := words_of(content).exemption_text(tax.vat_category, content.seller.get("exemption_reason") or ""):
        group.exemption_reason = reason
    if code := REASON_CODES.get(VatCategory(tax.vat_category)):
        group.exemption_reason_code = code
    return group


def _write_tax(tax: ApplicableTradeTax, category: str, percent: Decimal) -> None:
    tax.type_code = "VAT"
    tax.category_code = category
    if category != VatCategory.NOT_SUBJECT:  # BR-O-05
        tax.rate_applicable_percent = percent


def _plain(value: Decimal) -> str:
    """Without an exponent and without zeros at the end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
