"""The pages behind the stickers: for everybody, made for phones, complete without script.

Who holds a visit is told by a signed cookie of this browser; addresses hold no personal data and open nothing.
"""

import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from apps.core.addresses import base_url_for
from apps.core.errors import DomainError
from apps.core.wake import wake
from apps.invoicing.choices import GuestState, PaymentState
from apps.invoicing.guest_tasks import drive_guests
from apps.invoicing.models import GuestVisit
from apps.invoicing.services.documents import make_pdf
from apps.invoicing.services.guests.beginning import ask_for_end, begin_visit, origin_of
from apps.invoicing.services.guests.links import SEND_AGAIN_AFTER, is_link_good, use_link
from apps.invoicing.services.guests.mails import send_link
from apps.invoicing.services.guests.offers import find_code, offer_at
from apps.portal.charging.panels import breakdown_of, cost_lines
from apps.portal.guests.words import RELEASED, headline

COOKIE = "guest_visit"
_SALT = "chargenet.guest-visit"
_KEPT_S = 14 * 86_400
_WITHOUT_HOLD = (GuestState.ABANDONED, GuestState.PAYMENT_FAILED, GuestState.PAID, GuestState.UNPAID)
_WITH_FIGURES = (GuestState.CHARGING, GuestState.SETTLING, GuestState.PAID, GuestState.UNPAID)


class BeginForm(forms.Form):
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=120,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "placeholder": "you@example.com"}),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    price = forms.IntegerField(widget=forms.HiddenInput)


class EmailForm(forms.Form):
    email = forms.EmailField(label="The e-mail address you gave", max_length=120)


@method_decorator(never_cache, name="dispatch")
class OfferPage(View):
    """GET shows what is offered; POST begins. Price, conditions and the authorised amount stand before anything."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._show(request, self._offer(code))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        offer = self._offer(code)
        form = BeginForm(request.POST)
        if not form.is_valid():
            return self._show(request, offer, form, status=422)
        at = timezone.now()
        given = form.cleaned_data
        try:
            visit = begin_visit(
                code=offer.code, email=given["email"], form_key=given["form_key"], tariff_version_id=given["price"],
                base_url=base_url_for(request), origin=origin_of(request.META.get("REMOTE_ADDR", ""), at), at=at,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, refusal.message)
            return self._show(request, self._offer(code), form, status=422)
        wake(drive_guests)
        own_page = reverse("portal:guest-visit", args=[visit.public_id])
        # A form may lead to our own pages only (form-action): to a provider's the next page leads.
        leads_on = visit.pay_url if visit.pay_url.startswith("/") else f"{own_page}?pay=1"
        return remember(redirect(leads_on), visit)

    def _offer(self, code: str):
        found = find_code(code)
        if found is None:
            raise Http404("There is no such code.")
        return offer_at(found, at=timezone.now())

    def _show(self, request, offer, form=None, *, status: int = 200) -> HttpResponse:
        if form is None or any(name in form.errors for name in ("form_key", "price")):
            version = offer.tariff_version.pk if offer.tariff_version else 0
            form = BeginForm(initial={"form_key": uuid.uuid4(), "price": version})
        elif offer.tariff_version is not None:  # shown anew: a price that has changed is agreed to anew
            form.data = form.data.copy()
            form.data["price"] = offer.tariff_version.pk
        mine = held_visit(request)
        context = {
            "offer": offer, "form": form, "station": offer.evse.station, "site": offer.evse.station.site,
            "connectors": offer.evse.connectors.order_by("number"),
            "mine": mine if mine and mine.is_live and mine.evse_id == offer.evse.pk else None,
        }  # fmt: skip
        return render(request, "guests/offer.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class VisitView(View):
    """Something of one's own visit. Other browsers are asked for the e-mail address, whatever visit it is."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.visit = held_visit(request)
        if self.visit is None or self.visit.public_id != kwargs["public_id"]:
            return redirect("portal:guest-link-new", kwargs["public_id"])
        return super().dispatch(request, *args, **kwargs)


class VisitPage(VisitView):
    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        visit = self.visit
        state = visit.state_choice
        if visit.is_live:
            wake(drive_guests)  # whoever looks is not kept waiting for the next round
        title, sentence = headline(state)
        session, breakdown = visit.session, None
        if session is not None and state in _WITH_FIGURES:
            breakdown = breakdown_of(session)
        payment_state = visit.payment.state if visit.payment else ""
        is_open_page = state == GuestState.PAYING and payment_state in ("", PaymentState.CREATED, PaymentState.PENDING)
        context = {
            "visit": visit, "site": visit.site, "station": visit.evse.station, "state": state, "title": title,
            "sentence": sentence, "session": session, "breakdown": breakdown,
            "lines": cost_lines(breakdown) if breakdown and state == GuestState.PAID else [],
            "may_pay": is_open_page and visit.pay_url,
            "has_failed": state == GuestState.PAYING and payment_state == PaymentState.FAILED,
            "pays_now": is_open_page and visit.pay_url and "pay" in request.GET,
            "may_end": state in (GuestState.PAYING, GuestState.STARTING, GuestState.CHARGING),
            "may_retry": not visit.is_live and state not in (GuestState.PAID, GuestState.UNPAID),
            "shows_figures": state in _WITH_FIGURES,
            "waits_for_car": state == GuestState.STARTING,
            "explanation": visit.explanation if state in _WITH_FIGURES else "",
            "released": "" if visit.is_live or state in _WITHOUT_HOLD else RELEASED,
            "seconds": session_seconds(session),
        }  # fmt: skip
        return render(request, "guests/visit.html", context)


class VisitEnd(VisitView):
    """Stop charging, or give up before it began."""

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        return redirect("portal:guest-visit", public_id)

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        ask_for_end(visit=self.visit, at=timezone.now())
        wake(drive_guests)
        return redirect("portal:guest-visit", public_id)


class VisitReceipt(VisitView):
    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        if self.visit.receipt is None:
            raise Http404("There is no receipt yet.")
        document = make_pdf(self.visit.receipt_id, at=timezone.now())
        response = HttpResponse(bytes(document.content), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{self.visit.receipt.number}.pdf"'
        return response


@method_decorator(never_cache, name="dispatch")
class LinkPage(View):
    """A link from a mail. GET uses nothing up, for programs look at links before people do; POST opens, once."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        good = is_link_good(token, at=timezone.now())
        return render(request, "guests/link.html", {"is_good": good}, status=200 if good else 410)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            visit = use_link(token, at=timezone.now())
        except DomainError:
            return render(request, "guests/link.html", {"is_good": False}, status=410)
        return remember(redirect("portal:guest-visit", visit.public_id), visit)


@method_decorator(never_cache, name="dispatch")
class NewLinkPage(View):
    """For another browser, or after the link was used. Says the same whether or not there is such a visit."""

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        return render(request, "guests/link_new.html", {"form": EmailForm()})

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        form = EmailForm(request.POST)
        if not form.is_valid():
            return render(request, "guests/link_new.html", {"form": form}, status=422)
        at = timezone.now()
        visit = _visits().filter(public_id=public_id, email__iexact=form.cleaned_data["email"]).first()
        was_sent = visit is not None and visit.link_sent_at is not None and at - visit.link_sent_at < SEND_AGAIN_AFTER
        if visit is not None and visit.authorised_at is not None and not was_sent:
            send_link(visit, at=at, again=True)
        return render(request, "guests/link_new.html", {"is_sent": True})


def held_visit(request: HttpRequest) -> GuestVisit | None:
    """The visit that this browser began, or was led to by a link."""
    public_id = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=_KEPT_S)
    if not public_id:
        return None
    try:
        return _visits().filter(public_id=public_id).first()
    except ValidationError:
        return None


def remember(response: HttpResponse, visit: GuestVisit) -> HttpResponse:
    """Let this browser hold the visit."""
    response.set_signed_cookie(
        COOKIE, str(visit.public_id), salt=_SALT, max_age=_KEPT_S, path="/q/", httponly=True, samesite="Lax",
        secure=settings.BEHIND_TLS,
    )  # fmt: skip
    return response


def session_seconds(session) -> float | None:
    return ((session.ended_at or timezone.now()) - session.started_at).total_seconds() if session else None


def _visits():
    return GuestVisit.objects.select_related(
        "site", "evse__station", "payment", "session__site", "receipt", "issuer", "code"
    )
