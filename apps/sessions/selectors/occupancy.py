"""Where drivers are charging now and what they have had: what the floor below asks before it admits one."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, Sum

from apps.drivers.occupancy import OpenSession
from apps.sessions.models import ChargingSession


def open_sessions_of(id_token_ids: Collection[int], driver_ids: Collection[int]) -> list[OpenSession]:
    """Open sessions of these tokens or drivers; one query."""
    wanted = Q(id_token_id__in=id_token_ids)
    if driver_ids:
        wanted |= Q(driver_id__in=driver_ids)
    rows = ChargingSession.objects.open().filter(wanted)
    columns = ("id_token_id", "station_id", "evse_number", "driver_id", "is_billable", "transaction_id")
    return [OpenSession(*values) for values in rows.values_list(*columns)]


def energy_of(driver_ids: Collection[int], since: datetime) -> dict[int, int]:
    """``{driver: Wh}`` of the sessions begun since then, running ones included; one query."""
    rows = ChargingSession.objects.filter(driver_id__in=driver_ids, started_at__gte=since, is_billable=True)
    return dict(rows.order_by().values_list("driver_id").annotate(Sum("energy_wh")))
