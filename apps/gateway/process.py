"""What one gateway process has beside its sockets: lanes, journal, commands, lease and housekeeping.

It comes into being with the first socket, on the loop that serves it (Daphne has no lifespan), and ends with the
process: threads are closed and the registration of what is still connected is released when the interpreter exits,
whatever server runs it. A process that dies without that is found by its lease.
"""

import asyncio
import atexit
import os
import socket as network
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.db import close_old_connections

from apps.chargers.services.connections import (
    StationCredentials,
    close_gateway,
    identify_stations,
    load_trust,
    open_gateway,
    record_refusals,
    renew_lease,
)
from apps.chargers.services.connections.handshakes import record_failed_handshakes
from apps.core import live
from apps.gateway import housekeeping, metrics
from apps.gateway.door import Door
from apps.gateway.handlers import WRITE_SERVICES
from apps.gateway.ingest import Ingest
from apps.gateway.journal import Journal
from apps.gateway.notes import Notes
from apps.gateway.nudges import NudgeGatherer
from apps.gateway.outbound import Outbound
from apps.gateway.sockets import Sockets
from apps.gateway.station_socket import StationSocket
from apps.gateway.tls_failures import take_failed_handshakes
from apps.gateway.trust_watch import close_untrusted

log = structlog.get_logger(__name__)

RENEW_EVERY_S = 5
SWEEP_COMMANDS_EVERY_S = 2
RECORD_REFUSALS_EVERY_S = 2
FLUSH_NOTES_EVERY_S = 5
WATCH_IDLE_EVERY_S = 5
RECONCILE_EVERY_S = 30
READ_TRUST_EVERY_S = 10

_gateway: "Gateway | None" = None
_starting: asyncio.Lock | None = None


async def running_gateway() -> "Gateway":
    """The gateway of this process, started by the first who asks."""
    global _gateway, _starting
    if _gateway is not None:
        return _gateway
    _starting = _starting or asyncio.Lock()
    async with _starting:
        if _gateway is None:
            gateway = Gateway()
            await gateway.start()
            _gateway = gateway
    return _gateway


class Gateway:
    """The parts of a gateway process, as its sockets see them.

    ``heard`` are the sockets that spoke since the last flush; ``channel`` is where other processes reach this one.
    """

    def __init__(self) -> None:
        self.process_id = uuid.uuid4()
        self.channel = ""
        self.heard: set[StationSocket] = set()
        self.journal = Journal()
        self.notes = Notes()
        self.door = Door(self._look_up)
        self.sockets = Sockets(self)
        registry = (self.sockets.register_batch, self.sockets.release_batch)
        self.ingest = Ingest(write_order=(*registry, *WRITE_SERVICES.values()))
        self.outbound = Outbound(self)
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closed = False

    async def start(self) -> None:
        """Register the process and begin its periodic work."""
        loop = asyncio.get_running_loop()
        live.bind_loop(loop)
        live.gather_with(NudgeGatherer().add)
        # With the prefix of the consumers: channels-redis reads one prefix at a time, and whoever waits on another
        # starves the open pages of this process.
        self.channel = await get_channel_layer().new_channel()
        live.hear_channel(self.channel, self.outbound.hear)
        await self._open()
        await self._read_trust()
        metrics.gauges["ocpp_connections"] = lambda: len(self.sockets)
        atexit.register(self.close)
        periodic: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (RENEW_EVERY_S, self._renew),
            (SWEEP_COMMANDS_EVERY_S, self.outbound.sweep),
            (RECORD_REFUSALS_EVERY_S, self._record_refusals),
            (FLUSH_NOTES_EVERY_S, lambda: housekeeping.flush_notes(self)),
            (WATCH_IDLE_EVERY_S, lambda: housekeeping.watch_idle(self)),
            (RECONCILE_EVERY_S, lambda: housekeeping.reconcile(self)),
            (READ_TRUST_EVERY_S, self._read_trust),
        ]
        self._tasks = [loop.create_task(_every(seconds, work)) for seconds, work in periodic]
        self._tasks.append(loop.create_task(self.outbound.listen(self.channel)))
        log.info("gateway.started", process=str(self.process_id))

    def refresh_soon(self, station_ids: list[int]) -> None:
        """Read anew what open sockets must know of their stations: somebody changed them."""
        self._run_soon(housekeeping.refresh(self, station_ids))

    def read_trust_soon(self) -> None:
        """Somebody took a certificate away: do not wait for the next turn."""
        self._run_soon(self._read_trust())

    def _run_soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)

    def close(self) -> None:
        """Release everything; without effect the second time. The loop need not run any more."""
        if self._is_closed:
            return
        self._is_closed = True
        atexit.unregister(self.close)
        live.gather_with(None)
        self.ingest.close()
        self.journal.close()
        try:
            close_gateway(gateway_id=self.process_id, at=datetime.now(UTC))
        except Exception as error:  # the edge of the process: the lease will run out instead
            log.warning("gateway.not_closed", error=repr(error)[:200])
        finally:
            close_old_connections()

    def _look_up(self, identity: str) -> asyncio.Future[StationCredentials | None]:
        return self.ingest.ask(_identify, identity)

    async def _open(self) -> None:
        await self.ingest.query(
            lambda: open_gateway(
                gateway_id=self.process_id,
                channel=self.channel,
                host=network.gethostname(),
                pid=os.getpid(),
                at=datetime.now(UTC),
            )
        )

    async def _renew(self) -> None:
        is_known = await self.ingest.query(lambda: renew_lease(gateway_id=self.process_id, at=datetime.now(UTC)))
        if not is_known:
            log.warning("gateway.lease_lost", process=str(self.process_id))
            await self._open()
            await housekeeping.register_again(self)

    async def _record_refusals(self) -> None:
        refused, self.door.refused = self.door.refused, []
        if refused:
            await self.ingest.query(lambda: record_refusals(refused))
        failed = take_failed_handshakes()
        if failed:
            await self.ingest.query(lambda: record_failed_handshakes(failed))

    async def _read_trust(self) -> None:
        """CAs come and go in the portal and in files; what counts no more closes the sockets that it opened."""
        trust = await self.ingest.query(load_trust)
        if trust != self.door.trust:
            self.door.trust = trust
        await close_untrusted(self)


def _identify(identities: Sequence[str]) -> list[StationCredentials | None]:
    known = identify_stations(identities)
    return [known.get(identity) for identity in identities]


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception as error:  # the edge of periodic work: the next turn tries again
            log.warning("gateway.housekeeping_failed", work=getattr(work, "__qualname__", ""), error=repr(error)[:300])
