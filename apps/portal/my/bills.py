"""A person's own bills: the list, one with its positions, the documents."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from apps.accounts.policy import Action
from apps.invoicing.choices import DocumentKind, InvoiceState
from apps.invoicing.models import Invoice, InvoiceDocument
from apps.portal.kit.views import PortalView
from apps.portal.my.views import MyPage

ISSUED = (InvoiceState.ISSUED, InvoiceState.PAID, InvoiceState.SETTLED)
HOW_MANY = 60
MEDIA_TYPES = {DocumentKind.PDF: "application/pdf", DocumentKind.XML: "application/xml"}


def own_bills(user):
    """What was issued to the person's accounts; drafts are nobody's yet."""
    rows = Invoice.objects.of_user(user).filter(state__in=ISSUED).select_related("issuer", "account")
    return rows.order_by("-issued_on", "-pk")


class MyBills(MyPage):
    template_name = "portal/my/bills.html"
    title = "My bills"
    tab = "my-bills"

    def load(self) -> dict:
        bills = list(own_bills(self.request.user)[:HOW_MANY])
        owed: dict[str, Decimal] = {}
        for bill in bills:
            if bill.open_amount and bill.kind != "credit_note":
                owed[bill.currency] = owed.get(bill.currency, Decimal(0)) + bill.open_amount
        has_account = self.request.user.billing_accounts.exists()
        return {"bills": bills, "owed": owed, "has_account": has_account}


class MyBill(MyPage):
    template_name = "portal/my/bill.html"
    tab = "my-bills"

    def load(self, pk: int) -> dict:
        bill = get_object_or_404(own_bills(self.request.user), pk=pk)
        lines = bill.lines.select_related("session").order_by("position")
        return {
            "title": f"{bill.get_kind_display()} {bill.number}",
            "bill": bill,
            "lines": lines,
            "taxes": bill.taxes.order_by("vat_percent"),
            "documents": bill.documents.defer("content").order_by("kind"),
            "is_credit": bill.kind == "credit_note",
        }


class MyDocument(PortalView):
    """The bill as it went out."""

    action = Action.OWN_CHARGING_VIEW

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        rows = InvoiceDocument.objects.of_user(request.user).select_related("invoice")
        document = get_object_or_404(rows, invoice_id=pk, kind=kind, invoice__state__in=ISSUED)
        response = HttpResponse(bytes(document.content), content_type=MEDIA_TYPES[document.kind])
        response["Content-Disposition"] = f'inline; filename="{document.invoice.number}.{kind}"'
        response["Cache-Control"] = "private, no-store"
        return response
