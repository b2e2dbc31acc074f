"""A station living by its plan: cars arrive, charge and leave; it breaks, drops out of the network, returns."""

import asyncio
import contextlib
from time import monotonic, time

from apps.gateway.simulator.errors import CallError, CallTimeout, SimulatorError
from apps.gateway.simulator.evse import Evse, Status, Transaction
from apps.gateway.simulator.physics import random_car
from apps.gateway.simulator.plan import FAULT_CODES, Plan
from apps.gateway.simulator.reservations import hold_at
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.supervision import Supervisor

LONG_S = 24 * 3600
FAREWELL_S = 2.0


class Life:
    """The tasks of one station, until cancelled."""

    def __init__(self, station: Station, plan: Plan, *, backoff_s: float = 1.0) -> None:
        self.station = station
        self.plan = plan
        self.rng = station.rng
        self.supervisor = Supervisor(station, backoff_s=backoff_s)

    async def run(self, *, after_s: float = 0) -> None:
        """Live; `after_s` delays the power-up."""
        await asyncio.sleep(after_s)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.supervisor.run())
                tasks.create_task(self._outages())
                tasks.create_task(self._clock_aligned_values())
                for evse in self.station.evses.values():
                    tasks.create_task(self._live_at(evse))
        finally:
            await self._power_down()

    async def _power_down(self) -> None:
        """End what runs, as far as that can be told quickly, and go."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self.station.stop_all(reason="PowerLoss")
        await self.station.shut_down()

    async def _pause(self, simulated_s: float) -> None:
        await asyncio.sleep(min(LONG_S, simulated_s / self.station.speed))

    async def _outages(self) -> None:
        while True:
            await self._pause(self.plan.offline_wait_s(self.rng))
            await self.supervisor.outage(self.rng.uniform(*self.plan.offline_s) / self.station.speed)

    async def _clock_aligned_values(self) -> None:
        while True:
            interval_s = self.station.clock_aligned_interval_s
            await asyncio.sleep(interval_s - time() % interval_s if interval_s else 5)
            if interval_s and self.station.connected:
                for evse in self.station.evses.values():
                    with contextlib.suppress(CallError, CallTimeout):
                        await self.station.meter(evse, context="Sample.Clock")

    # --- one EVSE -----------------------------------------------------------------------------------

    async def _live_at(self, evse: Evse) -> None:
        await self.station.was_accepted.wait()
        if self.plan.broken and evse.number == 1:
            await self.station.fault(evse, self.plan.broken)
            return
        wait_s = self.plan.first_wait_s(self.rng)
        while True:
            await self._wait_for_car(evse, wait_s)
            wait_s = self.plan.wait_s(self.rng)
            try:
                await self._visit(evse)
            except SimulatorError as error:
                self.station.say(f"EVSE {evse.number}: {error}")

    async def _wait_for_car(self, evse: Evse, simulated_s: float) -> None:
        """Until a car arrives by itself or somebody starts a transaction from afar."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(LONG_S, simulated_s / self.station.speed)):
                await evse.transaction_begun.wait()

    async def _visit(self, evse: Evse) -> None:
        if evse.transaction is None and not evse.is_free:
            return
        try:
            if evse.transaction is None:
                await self._begin(evse)
            if evse.transaction is not None:
                await self._charge(evse, evse.transaction)
        except SimulatorError as error:
            self.station.say(f"EVSE {evse.number}: {error}")
        if evse.car is not None:
            await self._pause(self.rng.uniform(*self.plan.handling_s))
            await self.station.plug_out(evse)

    async def _begin(self, evse: Evse) -> None:
        """Plug in, show a token, start; leaves without a transaction when the token is refused."""
        station = self.station
        await station.plug_in(evse, random_car(self.rng))
        await self._pause(self.rng.uniform(*self.plan.handling_s))
        hold = hold_at(station, evse)
        token = hold.token if hold else self.rng.choice(self.plan.tokens)
        if evse.transaction is None:
            status = await station.admits(token)
            if status != "Accepted":
                station.say(f"EVSE {evse.number}: {token} is {status}")
                return
        if evse.transaction is not None:
            return  # started from afar meanwhile
        transaction = await station.start(evse, token=token)
        status = station.dialect.token_status(transaction.answer or {})
        if status not in (None, "Accepted") and evse.transaction is transaction:
            await station.stop(evse, reason="DeAuthorized")

    async def _charge(self, evse: Evse, transaction: Transaction) -> None:
        """Let energy flow and tell about it until the driver is back, the EVSE breaks or somebody stops it."""
        station = self.station
        leaves_at = monotonic() + self.rng.uniform(*self.plan.session_s) / station.speed
        breaks = self.rng.random() < self.plan.fault_probability
        before = monotonic()
        while evse.transaction is transaction:
            await self._wait_for_end(transaction, min(station.meter_interval_s or LONG_S, leaves_at - monotonic()))
            now = monotonic()
            if evse.transaction is not transaction:
                return
            sample = station.let_time_pass(evse, (now - before) * station.speed)
            before = now
            if now >= leaves_at:
                await (self._break(evse) if breaks else station.stop(evse, reason="Local"))
                return
            await station.change_status(evse, self._status(evse, sample.power_w))
            if evse.transaction is transaction:
                with contextlib.suppress(CallError, CallTimeout):
                    await station.meter(evse)

    @staticmethod
    async def _wait_for_end(transaction: Transaction, at_most_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.01, at_most_s)):
                await transaction.ended.wait()

    @staticmethod
    def _status(evse: Evse, power_w: float) -> Status:
        if power_w > 0:
            return Status.CHARGING
        return Status.SUSPENDED_EV if evse.car is None or evse.car.is_full else Status.SUSPENDED_EVSE

    async def _break(self, evse: Evse) -> None:
        await self.station.fault(evse, self.rng.choice(FAULT_CODES))
        await self._pause(self.rng.uniform(*self.plan.repair_s))
        await self.station.repair(evse)
