"""The list of stations."""

from django.db.models import Prefetch
from django.urls import reverse

from apps.accounts.policy import Action, may
from apps.chargers.choices import BulkKind
from apps.chargers.models import ChargingStation, Connector, Evse
from apps.chargers.models.bulk import needed_action
from apps.portal.kit.views import ActionButton, Empty, ListView
from apps.portal.stations.filters import StationFilters
from apps.portal.stations.tables import StationTable
from apps.sessions.choices import ReservationState
from apps.sessions.models import Reservation
from apps.sessions.selectors.stations import station_power_w
from apps.sites.scope import organisations_visible_to

SEARCH = ("identity", "name", "site__name", "area__name", "serial_number", "vendor", "model")
NO_RIGHT_TO_ENROL = "Only operators and site managers can enrol stations."


class StationList(ListView):
    action = Action.STATION_VIEW
    title = "Stations"
    template_name = "portal/stations/list.html"
    queryset = (
        ChargingStation.objects.select_related("site", "area", "connection")
        .prefetch_related(
            Prefetch("evses", Evse.objects.order_by("number")),
            Prefetch("evses__connectors", Connector.objects.order_by("number")),
            Prefetch("reservations", Reservation.objects.filter(state=ReservationState.HELD), to_attr="held"),
        )
        .annotate(power_now_w=station_power_w())
    )
    table = StationTable
    filterset = StationFilters
    search = SEARCH
    search_hint = "Name, identity, site, serial number"

    def buttons(self):
        reason = "" if may(self.request.user, Action.STATION_ADOPT) else NO_RIGHT_TO_ENROL
        return [ActionButton("New station", reverse("portal:station-new"), icon="plus", style="primary", reason=reason)]

    def get_empty(self):
        return Empty(
            "No stations yet",
            "Point a charger at this server and it waits under Connections to be adopted, or enrol it beforehand.",
            icon="charging-pile",
            button=ActionButton("How to connect a charger", reverse("portal:connections"), icon="plug-connected"),
        )

    def get_table(self, rows):
        self._shown = super().get_table(rows)
        if not may(self.request.user, Action.STATION_COMMAND):
            self._shown.columns.hide("tick")
        return self._shown

    def extra_context(self):
        if not may(self.request.user, Action.STATION_COMMAND):
            return {}
        kinds = [choice for choice in BulkKind.choices if may(self.request.user, needed_action(choice[0]))]
        return {"bulk_kinds": kinds, "bar_template": "portal/stations/bulk_bar.html"}

    def live_topics(self):
        organisations = organisations_visible_to(self.request.user, self.action).values_list("pk", flat=True)
        shown = [f"station:{row.record.pk}" for row in self._shown.page.object_list]
        return [f"organisation:{pk}" for pk in organisations] + shown
