"""What a gateway process does every few seconds for all its sockets at once."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apps.chargers.messages.replies import RegistrationStatus
from apps.chargers.models import StationConnection
from apps.chargers.services.connections import (
    ClosedConnection,
    LastSeen,
    identify_stations,
    touch_last_seen,
)
from apps.chargers.services.deviations import note_deviations
from apps.gateway.sockets import fact_of

if TYPE_CHECKING:
    from apps.gateway.process import Gateway

# A station is given up after this many heartbeat intervals without a frame, and never sooner than the least.
SILENT_INTERVALS = 2.5
LEAST_SILENCE_S = 60
# Rows younger than this may belong to a socket that is just coming or going.
SETTLING_S = 60
GOING_AWAY = 1001
POLICY_VIOLATION = 1008
GROUP = 1000


async def flush_notes(gateway: "Gateway") -> None:
    """Write when stations were heard last, and their deviations."""
    heard, gateway.heard = gateway.heard, set()
    seen = {}
    for socket in heard:
        seen[socket.station_id] = LastSeen(socket.last_frame_at, socket.rtt_ms, socket.frames_rejected)
        socket.frames_rejected = 0
    keys = sorted(seen)
    for start in range(0, len(keys), GROUP):
        part = {key: seen[key] for key in keys[start : start + GROUP]}
        await gateway.ingest.write(0, _touch, part)
    noted, at = gateway.notes.take()
    if noted:
        await gateway.ingest.write(0, _note, (noted, at))


async def watch_idle(gateway: "Gateway") -> None:
    """Close sockets that look alive but say nothing, and read anew what those not accepted wait for."""
    now_s = time.monotonic()
    waiting = []
    for socket in gateway.sockets.all():
        allowed_s = max(LEAST_SILENCE_S, SILENT_INTERVALS * socket.context.heartbeat_interval_s)
        if now_s - socket.last_frame_s > allowed_s:
            gateway.sockets.close(socket, GOING_AWAY, "no heartbeat")
        elif socket.connection.registration is not RegistrationStatus.ACCEPTED:
            waiting.append(socket.station_id)
    if waiting:
        await refresh(gateway, waiting)


async def refresh(gateway: "Gateway", station_ids: list[int]) -> None:
    """Bring open sockets up to what the operator decided about their stations since."""
    sockets = [socket for key in station_ids if (socket := gateway.sockets.get(key)) is not None]
    identities = [socket.context.identity for socket in sockets]
    if not identities:
        return
    known = await gateway.ingest.query(lambda: identify_stations(identities))
    for socket in sockets:
        credentials = known.get(socket.context.identity)
        if credentials is None or credentials.is_retired:
            gateway.sockets.close(socket, POLICY_VIOLATION, "the station is retired")
            continue
        socket.context = credentials.context(socket.context.protocol)
        socket.connection.registration = RegistrationStatus(credentials.registration)
        socket.connection.lenient = credentials.is_lenient
        socket.connection.live_with(credentials.quirks)
        gateway.outbound.wake(socket.station_id)


async def reconcile(gateway: "Gateway") -> None:
    """Release rows that say a station is connected here though no socket of it is, and the other way round."""
    settled_before = datetime.now(UTC).timestamp() - SETTLING_S
    rows = await gateway.ingest.query(lambda: _registered_here(gateway))
    held = {socket.station_id: socket.connection_id for socket in gateway.sockets.all()}
    for station_id, connection_id, connected_at in rows:
        if held.get(station_id) == connection_id or connected_at.timestamp() > settled_before:
            continue
        closed = ClosedConnection(station_id, connection_id, "socket lost", datetime.now(UTC))
        await gateway.ingest.write(station_id, gateway.sockets.release_batch, closed)
    registered = {station_id: connection_id for station_id, connection_id, _ in rows}
    for socket in gateway.sockets.all():
        is_settled = socket.connected_at.timestamp() < settled_before
        if is_settled and registered.get(socket.station_id) != socket.connection_id:
            gateway.sockets.close(socket, GOING_AWAY, "registration lost")


async def register_again(gateway: "Gateway") -> None:
    """After a lease was lost (a process that stood still): say anew which stations are here."""
    for socket in gateway.sockets.all():
        await gateway.ingest.write(socket.station_id, gateway.sockets.register_batch, fact_of(socket))


def _registered_here(gateway: "Gateway") -> list[tuple[int, int, datetime]]:
    rows = StationConnection.objects.filter(gateway_id=gateway.process_id).exclude(connection_id=None)
    return list(rows.values_list("station_id", "connection_id", "connected_at"))


def _touch(groups: list[dict[int, LastSeen]]) -> list[int]:
    return [touch_last_seen(group) for group in groups]


def _note(groups) -> list[None]:
    return [note_deviations(noted, at) for noted, at in groups]
