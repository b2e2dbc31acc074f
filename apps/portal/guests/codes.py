"""The codes of a site: look, print, make, renew."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.chargers.models import Evse
from apps.core.addresses import base_url_for
from apps.invoicing.models import QrCode, SiteTerms
from apps.invoicing.services.guests.codes import make_codes, renew_code
from apps.portal.guests.stickers import sheet_pdf, stickers_of
from apps.portal.kit.views import ActionButton, ActionView, Crumb, DetailView, Panel, PortalView
from apps.portal.links import page_of
from apps.sites.models import Site

NO_RIGHT = "Only people who edit the site can do this."


def _load_codes(request: HttpRequest, site: Site) -> dict:
    stickers = stickers_of(site, base_url_for(request))
    return {
        "stickers": stickers,
        "missing": _points(site).exclude(qr_codes__in=QrCode.objects.in_use()).count(),
        "has_issuer": SiteTerms.objects.filter(site=site).exists(),
        "may_edit": _may_edit(request, site),
    }


def _points(site: Site):
    return Evse.objects.filter(station__site=site, station__retired_at=None)


def _may_edit(request: HttpRequest, site: Site) -> bool:
    return Site.objects.visible_to(request.user, Action.SITE_EDIT).filter(pk=site.pk).exists()


def _crumbs(site: Site) -> tuple[Crumb, ...]:
    return Crumb("Sites", reverse("portal:sites")), Crumb(site.name, page_of(site))


class SiteCodes(DetailView):
    action = Action.SITE_VIEW
    queryset = Site.objects.select_related("organisation")
    panels = (Panel("codes", "Stickers", template="portal/guests/codes.html", flush=True, load=_load_codes),)

    def page_title(self, site):
        return f"QR codes of {site}"

    def page_subtitle(self, site):
        return "Whoever scans one pays by card and charges, without an account."

    def breadcrumbs(self, site):
        return _crumbs(site)

    def buttons(self, site):
        reason = "" if _may_edit(self.request, site) else NO_RIGHT
        has_codes = QrCode.objects.in_use().filter(evse__station__site=site).exists()
        return (
            ActionButton(
                "Print stickers", reverse("portal:site-qr-sheet", args=[site.pk]), icon="printer", style="primary",
                reason="" if has_codes else "There are no codes yet. Make them first.",
            ),
            ActionButton(
                "Make missing codes", reverse("portal:site-qr-make", args=[site.pk]), icon="qrcode", reason=reason,
                in_dialog=True,
            ),
        )  # fmt: skip


class SheetPdf(PortalView):
    action = Action.SITE_VIEW
    queryset = Site.objects.all()

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        site = self.get_row(pk=pk)
        response = HttpResponse(sheet_pdf(site, base_url_for(request)), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="stickers-{site.pk}.pdf"'
        return response


class MakeCodes(ActionView):
    action = Action.SITE_EDIT
    queryset = Site.objects.select_related("organisation")
    title = "Make the missing codes?"
    intro = "Each charging point of this site that has no code gets one. Codes that exist stay as they are."
    submit_label = "Make codes"
    submit_icon = "qrcode"

    def breadcrumbs(self):
        return _crumbs(self.object)

    def save(self, form):
        return make_codes(site=self.object, actor=self.request.user, at=timezone.now())

    def get_success_message(self, result):
        return f"{len(result)} codes were made." if result else "Every charging point had a code already."

    def get_success_url(self, result):
        return reverse("portal:site-qr", args=[self.object.pk])


class RenewCode(ActionView):
    action = Action.SITE_EDIT
    queryset = Evse.objects.select_related("station__site__organisation")
    title = "Replace this code?"
    submit_label = "Replace the code"
    dangerous = True
    success_message = "There is a new code. Print its sticker and take the old one off."

    def get_intro(self):
        return f"The sticker on {self.object} leads nowhere from now on. Visits that run are not touched."

    def get_refusal(self):
        has_code = QrCode.objects.in_use().filter(evse=self.object).exists()
        return "" if has_code else "This charging point has no code yet."

    def breadcrumbs(self):
        return _crumbs(self.object.station.site)

    def save(self, form):
        return renew_code(evse=self.object, actor=self.request.user, at=timezone.now())

    def get_success_url(self, result):
        return reverse("portal:site-qr", args=[self.object.station.site_id])
