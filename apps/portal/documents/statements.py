"""Statements of a month: of a customer, of a site by unit, of the share of its owner."""

from django.http import Http404
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.models import BillingAccount
from apps.invoicing.documents.sheets import share_sheet, statement_sheet, units_sheet
from apps.invoicing.models import LedgerAccount, SiteTerms
from apps.portal.documents.months import month_of
from apps.portal.documents.sheet_files import sheet_response
from apps.portal.kit.views import PortalView


class CustomerStatement(PortalView):
    """``?issuer=`` and ``?currency=`` where the customer has several; else the first."""

    action = Action.BILLING_VIEW
    queryset = BillingAccount.objects.all()

    def get(self, request, pk: int, kind: str):
        account = self.get_row(pk=pk)
        books = LedgerAccount.objects.filter(account=account).order_by("issuer_id", "currency")
        if currency := request.GET.get("currency"):
            books = books.filter(currency=currency)
        if (issuer := request.GET.get("issuer", "")).isdigit():
            books = books.filter(issuer=int(issuer))
        book = books.select_related("issuer").first()
        if book is None:
            raise Http404
        at = timezone.now()
        start_date, end_date = month_of(request, time_zone=book.issuer.time_zone, at=at)
        sheet = statement_sheet(
            account=account, issuer=book.issuer, currency=book.currency, start_date=start_date, end_date=end_date
        )
        return sheet_response(sheet, kind, at=at)


class OfTerms(PortalView):
    """A statement about a site, found by its terms; their ``pk`` is that of the terms."""

    action = Action.BILLING_VIEW
    queryset = SiteTerms.objects.select_related("site", "issuer")

    def get(self, request, pk: int, kind: str):
        terms = self.get_row(pk=pk)
        at = timezone.now()
        start_date, end_date = month_of(request, time_zone=terms.site.time_zone, at=at)
        return sheet_response(self.sheet(terms, start_date, end_date), kind, at=at)

    def sheet(self, terms: SiteTerms, start_date, end_date):
        raise NotImplementedError


class SiteUnits(OfTerms):
    def sheet(self, terms, start_date, end_date):
        return units_sheet(terms=terms, start_date=start_date, end_date=end_date)


class RevenueShare(OfTerms):
    def sheet(self, terms, start_date, end_date):
        return share_sheet(terms=terms, start_date=start_date, end_date=end_date)
