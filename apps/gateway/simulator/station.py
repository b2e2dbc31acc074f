"""The neutral simulated station: EVSEs, cars, transactions, resets. The dialect turns it into messages."""

import asyncio
from random import Random
from typing import Any

from apps.gateway.simulator import clock, reservations
from apps.gateway.simulator.certificates import CertificateStore
from apps.gateway.simulator.conversation import Conversation
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Dialect
from apps.gateway.simulator.errors import CallError, CallTimeout, SimulatorError
from apps.gateway.simulator.evse import Evse, Status, Transaction
from apps.gateway.simulator.local_list import LocalList
from apps.gateway.simulator.physics import Car, Meter, Sample
from apps.gateway.simulator.profiles import Limit, ProfileStore
from apps.gateway.simulator.reservations import Hold
from apps.gateway.simulator.spec import StationSpec

REBOOT_S = 1.0


class Station(Conversation):
    """A station that charges cars. `speed` lets physics run faster than time: 60 charges an hour's energy a minute.

    The register then rises faster than the reported power explains; leave it at 1 where that matters.
    """

    def __init__(self, spec: StationSpec, dialect: Dialect, *, seed: int | None = None, speed: float = 1, **options):
        super().__init__(spec, dialect, **options)
        self.rng = Random() if seed is None else Random(f"{seed}/{spec.identity}")
        self.speed = speed
        self.reboot_s = REBOOT_S
        self.meter_interval_s = spec.meter_interval_s
        self.clock_aligned_interval_s = 0.0
        self.firmware = spec.firmware
        self.firmware_failure: str | None = None  # one of firmware.FAILS_INSTEAD_OF
        self.firmware_answer: str | None = None  # what it says to an update instead of Accepted
        self.published: dict[str, str] = {}
        self.log_failure: str | None = None  # a word of failure instead of the upload
        self.log_answer: str | None = None  # what it says to a request for a log instead of Accepted
        self.log_content: bytes | None = None
        self.log_upload: asyncio.Task | None = None
        self.certificates = CertificateStore(spec.identity)
        self.profiles = ProfileStore()
        self.display: dict[int, dict] = {}
        self.holds: dict[int, Hold] = {}
        self.local_list = LocalList()
        self.customers: dict[str, str] = {}  # what it remembers of people, by identifier
        self.evses = {number: Evse(number, self._new_meter(number)) for number in range(1, spec.connectors + 1)}
        self.streams: dict[int, dict] = {}  # 2.1: periodic event streams that are open
        self.der_controls: dict[str, dict] = {}  # 2.1: as they were set
        self.tariffs: dict[int, dict] = {}  # 2.1: the default tariff of each EVSE
        self.told_costs: list[tuple[int | str, float]] = []  # (transaction, cost) that it was told
        self.told_prices: list[tuple[str, dict]] = []  # 1.6: what it shows of prices, by message
        self.tariff_answer: str | None = None  # what it says to a price or tariff instead of Accepted
        self.monitors: dict[int, Any] = {}  # 2.x: v201.monitoring.Monitor by number
        self.monitor_number = 0
        self.monitoring_level = 9
        self.operative = True
        self._event_id = 0
        self.settings = dialect.new_settings(self)

    def _new_meter(self, number: int) -> Meter:
        register_wh = float(self.rng.randrange(10_000, 2_000_000))
        return Meter(self.spec.outlet, seed=self.rng.randrange(2**31) + number, register_wh=register_wh)

    # --- status -------------------------------------------------------------------------------------

    async def on_accepted(self) -> None:
        """Tell the status of the station and of every EVSE (1.6 §4.9, 2.0.1 B01.FR.05), then let life go on."""
        await self.notify(*self.dialect.station_status(self))
        for evse in self.evses.values():
            evse.reported = None
            await self.report(evse)
        await super().on_accepted()

    async def report(self, evse: Evse) -> None:
        """Send the status when the version's word for it changed since the last report."""
        word = self.dialect.wire_status(evse)
        if word == evse.reported or not self.connected:
            return
        evse.reported = word
        await self.notify(*self.dialect.statuses(self, evse))

    async def change_status(self, evse: Evse, status: Status) -> None:
        """Enter a state and report it, as a transaction event too where one runs."""
        changed = evse.status != status
        evse.status = status
        await self.report(evse)
        if changed and evse.transaction is not None:
            await self.deliver_quietly(*self.dialect.state_changed(self, evse, evse.transaction))

    async def deliver_quietly(self, *messages: Message) -> None:
        """Deliver; a message given up after its last attempt is only worth a line."""
        try:
            await self.deliver(*messages)
        except (CallError, CallTimeout) as error:
            self.say(f"gave up: {error}")

    def next_event_id(self) -> int:
        """A number for NotifyEvent, unique since power-up."""
        self._event_id += 1
        return self._event_id

    # --- people and cars ----------------------------------------------------------------------------

    async def plug_in(self, evse: Evse, car: Car | None = None) -> None:
        """A cable is connected to a car (a fresh default one unless given)."""
        evse.meter.car = car or Car()
        if evse.transaction is None:
            await self.change_status(evse, reservations.resting_status(self, evse))

    async def plug_out(self, evse: Evse) -> None:
        """The cable is removed; a running transaction ends with reason EVDisconnected."""
        evse.meter.car = None
        if evse.transaction is not None:
            await self.stop(evse, reason="EVDisconnected")
        await self.change_status(evse, reservations.resting_status(self, evse))

    async def authorize(self, token: str) -> str:
        """Ask for a token; returns its status, for example Accepted or Blocked."""
        return self.dialect.token_status(await self.send(self.dialect.authorize(token))) or "Invalid"

    async def ask_group(self, token: str) -> str | None:
        """Which group the central system puts a token in."""
        return self.dialect.token_group(await self.send(self.dialect.authorize(token)))

    async def present(self, evse: Evse, token: str) -> str:
        """A card is held to the reader: stops the session that it may stop, else starts one if it is admitted.

        Returns the token's status as the station holds it to be: Accepted, or why nothing happened.
        """
        running = evse.transaction
        if running is not None and self._may_stop(running, token):
            await self.stop(evse, reason="Local")
            return "Accepted"
        status = await self.admits(token)
        if status == "Accepted" and running is None:
            await self.start(evse, token=token)
        return status

    def _may_stop(self, transaction: Transaction, token: str) -> bool:
        """By the token of the start, or by one of its group in the local list."""
        if transaction.token is None or transaction.token.casefold() == token.casefold():
            return True
        return self.local_list.are_of_one_group(transaction.token, token)

    async def admits(self, token: str) -> str:
        """The status of a token, by the local list where that decides, else by the central system."""
        rules = self.dialect.local_rules(self)
        known = self.local_list.status_of(token) if rules.is_enabled else None
        if self.connected and not self.boot_is_due:
            return known if known == "Accepted" and rules.pre_authorizes else await self.authorize(token)
        if known is not None and rules.authorizes_offline:
            return known
        return "Accepted" if known is None and rules.starts_unknown_offline else "Invalid"

    async def fault(self, evse: Evse, error_code: str = "GroundFailure") -> None:
        """The EVSE breaks: a running transaction ends with reason Other, the status becomes Faulted."""
        evse.error_code = error_code
        if evse.transaction is not None:
            await self.stop(evse, reason="Other", then=Status.FAULTED)
        await self.change_status(evse, Status.FAULTED)
        await reservations.drop(self, evse)
        self.say(f"EVSE {evse.number} faulted: {error_code}")

    async def repair(self, evse: Evse) -> None:
        """The fault is gone."""
        evse.error_code = "NoError"
        await self.change_status(evse, reservations.resting_status(self, evse))

    # --- transactions -------------------------------------------------------------------------------

    async def start(self, evse: Evse, *, token: str | None, remote_start_id: int | None = None) -> Transaction:
        """Begin a transaction and the flow of energy.

        Offline the messages are queued and `transaction.answer` stays None. Raises CallError or CallTimeout when
        the central system refused the start and all attempts are spent, ReservedForAnother where the place is kept.
        """
        hold = await reservations.claim(self, evse, token) if self.holds else None
        for misbehaviour in self.misbehaviours:
            misbehaviour.starting(self, evse)
        transaction = Transaction(
            evse=evse.number,
            token=token,
            started_at=clock.now(),
            meter_start_wh=evse.meter.read().energy_wh,
            remote_start_id=remote_start_id,
            reservation_id=hold.number if hold else None,
        )
        evse.transaction = transaction
        evse.transaction_begun.set()
        self.say(f"EVSE {evse.number} starts for {token}")
        await self.deliver(*self.dialect.started(self, evse, transaction))
        if evse.transaction is transaction:
            await self.change_status(evse, Status.CHARGING)
            await self.notify(*self.dialect.needs(self, evse))
        return transaction

    async def meter(self, evse: Evse, sample: Sample | None = None, *, context: str = "Sample.Periodic") -> Sample:
        """Send meter values: the present reading unless given. Kept and repeated inside a transaction."""
        sample = sample or evse.meter.read()
        for misbehaviour in self.misbehaviours:
            sample = misbehaviour.sample(self, evse, sample)
        message = self.dialect.metered(self, evse, sample, context=context)
        if evse.transaction is None:
            await self.notify(message)
        else:
            await self.deliver(message)
        await self.dialect.measured(self, evse, sample)
        return sample

    def let_time_pass(self, evse: Evse, seconds: float) -> Sample:
        """Charge for that long under the installed charging profiles."""
        limit = self.limit(evse)
        return evse.meter.step(seconds, limit_w=limit.power_w, limit_a=limit.current_a)

    def limit(self, evse: Evse) -> Limit:
        """What the installed profiles allow the EVSE now."""
        started_at = evse.transaction.started_at if evse.transaction else None
        return self.profiles.limit_at(evse.number, clock.now(), started_at)

    async def stop(self, evse: Evse, *, reason: str = "Local", then: Status | None = None) -> Transaction:
        """End the running transaction. Raises CallError or CallTimeout like `start`, SimulatorError when none runs."""
        transaction = evse.transaction
        if transaction is None:
            raise SimulatorError(f"{self.spec.identity}: no transaction on EVSE {evse.number}")
        transaction.stopped_at = clock.now()
        transaction.stop_reason = reason
        transaction.meter_stop_wh = evse.meter.read().energy_wh
        messages = self.dialect.stopped(self, evse, transaction)
        evse.transaction = None
        evse.transaction_begun.clear()
        self.profiles.end_transaction(evse.number)
        self.say(f"EVSE {evse.number} stops: {reason}")
        try:
            await self.deliver(*messages)
        finally:
            transaction.ended.set()
            resting = reservations.resting_status(self, evse)
            await self.change_status(evse, then or (Status.FINISHING if resting == Status.PREPARING else resting))
        return transaction

    async def stop_all(self, *, reason: str) -> None:
        """End every running transaction, whatever the central system says to it."""
        for evse in self.evses.values():
            if evse.transaction is not None:
                try:
                    await self.stop(evse, reason=reason)
                except (CallError, CallTimeout) as error:
                    self.say(f"gave up: {error}")

    def evse_of_transaction(self, transaction_id: int | str) -> Evse | None:
        """The EVSE on which that transaction runs."""
        for evse in self.evses.values():
            if evse.transaction is not None and evse.transaction.id == transaction_id:
                return evse
        return None

    # --- commands -----------------------------------------------------------------------------------

    async def start_remotely(self, evse: Evse, token: str, remote_start_id: int | None) -> None:
        """What follows an accepted remote start: somebody plugs in, then energy flows."""
        if evse.car is None:
            await self.plug_in(evse)
        if evse.transaction is None:
            await self.start(evse, token=token, remote_start_id=remote_start_id)

    async def set_operative(self, evses: list[Evse], *, operative: bool) -> None:
        """Change availability; an EVSE that charges changes when its transaction has ended."""
        for evse in evses:
            evse.operative = operative
            if evse.transaction is None:
                await self.change_status(evse, reservations.resting_status(self, evse))

    async def restart(self, *, stop_reason: str, boot_reason: str) -> None:
        """End the transactions, disconnect, come back after `reboot_s` and boot."""
        self.restarted.clear()
        try:
            await self.stop_all(reason=stop_reason)
            self.boot_is_due, self.boot_reason = True, boot_reason
            await self.close()
            await asyncio.sleep(self.reboot_s)
            for evse in self.evses.values():
                evse.status = reservations.resting_status(self, evse)
            await self.open()
            await self.boot()
        finally:
            self.restarted.set()
