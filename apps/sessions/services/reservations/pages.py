"""Telling open pages that reservations moved."""

from collections.abc import Iterable

from apps.chargers.models import ChargingStation
from apps.core import live


def nudge_pages(station_ids: Iterable[int]) -> None:
    """After commit, refresh the pages of these stations and their sites. One query; none where there are none."""
    station_ids = set(station_ids)
    if not station_ids:
        return
    topics: dict[int, list[str]] = {}
    places = ChargingStation.objects.filter(pk__in=station_ids).order_by("pk")
    for pk, site_id, organisation_id in places.values_list("pk", "site_id", "site__organisation_id"):
        topics.setdefault(organisation_id, []).extend((f"station:{pk}", f"site:{site_id}"))
    for organisation_id, chosen in topics.items():
        live.nudge_on_commit(organisation_id=organisation_id, topics=dict.fromkeys(chosen))
