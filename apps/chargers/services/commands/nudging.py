"""Telling open pages that the commands of stations moved."""

from collections.abc import Iterable

from apps.chargers.models import ChargingStation
from apps.core import live

_MAX_REMEMBERED = 50_000
_organisations: dict[int, int] = {}


def nudge_stations(station_ids: Iterable[int]) -> None:
    """After commit, refresh the pages of these stations. A query only for stations not met before.

    A station stays with its organisation, so that is remembered; were it wrong once, pages would be a poll late.
    """
    topics: dict[int, list[str]] = {}
    for pk, organisation_id in _organisations_of(sorted(station_ids)).items():
        topics.setdefault(organisation_id, []).append(f"station:{pk}")
    for organisation_id, chosen in topics.items():
        live.nudge_on_commit(organisation_id=organisation_id, topics=chosen)


def forget_organisations() -> None:
    """For tests: their databases come and go in one process."""
    _organisations.clear()


def _organisations_of(station_ids: list[int]) -> dict[int, int]:
    if len(_organisations) > _MAX_REMEMBERED:
        _organisations.clear()
    unknown = [pk for pk in station_ids if pk not in _organisations]
    if unknown:
        stations = ChargingStation.objects.filter(pk__in=unknown)
        _organisations.update(stations.values_list("pk", "site__organisation_id"))
    return {pk: _organisations[pk] for pk in station_ids if pk in _organisations}
