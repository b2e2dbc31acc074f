"""The list of sessions and the page of one."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.portal.charging import panels
from apps.portal.charging.actions import status_refusal, stop_refusal
from apps.portal.charging.curve import session_curve
from apps.portal.charging.filters import SessionFilters
from apps.portal.charging.tables import SessionTable, without_drivers
from apps.portal.kit.views import ActionButton, Crumb, DetailView, Empty, ListView, Panel, PortalView
from apps.sessions.choices import SessionState
from apps.sessions.models import ChargingSession
from apps.sites.models import Site


class SessionList(ListView):
    action = Action.SESSION_VIEW
    title = "Sessions"
    queryset = ChargingSession.objects.select_related("station", "site", "driver").defer(
        "price_breakdown", "seq_ranges"
    )
    table = SessionTable
    filterset = SessionFilters
    search = ("token_value", "transaction_id", "driver__name", "station__identity", "station__name")
    search_hint = "Driver, card, transaction, station"
    fixed_views = (("Now", ""), ("Past", "state=past"), ("To review", "state=review"), ("Now and past", "state=all"))
    empty = Empty(
        "Nobody is charging now",
        "A session appears here the moment a charger reports it. Look at past ones under “Past”.",
        icon="battery-charging",
    )

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not may(request.user, Action.DRIVER_VIEW):
            self.search, self.search_hint = (
                ("transaction_id", "station__identity", "station__name"),
                "Transaction, station",
            )

    def get_table(self, rows):
        return without_drivers(super().get_table(rows), self.request.user)

    def live_topics(self):
        sites = Site.objects.visible_to(self.request.user, self.action).values_list("pk", flat=True)
        return [f"site:{pk}" for pk in sites[:200]] + self._open_sessions()

    def _open_sessions(self) -> list[str]:
        """Meter values move the rows of running sessions; those shown are few enough to listen to each."""
        if self.request.GET.get("state") in ("past", "ended", "review"):
            return []
        return [
            f"session:{pk}"
            for pk in self.rows().open().order_by("-started_at", "-pk").values_list("pk", flat=True)[:100]
        ]


class SessionPage(DetailView):
    action = Action.SESSION_VIEW
    queryset = ChargingSession.objects.select_related(
        "site",
        "station",
        "station__connection",
        "driver",
        "driver__group",
        "id_token",
        "tariff_version__tariff",
        "remote_start_command",
        "remote_start_command__requested_by",
    )
    template_name = "portal/charging/session.html"

    panels = (
        Panel(
            "now",
            "Measured",
            template="portal/charging/now.html",
            load=panels.load_now,
            live=panels.topic_of,
            flush=True,
            icon="activity",
        ),
        Panel(
            "curve", "Power over time", template="portal/charging/curve.html", load=panels.load_curve, icon="chart-line"
        ),
        Panel(
            "cost",
            "Cost",
            template="portal/charging/cost.html",
            load=panels.load_cost,
            live=panels.topic_of,
            flush=True,
            icon="receipt",
        ),
        Panel(
            "evidence",
            "Evidence",
            template="portal/charging/evidence.html",
            load=panels.load_evidence,
            live=panels.topic_of,
            flush=True,
            icon="scale",
        ),
        Panel(
            "messages",
            "What the charger sent",
            template="portal/charging/messages.html",
            load=panels.load_messages,
            action=Action.JOURNAL_VIEW,
            lazy=True,
            flush=True,
            icon="messages",
        ),
        Panel(
            "facts",
            "Who and where",
            template="portal/charging/facts.html",
            load=panels.load_facts,
            side=True,
            live=panels.site_topic_of,
        ),
        Panel(
            "details",
            "What the charger adds",
            template="portal/charging/details.html",
            load=panels.load_details,
            side=True,
            live=panels.site_topic_of,
        ),
        Panel(
            "flags",
            "Flags",
            template="portal/charging/flags.html",
            load=panels.load_flags,
            side=True,
            live=panels.site_topic_of,
        ),
        Panel(
            "limits",
            "Limits of this session",
            template="portal/charging/limits.html",
            load=panels.load_limits,
            side=True,
            live=lambda session: f"station:{session.station_id}",
        ),
        Panel(
            "commands",
            "Remote commands",
            template="portal/charging/commands.html",
            load=panels.load_commands,
            side=True,
            live=lambda session: f"station:{session.station_id}",
        ),
    )

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if "head" in request.GET:  # what follows the charger asks for itself; the head need not read all that again
            self.panels = ()
        return super().get(request, *args, **kwargs)

    def breadcrumbs(self, obj):
        return (Crumb("Sessions", reverse("portal:sessions")),)

    def page_title(self, obj):
        if not may(self.request.user, Action.DRIVER_VIEW):
            return f"Session at {obj.station}"
        return f"{obj.driver or obj.token_value or 'Session without a card'} at {obj.station}"

    def page_subtitle(self, obj):
        return f"{obj.site}, transaction {obj.transaction_id}"

    def page_status(self, obj):
        return SessionState(obj.state)

    def page_live(self, obj):
        return panels.topic_of(obj)

    def buttons(self, obj):
        user = self.request.user
        may_stop = ChargingSession.objects.visible_to(user, Action.STATION_COMMAND).filter(pk=obj.pk).exists()
        may_edit = ChargingSession.objects.visible_to(user, Action.SESSION_EDIT).filter(pk=obj.pk).exists()
        nobody = "Your role does not allow this here."
        return (
            ActionButton(
                "Stop",
                reverse("portal:session-stop", args=[obj.pk]),
                icon="player-stop",
                style="danger" if obj.is_open else "",
                in_dialog=True,
                reason=stop_refusal(obj) if may_stop else nobody,
            ),
            ActionButton(
                "Ask for its state",
                reverse("portal:session-status", args=[obj.pk]),
                icon="question-mark",
                in_dialog=True,
                reason=status_refusal(obj) if may_stop else nobody,
            ),
            ActionButton(
                "Close by hand",
                reverse("portal:session-close", args=[obj.pk]),
                icon="flag",
                in_dialog=True,
                reason=("" if obj.is_open else "The session has ended already.") if may_edit else nobody,
            ),
            ActionButton(
                "Rate again",
                reverse("portal:session-reprice", args=[obj.pk]),
                icon="calculator",
                in_dialog=True,
                reason=("The price is made when the session ends." if obj.is_open else "") if may_edit else nobody,
            ),
            ActionButton(
                "Signed meter data", reverse("portal:session-meter-data", args=[obj.pk]), icon="signature", in_menu=True
            ),
        )


class SessionCurve(PortalView):
    """The chart's values as JSON; ``?second=soc`` or ``current`` chooses the second axis."""

    action = Action.SESSION_VIEW
    queryset = ChargingSession.objects.select_related("site")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        second = request.GET.get("second", "")
        return JsonResponse(session_curve(self.get_row(pk=pk), second=second if second in ("soc", "current") else ""))
