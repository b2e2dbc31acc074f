"""Making the files of an issued invoice: each once, kept byte for byte as they go out.

What lays out and judges them is imported by whoever makes one: it takes a second, and most processes never do.
"""

import hashlib
from datetime import datetime

from django.db import transaction

from apps.core.errors import DomainError
from apps.invoicing.choices import DocumentKind, InvoiceState
from apps.invoicing.documents.content import Content, read_content
from apps.invoicing.models import InvoiceDocument

UNNUMBERED = frozenset({InvoiceState.DRAFT, InvoiceState.DISCARDED})


class NotIssued(DomainError):
    code = "not_issued"
    message = "A draft has no documents: it has no number yet."


class DocumentInvalid(DomainError):
    """The XML breaks a rule; nothing is kept, so that it is made anew once the cause is mended."""

    code = "document_invalid"


def make_xml(invoice_id: int, *, at: datetime) -> InvoiceDocument:
    """The EN 16931 XML of an issued invoice with the verdict of XSD and schematron; made once, then returned.

    Raises ``NotIssued``, and ``DocumentInvalid`` with the first rule that is broken. Where the schematron cannot be
    run the document is kept as *not checked*.
    """
    return _kept(invoice_id, DocumentKind.XML) or _make_xml(_issued(invoice_id), at)


def make_pdf(invoice_id: int, *, at: datetime) -> InvoiceDocument:
    """The PDF/A-3 of an issued invoice with its XML embedded; made once, then returned. Raises as ``make_xml``."""
    if document := _kept(invoice_id, DocumentKind.PDF):
        return document
    from apps.invoicing.documents.pages import page_context
    from apps.invoicing.documents.pdf import render_pdf

    content = _issued(invoice_id)
    xml = _kept(invoice_id, DocumentKind.XML) or _make_xml(content, at)
    return _keep(
        content, DocumentKind.PDF, render_pdf("invoice.html", page_context(content), at=at, xml=xml.content), at
    )


def _make_xml(content: Content, at: datetime) -> InvoiceDocument:
    from apps.invoicing.documents.cii import xml_of
    from apps.invoicing.documents.verdict import INVALID, judge

    xml = xml_of(content)
    verdict = judge(xml)
    if INVALID in (verdict["xsd"], verdict["schematron"]):
        raise DocumentInvalid(f"The e-invoice breaks a rule of EN 16931: {verdict['messages'][0]}"[:300])
    return _keep(content, DocumentKind.XML, xml, at, verdict)


def _issued(invoice_id: int) -> Content:
    content = read_content(invoice_id)
    if content.invoice.state in UNNUMBERED:
        raise NotIssued()
    return content


def _kept(invoice_id: int, kind: DocumentKind) -> InvoiceDocument | None:
    return InvoiceDocument.objects.filter(invoice_id=invoice_id, kind=kind).first()


def _keep(
    content: Content, kind: DocumentKind, data: bytes, at: datetime, verdict: dict | None = None
) -> InvoiceDocument:
    """Whoever comes second takes what the first one kept."""
    with transaction.atomic():
        document, _ = InvoiceDocument.objects.get_or_create(
            invoice=content.invoice,
            kind=kind,
            defaults={
                "content": data,
                "sha256": hashlib.sha256(data).hexdigest(),
                "verdict": verdict or {},
                "created_at": at,
            },
        )
    return document
