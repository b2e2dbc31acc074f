"""What the page of an invoice reads, and why something cannot be done with it."""

from decimal import Decimal

from apps.invoicing.choices import InvoiceKind, InvoiceState
from apps.invoicing.links import signed_path
from apps.invoicing.models import Invoice, LedgerEntry
from apps.tariffs.engine.exact import half_up, plain

LINES_SHOWN = 500


def load_lines(request, invoice: Invoice) -> dict:
    """Each line with the session that is its evidence."""
    lines = list(invoice.lines.order_by("position")[: LINES_SHOWN + 1])
    shown = [(line, plain(line.quantity), _price(line.unit_price)) for line in lines[:LINES_SHOWN]]
    return {"invoice": invoice, "lines": shown, "more": len(lines) > LINES_SHOWN}


def _price(price: Decimal) -> str:
    """With two decimals at least, and no more than it has."""
    return str(half_up(price, max(2, -price.normalize().as_tuple().exponent)))


def load_taxes(request, invoice: Invoice) -> dict:
    return {"invoice": invoice, "taxes": list(invoice.taxes.order_by("-vat_percent", "vat_category"))}


def load_payments(request, invoice: Invoice) -> dict:
    """What pays it, and what was asked for it."""
    allocations = invoice.allocations.select_related("payment", "credit_note").order_by("at", "pk")
    return {"invoice": invoice, "allocations": list(allocations), "payments": list(invoice.payments.order_by("pk"))}


def load_books(request, invoice: Invoice) -> dict:
    entries = LedgerEntry.objects.filter(invoice=invoice).select_related("debit__account", "credit__account")
    return {"entries": list(entries.order_by("pk"))}


def load_documents(request, invoice: Invoice) -> dict:
    documents = invoice.documents.defer("content").order_by("kind")
    return {"invoice": invoice, "documents": [(document, signed_path(document)) for document in documents]}


def load_related(request, invoice: Invoice) -> dict:
    item = getattr(invoice, "item", None)
    corrections = list(invoice.corrections.order_by("pk"))
    return {"invoice": invoice, "corrections": corrections, "run": item.run if item else None}


def credit_refusal(invoice: Invoice) -> str:
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        return "A credit note is not credited."
    return "" if invoice.state in (InvoiceState.ISSUED, InvoiceState.PAID) else "It is credited already."


def again_refusal(invoice: Invoice) -> str:
    if invoice.kind == InvoiceKind.CREDIT_NOTE or invoice.state != InvoiceState.SETTLED:
        return "Only a credited bill is billed again."
    again = invoice.corrections.exclude(kind=InvoiceKind.CREDIT_NOTE).first()
    return f"It was billed again, as {again}." if again else ""


def discard_refusal(invoice: Invoice) -> str:
    return "It is discarded already." if invoice.state == InvoiceState.DISCARDED else ""
