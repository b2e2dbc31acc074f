"""Screens of people's own charging."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.policy import Action
from apps.drivers.services.tokens import report_token_lost
from apps.portal.charging.curve import session_curve
from apps.portal.charging.panels import breakdown_of, cost_lines
from apps.portal.charging.words import stop_reason
from apps.portal.kit.views import Crumb, FormView, PortalView
from apps.portal.my.months import by_month
from apps.portal.my.own import own_cards, own_drivers, own_sessions, own_sites

HISTORY_MONTHS = 12
TABS = (
    ("my", "Now", "bolt"),
    ("my-history", "History", "history"),
    ("my-places", "Places", "parking"),
    ("my-bills", "Bills", "file-invoice"),
    ("my-cards", "Cards", "nfc"),
    ("my-more", "More", "dots"),
)


class MyPage(PortalView):
    """A page of one's own; ``template_name`` with what ``load`` gives."""

    action = Action.OWN_CHARGING_VIEW
    template_name = ""
    title = ""
    tab = ""

    def load(self, **kwargs) -> dict:
        return {}

    def get(self, request: HttpRequest, **kwargs) -> HttpResponse:
        tabs = [(reverse(f"portal:{name}"), label, icon, name == self.tab) for name, label, icon in TABS]
        return render(request, self.template_name, {"title": self.title, "my_tabs": tabs, **self.load(**kwargs)})


class MyNow(MyPage):
    """The sessions that run, big; else when one last charged, and what to do."""

    template_name = "portal/my/now.html"
    title = "My charging"
    tab = "my"

    def load(self) -> dict:
        user = self.request.user
        sessions = own_sessions(user)
        running = [(session, breakdown_of(session), live_hint(session)) for session in sessions.open()[:10]]
        topics = [f"session:{session.pk}" for session, _, _ in running]
        topics += [f"site:{pk}" for pk in own_sites(user).values_list("pk", flat=True)]
        return {
            "running": running,
            "topics": topics,
            "last": None if running else sessions.filter(ended_at__isnull=False).first(),
            "is_driver": own_drivers(user).exists(),
            "has_card": own_cards(user).usable_at(timezone.now()).exists(),
        }


def live_hint(session) -> str:
    """How the person ends it, in one sentence."""
    if session.charging_state == "SuspendedEV":
        return "The car has stopped asking for energy: it is full or has paused. Unplug it when you leave."
    if session.charging_state == "SuspendedEVSE":
        return "The charger gives no power for the moment; it goes on by itself."
    return "To stop, press the button, hold your card to the reader again, or end it in the car. Then take the cable."


class MyHistory(MyPage):
    template_name = "portal/my/history.html"
    title = "My history"
    tab = "my-history"

    def load(self) -> dict:
        since = timezone.now() - timedelta(days=31 * HISTORY_MONTHS)
        sessions = own_sessions(self.request.user).filter(started_at__gte=since, ended_at__isnull=False)
        return {"months": by_month(sessions.defer("price_breakdown", "charging_states")[:2_000])}


class MySession(MyPage):
    template_name = "portal/my/session.html"
    title = "Session"
    tab = "my-history"

    def load(self, pk: int) -> dict:
        session = get_object_or_404(own_sessions(self.request.user), pk=pk)
        breakdown = breakdown_of(session)
        seconds = ((session.ended_at or timezone.now()) - session.started_at).total_seconds()
        return {
            "session": session, "breakdown": breakdown, "lines": cost_lines(breakdown) if breakdown else [],
            "seconds": seconds, "stop_reason": stop_reason(session.stopped_reason), "hint": live_hint(session),
            "title": f"{session.site}",
        }  # fmt: skip


class MyCurve(PortalView):
    action = Action.OWN_CHARGING_VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        curve = session_curve(get_object_or_404(own_sessions(request.user), pk=pk))
        # Amperes are for electricians; on a phone they crowd out what matters.
        return JsonResponse(curve | {"series": [series for series in curve["series"] if series["unit"] != "A"]})


class MyCards(MyPage):
    template_name = "portal/my/cards.html"
    title = "My cards"
    tab = "my-cards"

    def load(self) -> dict:
        now = timezone.now()
        return {"cards": [(card, card.state_at(now)) for card in own_cards(self.request.user)]}


class MyCardLost(FormView):
    action = Action.OWN_CHARGING_VIEW
    title = "Report this card lost?"
    submit_label = "Report lost and block"
    dangerous = True
    success_message = "The card is blocked. Nobody can charge with it; ask your site for a new one."

    @property
    def object(self):
        return get_object_or_404(own_cards(self.request.user), pk=self.kwargs["pk"])

    def get_intro(self):
        return f"“{self.object}” is refused at every charger from now on. Only the people of your site can undo this."

    def get_refusal(self):
        return "" if self.object.status == "active" else "This card is blocked already."

    def breadcrumbs(self):
        return (Crumb("My cards", reverse("portal:my-cards")),)

    def get_cancel_url(self):
        return reverse("portal:my-cards")

    def save(self, form):
        return report_token_lost(token=self.object, actor=self.request.user)

    def get_success_url(self, result):
        return reverse("portal:my-cards")
