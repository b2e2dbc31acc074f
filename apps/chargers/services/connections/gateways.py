"""Gateway processes live on leases; what a dead one held, and who has been gone too long, is found by the sweep."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.chargers import events
from apps.chargers.choices import ConnectionEventKind
from apps.chargers.models import GatewayProcess, StationConnection
from apps.chargers.services.commands.losing import fail_sent_commands
from apps.chargers.services.connections.registry import insert_connection_events
from apps.chargers.services.pictures import (
    load_pictures,
    lock_stations,
    nudge_pages,
    store_derived_statuses,
)
from apps.core import outbox
from apps.core.db.rowsets import fetch, instant, is_any_of, parameter, run

LEASE_S = 20
"""How long a process may stay silent; it renews every quarter of that."""
_BATCH = 500
_STRANDED = (
    "is_online AND offline_due_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM chargers_gatewayprocess g WHERE g.id = chargers_stationconnection.gateway_id)"
)


def open_gateway(*, gateway_id: UUID, channel: str, host: str, pid: int, at: datetime) -> GatewayProcess:
    """Register a process that is about to hold sockets; commands for them are announced on ``channel``."""
    return GatewayProcess.objects.create(
        id=gateway_id, channel=channel, host=host[:120], pid=pid, started_at=at,
        lease_until=at + timedelta(seconds=LEASE_S),
    )  # fmt: skip


def renew_lease(*, gateway_id: UUID, at: datetime) -> bool:
    """Stay alive for another ``LEASE_S``. ``False``: given up for dead meanwhile; open again, register every socket."""
    until = at + timedelta(seconds=LEASE_S)
    return GatewayProcess.objects.filter(pk=gateway_id).update(lease_until=until) == 1


def close_gateway(*, gateway_id: UUID, at: datetime) -> None:
    """Take the process off the list; sockets still registered to it count as lost from ``at``."""
    GatewayProcess.objects.filter(pk=gateway_id).update(lease_until=at)
    _reap_gateways(at)


def sweep_connections(now: datetime) -> int:
    """Free the sockets of dead processes, then declare offline who has been without a socket too long.

    Return how many went offline. Compare-and-set throughout: any number of sweeps may run at once, and a station that
    reconnected anywhere in between stays online.
    """
    _reap_gateways(now)
    offline = 0
    while batch := list(
        StationConnection.objects.filter(is_online=True, offline_due_at__lte=now)
        .order_by("station_id")
        .values_list("station_id", flat=True)[:_BATCH]
    ):
        offline += _declare_offline(batch, now)
    return offline


@transaction.atomic
def _reap_gateways(now: datetime) -> None:
    """Forget processes whose lease ran out, then disconnect what belongs to no living process.

    In this order a process that renews at the same moment either keeps its row, and its stations, or learns from
    ``renew_lease`` that both are gone.
    """
    run("DELETE FROM chargers_gatewayprocess WHERE lease_until <= %s", [parameter(now)])
    stranded = [
        row[0] for row in fetch(f"SELECT station_id FROM chargers_stationconnection WHERE {_STRANDED} ORDER BY 1")
    ]
    if not stranded:
        return
    lock_stations(stranded)
    matches, ids = is_any_of(stranded)
    rows = fetch(
        "UPDATE chargers_stationconnection SET connection_id = NULL, gateway_id = NULL, disconnected_at = %s,"
        f" disconnect_reason = %s, offline_due_at = %s WHERE station_id {matches} AND {_STRANDED} RETURNING station_id",
        [parameter(now), "gateway lost", parameter(now + timedelta(seconds=settings.OCPP_OFFLINE_GRACE_S)), ids],
    )
    lost = sorted(row[0] for row in rows)
    if lost:
        insert_connection_events(
            [(pk, now, ConnectionEventKind.DISCONNECTED, "gateway lost", "", "", "", 1) for pk in lost]
        )
        fail_sent_commands(
            station_ids=lost, at=now, explanation="The gateway process was lost before the charger answered."
        )


@transaction.atomic
def _declare_offline(station_ids: Sequence[int], now: datetime) -> int:
    pictures = load_pictures(station_ids)
    matches, ids = is_any_of(station_ids)
    rows = fetch(
        f"UPDATE chargers_stationconnection SET is_online = false, offline_due_at = NULL WHERE station_id {matches}"
        " AND is_online AND offline_due_at <= %s RETURNING station_id, disconnected_at, disconnect_reason",
        [ids, parameter(now)],
    )
    if not rows:
        return 0
    gone = [pictures[row[0]] for row in rows]
    for picture in gone:
        picture.is_online = False
    store_derived_statuses(gone, now)
    insert_connection_events([(pk, now, ConnectionEventKind.OFFLINE, reason, "", "", "", 1) for pk, _, reason in rows])
    outbox.record_many(
        outbox.Event(
            events.STATION_OFFLINE,
            pk,
            {
                "organisation_id": pictures[pk].organisation_id,
                "site_id": pictures[pk].site_id,
                "at": now.isoformat(),
                "since": since.isoformat() if (since := instant(disconnected_at)) else None,
                "reason": reason,
            },
        )
        for pk, disconnected_at, reason in rows
    )
    nudge_pages(gone)
    return len(gone)
