"""The past of a station: what its connectors said, its connections, notices, and where it leaves the specification."""

from apps.accounts.policy import Action
from apps.chargers.choices import ConnectionEventKind, ConnectorState
from apps.chargers.models import ChargingStation
from apps.portal.kit.views import DetailView, Panel
from apps.portal.stations.head import STATIONS, head_context

SHOWN = 100


def load_statuses(request, station: ChargingStation) -> dict:
    rows = list(station.status_events.order_by("-received_at", "-pk")[:SHOWN])
    return {"rows": [(row, ConnectorState(row.status)) for row in rows]}


def load_connections(request, station: ChargingStation) -> dict:
    rows = list(station.connection_events.order_by("-at", "-pk")[:SHOWN])
    return {"rows": [(row, ConnectionEventKind(row.kind)) for row in rows]}


def load_notices(request, station: ChargingStation) -> dict:
    return {"rows": list(station.notices.order_by("-received_at", "-pk")[:SHOWN])}


def load_deviations(request, station: ChargingStation) -> dict:
    return {"rows": list(station.deviations.order_by("-last_at", "code")[:SHOWN])}


def _live(station: ChargingStation) -> str:
    return f"station:{station.pk}"


class StationHistory(DetailView):
    action = Action.STATION_VIEW
    queryset = STATIONS
    template_name = "portal/stations/page.html"

    panels = (
        Panel(
            "connections", "Connections", template="portal/stations/history_connections.html", load=load_connections,
            live=_live, flush=True, icon="plug-connected",
        ),
        Panel(
            "statuses", "States of the connectors", template="portal/stations/history_statuses.html",
            load=load_statuses, live=_live, flush=True, icon="status-change",
        ),
        Panel(
            "notices", "Notices: firmware, logs, security, events", template="portal/stations/history_notices.html",
            load=load_notices, live=_live, flush=True, icon="bell",
        ),
        Panel(
            "deviations", "Where it leaves the specification", template="portal/stations/history_deviations.html",
            load=load_deviations, live=_live, flush=True, icon="book",
        ),
    )  # fmt: skip

    def extra_context(self, station):
        return head_context(self.request.user, station, sheet="history")
