"""Keeping a station connected: dialling, booting until accepted, heartbeats, backoff, outages."""

import asyncio
import contextlib

from apps.gateway.simulator.errors import CallError, CallTimeout, NotConnected, SimulatorError
from apps.gateway.simulator.station import Station

BACKOFF_MAX_S = 60.0
RETRY_BOOT_S = 30


class Supervisor:
    """Keeps one station connected until cancelled. `reachable` is cleared while the network is away."""

    def __init__(self, station: Station, *, backoff_s: float = 1.0) -> None:
        self.station = station
        self.backoff_s = backoff_s
        self.reachable = asyncio.Event()
        self.reachable.set()
        self._failures = 0

    async def run(self) -> None:
        """Connect, live on the connection until it closes, wait, connect again."""
        while True:
            await self.reachable.wait()
            try:
                await self._connect()
                await self._beat()
            except SimulatorError as error:
                self.station.say(str(error))
                await self.station.close()
            await self.station.restarted.wait()
            if not self.station.connected:
                await asyncio.sleep(self._backoff_s())

    async def outage(self, seconds: float) -> None:
        """Be out of reach for a while; transactions go on and are told afterwards."""
        self.reachable.clear()
        try:
            await self.station.close()
            await asyncio.sleep(seconds)
        finally:
            self.reachable.set()

    def _backoff_s(self) -> float:
        """Doubling from `backoff_s` to a minute, jittered by half, so that a fleet does not return in step."""
        self._failures += 1
        doubled_s = self.backoff_s * 2 ** min(self._failures - 1, 10)
        return min(BACKOFF_MAX_S, doubled_s) * self.station.rng.uniform(0.5, 1.5)

    async def _connect(self) -> None:
        station = self.station
        if not station.connected:  # a reset may have brought it back already
            first_time = station.registration is None
            station.boot_is_due = station.boot_is_due or first_time or station.boots_on_reconnect
            await station.open()
        if station.boot_is_due:
            await self._boot_until_accepted()
        for evse in station.evses.values():
            await station.report(evse)  # what changed while nobody could hear it
        self._failures = 0

    async def _boot_until_accepted(self) -> None:
        while self.station.boot_is_due:
            answer = await self.station.boot()
            if answer.status != "Accepted":
                await self._wait_for_close(answer.interval_s or RETRY_BOOT_S)
                if not self.station.connected:
                    raise NotConnected("closed while waiting to be accepted")

    async def _beat(self) -> None:
        while self.station.connected:
            await self._wait_for_close(self.station.heartbeat_interval_s)
            if self.station.connected:
                try:
                    await self.station.heartbeat()
                except CallError as error:
                    self.station.say(f"Heartbeat: {error}")
                except CallTimeout:
                    self.station.say("no answer to a Heartbeat: reconnecting")
                    await self.station.close()

    async def _wait_for_close(self, at_most_s: float) -> None:
        if self.station.link is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await self.station.link.closed.wait()
