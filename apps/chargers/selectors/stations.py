"""One station and everything its page shows; chargers that wait to be adopted."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q

from apps.accounts.policy import Action
from apps.chargers.models import (
    ChargingStation,
    ConnectionEvent,
    Connector,
    Evse,
    StationCommand,
    StationConnection,
    StationDeviation,
    StationNotice,
    UnknownStation,
)
from apps.sites.scope import organisations_visible_to

RECENT = 20


@dataclass(frozen=True, slots=True)
class StationPage:
    """``evses`` come with their connectors. ``connection`` None: it never connected. Lists are newest first."""

    station: ChargingStation
    connection: StationConnection | None
    evses: list[Evse]
    commands: list[StationCommand]
    connection_events: list[ConnectionEvent]
    notices: list[StationNotice]
    deviations: list[StationDeviation]


def station_page(user, pk: int) -> StationPage:
    """What the page of one station shows at first; raises ``ChargingStation.DoesNotExist`` for what may not be seen.

    A constant number of queries.
    """
    station = (
        ChargingStation.objects.visible_to(user).select_related("site__organisation", "area", "connection").get(pk=pk)
    )
    connectors = Prefetch("connectors", Connector.objects.order_by("number"))
    return StationPage(
        station=station,
        connection=getattr(station, "connection", None),
        evses=list(station.evses.order_by("number").prefetch_related(connectors)),
        commands=list(station.commands.select_related("requested_by").order_by("-created_at", "-pk")[:RECENT]),
        connection_events=list(station.connection_events.order_by("-at", "-pk")[:RECENT]),
        notices=list(station.notices.order_by("-received_at", "-pk")[:RECENT]),
        deviations=list(station.deviations.order_by("-last_at", "code")[:RECENT]),
    )


def unknown_waiting(user, *, identity: str | None = None):
    """Chargers that called without being enrolled and were neither adopted nor ignored, heard of last first.

    Those whose address named no organisation belong to nobody: an administrator sees them all; others only by their
    exact ``identity``, since whoever knows it has the charger in front of him.
    """
    waiting = UnknownStation.objects.filter(adopted_at=None, ignored_at=None).select_related("organisation")
    if user.is_active and user.is_superuser:
        visible = Q()
    else:
        visible = Q(organisation__in=organisations_visible_to(user, Action.STATION_ADOPT))
        if identity and organisations_visible_to(user, Action.STATION_ADOPT).exists():
            visible |= Q(organisation=None)
    waiting = waiting.filter(visible)
    if identity is not None:
        waiting = waiting.filter(identity=identity)
    return waiting.order_by("-last_seen_at", "pk")
