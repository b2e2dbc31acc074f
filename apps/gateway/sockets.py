"""The sockets of this process by station, and their registration in the database.

The newest authenticated socket of a station wins, here and across processes: its row carries the connection id, which
sorts by time. The closing of an older socket changes nothing, because it names an id that the row no longer has.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from channels.layers import get_channel_layer

from apps.chargers.services.connections import (
    ClosedConnection,
    NewConnection,
    SupersededConnection,
    register_connections,
    release_connections,
)
from apps.gateway.station_socket import StationSocket
from apps.gateway.writing import DatabaseAway

if TYPE_CHECKING:
    from apps.gateway.process import Gateway

log = structlog.get_logger(__name__)

SUPERSEDED = "replaced by a newer connection"
NORMAL_CLOSURE = 1000


class Sockets:
    """The live sockets. All methods run on the loop."""

    def __init__(self, gateway: "Gateway") -> None:
        self._gateway = gateway
        self._by_station: dict[int, StationSocket] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._by_station)

    def get(self, station_id: int) -> StationSocket | None:
        """The station's socket, if this process holds it."""
        return self._by_station.get(station_id)

    def all(self) -> Iterable[StationSocket]:
        return list(self._by_station.values())

    async def enter(self, socket: StationSocket) -> bool:
        """Register a new socket and end the one it replaces; whether that was possible."""
        older = self._by_station.get(socket.station_id)
        self._by_station[socket.station_id] = socket
        if older is not None:
            self._close_soon(older)
        try:
            superseded = await self._gateway.ingest.write(socket.station_id, self.register_batch, fact_of(socket))
        except Exception as error:  # the edge to the charger: it is told to come back
            if not isinstance(error, DatabaseAway):
                log.exception("socket.not_registered", station=socket.context.identity)
            self._forget(socket)
            return False
        for old in superseded:
            await self._tell_holder(old, socket)
        return True

    async def leave(self, socket: StationSocket, reason: str) -> None:
        """Release the registration of a socket that has ended."""
        self._forget(socket)
        self._gateway.outbound.lost(socket)
        closed = ClosedConnection(socket.station_id, socket.connection_id, reason, datetime.now(UTC))
        try:
            await self._gateway.ingest.write(socket.station_id, self.release_batch, closed)
        except Exception as error:  # the housekeeping releases what could not be released now
            log.warning("socket.not_released", station=socket.context.identity, error=repr(error)[:200])

    def register_batch(self, connections: Sequence[NewConnection]) -> list[list[SupersededConnection]]:
        """Write registrations, in a writing thread; for each the older sockets to be closed."""
        superseded = register_connections(connections, gateway_id=self._gateway.process_id)
        return [[old for old in superseded if old.station_id == new.station_id] for new in connections]

    def release_batch(self, closed: Sequence[ClosedConnection]) -> list[None]:
        """Write releases, in a writing thread."""
        release_connections(closed)
        return [None] * len(closed)

    def supersede(self, station_id: int, connection_id: int) -> None:
        """Another process says that it holds a newer socket of the station."""
        socket = self._by_station.get(station_id)
        if socket is not None and socket.connection_id < connection_id:
            self._close_soon(socket)

    def close(self, socket: StationSocket, code: int, reason: str) -> None:
        """Close without waiting for it."""
        task = asyncio.get_running_loop().create_task(socket.close(code, reason))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _close_soon(self, socket: StationSocket) -> None:
        self._gateway.outbound.lost(socket)
        self.close(socket, NORMAL_CLOSURE, SUPERSEDED)

    def _forget(self, socket: StationSocket) -> None:
        if self._by_station.get(socket.station_id) is socket:
            del self._by_station[socket.station_id]

    async def _tell_holder(self, old: SupersededConnection, socket: StationSocket) -> None:
        if not old.gateway_channel or old.gateway_channel == self._gateway.channel:
            return
        message = {
            "type": "socket.superseded",
            "station_id": socket.station_id,
            "connection_id": socket.connection_id,
        }
        try:
            await get_channel_layer().send(old.gateway_channel, message)
        except Exception as error:  # the edge to the broker; the old socket is found by its ping
            log.warning("socket.supersede_not_told", error=repr(error)[:200])


def fact_of(socket: StationSocket) -> NewConnection:
    """What is registered of a socket."""
    request = socket.request
    return NewConnection(
        station_id=socket.station_id,
        connection_id=socket.connection_id,
        protocol=socket.context.protocol,
        connected_at=socket.connected_at,
        remote_address=request.remote_address,
        is_tls=request.is_tls,
        offered_protocols=",".join(request.offered)[:200],
        used_pending_password=socket.admission.used_pending_password,
        security_profile=socket.admission.security_profile,
        certificate_fingerprint=socket.admission.certificate_fingerprint,
        reached_wanted_profile=socket.admission.reached_wanted_profile,
    )
