"""The price of a session explained: each line with its sentence, where it comes from, and every rating so far."""

from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.portal.charging.panels import breakdown_of, cost_line, topic_of
from apps.portal.kit.views import Crumb, DetailView, Panel
from apps.portal.links import page_of
from apps.sessions.choices import RatingReason
from apps.sessions.models import ChargingSession


def load_lines(request, session: ChargingSession) -> dict:
    """Every line, also those that cost nothing."""
    breakdown = breakdown_of(session)
    lines = [(line, cost_line(line, breakdown.currency)) for line in breakdown.lines] if breakdown else []
    sees_tariffs = may(request.user, Action.TARIFF_VIEW)
    tariff = session.tariff_version.tariff if session.tariff_version else None
    return {
        "session": session,
        "breakdown": breakdown,
        "lines": lines,
        "tariff_url": page_of(tariff) if tariff and sees_tariffs else "",
    }


def load_ratings(request, session: ChargingSession) -> dict:
    """The versions of the charge detail record, newest first."""
    rows = session.cdrs.select_related("account", "tariff_version__tariff").order_by("-version")
    return {
        "session": session,
        "records": [(record, RatingReason(record.reason)) for record in rows.defer("breakdown")],
        "sees_customers": may(request.user, Action.DRIVER_VIEW),
    }


class SessionPrice(DetailView):
    action = Action.SESSION_VIEW
    queryset = ChargingSession.objects.select_related("site", "station", "tariff_version__tariff")

    panels = (
        Panel(
            "lines", "Line by line", template="portal/charging/price_lines.html", load=load_lines, live=topic_of,
            flush=True, icon="receipt",
        ),
        Panel(
            "ratings", "How often it was rated", template="portal/charging/price_ratings.html", load=load_ratings,
            live=topic_of, flush=True, icon="history",
        ),
    )  # fmt: skip

    def breadcrumbs(self, obj):
        return (Crumb("Sessions", reverse("portal:sessions")), Crumb(f"Session {obj.transaction_id}", page_of(obj)))

    def page_title(self, obj):
        return "The price explained"

    def page_subtitle(self, obj):
        return f"{obj.site}, {obj.station}, transaction {obj.transaction_id}"
