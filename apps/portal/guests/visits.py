"""Guests' visits for operators: where each stands, what was paid, and the evidence behind it."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.invoicing.choices import PaymentState
from apps.invoicing.models import GuestVisit
from apps.invoicing.services.guests.refunding import refund_visit
from apps.portal.guests.tables import VisitFilters, VisitTable
from apps.portal.guests.words import headline
from apps.portal.kit import format as fmt
from apps.portal.kit import html
from apps.portal.kit.html import badge
from apps.portal.kit.views import ActionButton, ActionView, Attribute, Crumb, DetailView, Empty, ListView, Panel
from apps.portal.links import page_of
from apps.sites.models import Site

NO_RIGHT = "Only people who handle payments can give money back."


class VisitList(ListView):
    action = Action.BILLING_VIEW
    title = "Guests"
    queryset = GuestVisit.objects.select_related("site", "evse__station", "session", "payment", "receipt")
    table = VisitTable
    filterset = VisitFilters
    search = ("email", "evse__station__identity", "evse__station__name", "receipt__number")
    search_hint = "E-mail, station, receipt"
    fixed_views = (
        ("All", ""),
        ("On the way", "state=live"),
        ("Paid", "state=paid"),
        ("Came to nothing", "state=failed"),
    )
    empty = Empty(
        "No guest has come yet",
        "Put the stickers of a site on its charging points: whoever scans one pays by card and charges.",
        icon="qrcode",
    )

    def live_topics(self):
        sites = Site.objects.visible_to(self.request.user, Action.SITE_VIEW).values_list("pk", flat=True)
        return [f"site:{pk}" for pk in sites[:200]]


def _moment(name: str):
    return lambda visit: html.moment(getattr(visit, name), visit.site.time_zone)


def _link(row):
    return html.link(page_of(row), row) if row else None


def _money(amount, visit: GuestVisit) -> str:
    return fmt.money(amount, visit.currency)


def _energy(visit: GuestVisit):
    return html.quantity(fmt.kwh(visit.session.energy_wh), "kWh") if visit.session else None


def _live(visit: GuestVisit) -> str:
    return f"guest:{visit.pk}"


class VisitDetail(DetailView):
    action = Action.BILLING_VIEW
    queryset = GuestVisit.objects.select_related(
        "site__organisation", "evse__station", "session__station", "payment", "receipt", "start_command__station",
        "stop_command__station", "tariff_version__tariff", "code",
    )  # fmt: skip

    panels = (
        Panel(
            "visit", "Visit", live=_live,
            attributes=(
                Attribute("What it means", lambda v: headline(v.state_choice)[1]),
                Attribute("Explanation", "explanation"),
                Attribute("Problem now", "problem"),
                Attribute("Where", lambda v: html.format_html("{}, {}", _link(v.evse.station), v.evse.number)),
                Attribute("E-mail", "email"),
                Attribute("Session", lambda v: _link(v.session)),
                Attribute("Energy", _energy),
                Attribute("Remote start", lambda v: _link(v.start_command)),
                Attribute("Remote stop", lambda v: _link(v.stop_command)),
            ),
        ),
        Panel(
            "money", "Money", live=_live,
            attributes=(
                Attribute("Payment", lambda v: badge(PaymentState(v.payment.state)) if v.payment else None),
                Attribute("Why it failed", "payment.failure"),
                Attribute("Authorised at most", lambda v: _money(v.hold_amount, v)),
                Attribute("Captured", lambda v: _money(v.payment.captured_amount, v) if v.payment else None),
                Attribute("Given back", lambda v: _money(v.payment.refunded_amount, v) if v.payment else None),
                Attribute("Receipt", lambda v: v.receipt.number if v.receipt else None),
                Attribute("Receipt over", lambda v: _money(v.receipt.payable, v) if v.receipt else None),
            ),
        ),
        Panel(
            "times", "Times", side=True, live=_live,
            attributes=(
                Attribute("Began", _moment("created_at")),
                Attribute("Authorised", _moment("authorised_at")),
                Attribute("Plug in until", _moment("start_due_at")),
                Attribute("Asked to end", _moment("wants_end_at")),
                Attribute("Ended", _moment("ended_at")),
                Attribute("Looked at again", _moment("due_at")),
            ),
        ),
        Panel("offer", "Price as shown", side=True, template="portal/guests/offer.html"),
    )  # fmt: skip

    def page_title(self, visit):
        return f"Guest at {visit.evse.station}"

    def page_subtitle(self, visit):
        return visit.site.name

    def page_status(self, visit):
        return visit.state_choice

    def page_live(self, visit):
        return _live(visit)

    def breadcrumbs(self, visit):
        return (Crumb("Guests", reverse("portal:guest-visits")),)

    def buttons(self, visit):
        allowed = GuestVisit.objects.visible_to(self.request.user, Action.PAYMENT_EDIT).filter(pk=visit.pk).exists()
        reason = why_not_refund(visit) if allowed else NO_RIGHT
        url = reverse("portal:guest-refund", args=[visit.pk])
        return (ActionButton("Give the money back", url, icon="arrow-back-up", reason=reason, in_dialog=True),)


def why_not_refund(visit: GuestVisit) -> str:
    if visit.payment is None or not visit.payment.captured_amount:
        return "Nothing was taken."
    left = visit.payment.captured_amount - visit.payment.refunded_amount
    return "" if left else "All of it was given back already."


class RefundForm(forms.Form):
    reason = forms.CharField(max_length=120, help_text="Stands on the credit note.")


class VisitRefund(ActionView):
    action = Action.PAYMENT_EDIT
    queryset = GuestVisit.objects.select_related("payment", "receipt", "site__organisation", "evse__station")
    title = "Give the money back?"
    form_class = RefundForm
    submit_label = "Give it back"
    dangerous = True
    success_message = "The money is on its way back, and the receipt is credited."

    def get_intro(self):
        payment = self.object.payment
        left = payment.captured_amount - payment.refunded_amount if payment else None
        return (
            f"{fmt.money(left, self.object.currency)} go back to the guest’s card. A credit note corrects the receipt."
        )

    def get_refusal(self):
        return why_not_refund(self.object)

    def breadcrumbs(self):
        return (Crumb("Guests", reverse("portal:guest-visits")),)

    def save(self, form):
        return refund_visit(
            visit=self.object, reason=form.cleaned_data["reason"], actor=self.request.user, at=timezone.now()
        )
