"""The network in numbers."""

from dataclasses import dataclass, field

from django.db.models import Count

from apps.chargers.choices import ConnectorState, StationStatus
from apps.chargers.models import ChargingStation, Connector


@dataclass(frozen=True, slots=True)
class NetworkCounts:
    """Stations in use by status, every status present; retired ones are not counted."""

    by_status: dict[StationStatus, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_status.values())

    @property
    def online(self) -> int:
        """Connected and accepted."""
        away = {StationStatus.NEVER_SEEN, StationStatus.OFFLINE, StationStatus.PENDING}
        return sum(count for status, count in self.by_status.items() if status not in away)


def network_counts(user, *, site=None) -> NetworkCounts:
    """Stations that ``user`` may see, at ``site`` if given, by status. One query."""
    stations = ChargingStation.objects.visible_to(user).in_use()
    if site is not None:
        stations = stations.filter(site=site)
    found = dict(stations.values_list("status").annotate(Count("pk")).order_by())
    return NetworkCounts({s: found.get(s.value, 0) for s in StationStatus if s is not StationStatus.RETIRED})


def connector_counts(user, *, site=None) -> dict[ConnectorState, int]:
    """Connectors of stations that are online, by what they reported last; empty states are left out. One query."""
    connectors = Connector.objects.visible_to(user).filter(
        evse__station__retired_at=None, evse__station__connection__is_online=True
    )
    if site is not None:
        connectors = connectors.filter(evse__station__site=site)
    rows = connectors.values_list("status").annotate(Count("pk")).order_by()
    return {ConnectorState(status): count for status, count in rows}
