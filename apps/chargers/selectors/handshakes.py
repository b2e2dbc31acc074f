"""Attempts that ended in TLS, for those whom they may concern."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Organisation
from apps.accounts.policy import Action
from apps.chargers.models import ChargingStation, FailedHandshake
from apps.sites.scope import organisations_visible_to


@dataclass(frozen=True, slots=True)
class PuzzlingHandshake:
    """``stations``: those that last called from this address, among what the user may see; at most three."""

    row: FailedHandshake
    stations: tuple[ChargingStation, ...]


def failed_handshakes(user, *, since: datetime, limit: int) -> list[PuzzlingHandshake]:
    """The latest failures, each with the stations it may belong to. Three queries.

    Nobody knows whose charger it was. Where there is one organisation, it was its; otherwise a failure shows to
    administrators, and to those who look after a station that last called from the same address.
    """
    stations = ChargingStation.objects.visible_to(user, Action.CONNECTION_VIEW).in_use()
    rows = FailedHandshake.objects.filter(last_at__gte=since).order_by("-last_at", "pk")
    if not (user.is_superuser or _is_the_only_organisation(user)):
        rows = rows.filter(remote_address__in=stations.values("connection__remote_address"))
    found = list(rows[:limit])
    at_address: dict[str, list[ChargingStation]] = defaultdict(list)
    nearby = stations.filter(connection__remote_address__in={row.remote_address for row in found} - {""})
    for station in nearby.select_related("connection").order_by("identity")[: limit * 10]:
        at_address[station.connection.remote_address].append(station)
    return [PuzzlingHandshake(row, tuple(at_address[row.remote_address][:3])) for row in found]


def _is_the_only_organisation(user) -> bool:
    return Organisation.objects.count() == 1 and organisations_visible_to(user, Action.CONNECTION_VIEW).exists()
