"""Where tokens are charging now: what the floor of drivers asks before it admits one a second time."""

from collections.abc import Collection

from apps.drivers.occupancy import OpenSession
from apps.sessions.models import ChargingSession


def open_sessions_of(id_token_ids: Collection[int]) -> list[OpenSession]:
    """Open sessions of these tokens; one query."""
    rows = ChargingSession.objects.open().filter(id_token_id__in=id_token_ids)
    return [OpenSession(*values) for values in rows.values_list("id_token_id", "station_id", "evse_number")]
