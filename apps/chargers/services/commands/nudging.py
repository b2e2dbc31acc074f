"""Telling open pages that the commands of stations moved."""

from collections.abc import Iterable

from apps.chargers.models import ChargingStation
from apps.core import live


def nudge_stations(station_ids: Iterable[int]) -> None:
    """After commit, refresh the pages of these stations. One query; none where there are no stations."""
    station_ids = list(station_ids)
    if not station_ids:
        return
    topics: dict[int, list[str]] = {}
    stations = ChargingStation.objects.filter(pk__in=station_ids).order_by("pk")
    for pk, organisation_id in stations.values_list("pk", "site__organisation_id"):
        topics.setdefault(organisation_id, []).append(f"station:{pk}")
    for organisation_id, chosen in topics.items():
        live.nudge_on_commit(organisation_id=organisation_id, topics=chosen)
