"""Confirming an operation over the stations that were chosen in the list: how many, who charges there now."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from apps.accounts.policy import Action, may
from apps.chargers.choices import BulkKind, CommandOrigin
from apps.chargers.models import ChargingStation, ConfigurationDrift
from apps.chargers.models.bulk import needed_action
from apps.chargers.services.bulk import UnableToBegin, begin_bulk
from apps.gateway.protocol.written_calls import problems_of_versions
from apps.portal.bulk.forms import FORMS
from apps.portal.kit.filters import search_rows
from apps.portal.kit.parts import Crumb
from apps.portal.kit.views import FormView
from apps.portal.links import page_of
from apps.portal.stations.filters import StationFilters
from apps.portal.stations.lists import SEARCH
from apps.sessions.models import ChargingSession

SHOWN = 20
NOTHING_CHOSEN = "No station was chosen: tick some in the list, or take all that fit its filters."


class BulkNew(FormView):
    """``?kind=…`` with ``station=…`` for each that was ticked, or ``all=1`` and the list's own ``query``."""

    action = Action.STATION_COMMAND
    template_name = "portal/bulk/new.html"
    submit_label = "Ask all of them"
    dangerous = True

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not may(request.user, needed_action(self.kind)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def kind(self) -> str:
        kind = self.request.GET.get("kind") or BulkKind.RESET
        if kind not in BulkKind.values:
            raise Http404
        return kind

    @property
    def form_class(self):
        return FORMS[self.kind]

    @cached_property
    def stations(self) -> list[ChargingStation]:
        """Those chosen of which the user may ask it."""
        rows = ChargingStation.objects.in_use().visible_to(self.request.user, needed_action(self.kind))
        template = self.request.GET.get("template", "")
        if template.isascii() and template.isdecimal() and len(template) < 19:
            rows = rows.filter(pk__in=ConfigurationDrift.objects.filter(template=int(template)).values("station"))
        elif self.request.GET.get("all"):
            query = QueryDict(self.request.GET.get("query", "")[:2000])
            rows = StationFilters(query, queryset=rows, request=self.request).qs
            rows = search_rows(rows, query.get("q", ""), SEARCH)
        else:
            ticked = [int(pk) for pk in self.request.GET.getlist("station") if pk.isascii() and pk.isdecimal()]
            rows = rows.filter(pk__in=[pk for pk in ticked if pk < 2**63])
        return list(rows.select_related("connection").order_by("identity"))

    def get_title(self):
        return BulkKind(self.kind).label

    def get_refusal(self):
        return "" if self.stations else NOTHING_CHOSEN

    def get_intro(self):
        return ""

    def breadcrumbs(self):
        return (Crumb("Stations", reverse("portal:stations")), Crumb("Bulk", reverse("portal:bulk-operations")))

    def get_cancel_url(self):
        return reverse("portal:stations")

    def extra_context(self):
        stations = self.stations
        charging = ChargingSession.objects.open().filter(station__in=[station.pk for station in stations])
        online = [station for station in stations if getattr(station, "connection", None) and _is_online(station)]
        return {
            "count": len(stations),
            "offline_count": len(stations) - len(online),
            "names": [(str(station), page_of(station)) for station in stations[:SHOWN]],
            "more": max(len(stations) - SHOWN, 0),
            "charging": [
                (str(session.station), session.evse_number, page_of(session))
                for session in charging.select_related("station").order_by("station__identity")[:SHOWN]
            ],
            "charging_count": charging.count(),
        }

    def save(self, form):
        self._check_raw_call(form)
        return begin_bulk(
            kind=self.kind,
            arguments=form.arguments(),
            station_ids=[station.pk for station in self.stations],
            actor=self.request.user,
            origin=CommandOrigin.PORTAL,
            at=timezone.now(),
            skips_offline=form.cleaned_data["offline"] == "skip",
            wait_s=form.cleaned_data["wait_s"],
            address=self.request.META.get("REMOTE_ADDR"),
        )

    def get_success_url(self, result):
        return page_of(result)

    def _check_raw_call(self, form) -> None:
        """A call that one of the versions does not take is asked of none."""
        if self.kind != BulkKind.RAW_CALL:
            return
        versions = {station.protocol for station in self.stations}
        asked = form.arguments()
        for path, sentences in problems_of_versions(asked["action"], asked["payload"], versions).items():
            words = f"{path or 'The payload'}: {' '.join(sentences)}"
            raise UnableToBegin(words[:500], field="call" if path == "action" else "payload")


def _is_online(station: ChargingStation) -> bool:
    return station.connection.is_online
