"""The files of invoices: by right of the invoice, or by a signed link that expires."""

from django.http import Http404, HttpResponse
from django.views.generic import View

from apps.accounts.policy import Action
from apps.invoicing.choices import DocumentKind
from apps.invoicing.links import document_behind
from apps.invoicing.models import InvoiceDocument
from apps.portal.kit.views import PortalView

CONTENT_TYPES = {DocumentKind.PDF: "application/pdf", DocumentKind.XML: "application/xml"}


def document_response(document: InvoiceDocument) -> HttpResponse:
    """The bytes as they were made; a PDF opens in the browser, XML is a download."""
    kind = DocumentKind(document.kind)
    response = HttpResponse(bytes(document.content), content_type=CONTENT_TYPES[kind])
    disposition = "inline" if kind == DocumentKind.PDF else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="{document.invoice.file_name}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


class SignedDocument(View):
    """For whoever has the link. Referrers must not carry it on."""

    def get(self, request, signed: str):
        document = document_behind(signed)
        if document is None:
            raise Http404
        response = document_response(document)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response


class InvoiceDocumentFile(PortalView):
    action = Action.BILLING_VIEW
    queryset = InvoiceDocument.objects.select_related("invoice")

    def get(self, request, pk: int):
        return document_response(self.get_row(pk=pk))
