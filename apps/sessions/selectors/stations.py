"""What is charging now, asked by pages about stations and sites."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Subquery, Sum

from apps.sessions.choices import OPEN_STATES
from apps.sessions.models import ChargingSession


@dataclass(frozen=True, slots=True)
class Load:
    """``sessions`` run and take ``power_w`` together; what lost its connection is not counted."""

    sessions: int = 0
    power_w: int = 0


def station_power_w() -> Subquery:
    """For ``annotate`` on stations: the power in W that its running sessions take now; NULL where none runs."""
    running = ChargingSession.objects.filter(
        station=OuterRef("pk"), state__in=OPEN_STATES, station__connection__is_online=True
    )
    return Subquery(running.values("station").annotate(power=Sum("power_w")).values("power"), IntegerField())


def load_by_site(user) -> dict[int, Load]:
    """What the sessions that ``user`` may see take now, by site; sites where nothing runs are left out. One query."""
    rows = (
        ChargingSession.objects.visible_to(user)
        .open()
        .filter(station__connection__is_online=True)
        .values_list("site")
        .annotate(Count("pk"), Sum("power_w"))
        .order_by()
    )
    return {site: Load(count, power or 0) for site, count, power in rows}


def running_by_evse(station_ids: Collection[int]) -> dict[tuple[int, int | None], ChargingSession]:
    """The running session of each (station, EVSE number) with its driver, card, site and tariff. One query."""
    rows = (
        ChargingSession.objects.open()
        .filter(station__in=station_ids)
        .select_related("driver", "id_token", "site")
        .order_by("started_at", "pk")
    )
    return {(session.station_id, session.evse_number): session for session in rows}
