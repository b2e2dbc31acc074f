"""The station's side of the conversation: dialling, booting, asking, answering. Knows no charging."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from uuid import uuid4

from apps.gateway.simulator import clock, schemas
from apps.gateway.simulator.delivery import Delivery, Message
from apps.gateway.simulator.dialect import BootAnswer, Dialect, Reply
from apps.gateway.simulator.errors import CallError, CallTimeout, NotConnected, SimulatorError
from apps.gateway.simulator.link import Link
from apps.gateway.simulator.misbehaviour.base import Misbehaviour, Outgoing
from apps.gateway.simulator.spec import StationSpec
from apps.gateway.simulator.tape import CALLERROR, CALLRESULT, SEND, Tape

logger = logging.getLogger(__name__)
Override = Callable[[dict], "dict | Reply | Awaitable[dict | Reply | None] | None"]


class Conversation:
    """One simulated station as the central system hears it."""

    def __init__(
        self,
        spec: StationSpec,
        dialect: Dialect,
        *,
        url: str,
        misbehaviours: Iterable[Misbehaviour] = (),
        keep_frames: int | None = 0,
        call_timeout_s: float = 30,
        message_attempts: int = 3,
        retry_interval_s: float = 20,
        ping_interval_s: float | None = 60,
    ) -> None:
        self.spec = spec
        self.dialect = dialect
        self.url = url
        self.secure_url = ""  # of the same system with TLS, where the station knows it
        self.tls: ssl.SSLContext | None = None
        self.network_profiles: dict[int, dict] = {}
        self.password = spec.password
        self.misbehaviours = list(misbehaviours)
        self.tape = Tape(keep_frames)
        self.call_timeout_s = call_timeout_s
        self.ping_interval_s = ping_interval_s
        self.delivery = Delivery(self.send, attempts=message_attempts, retry_interval_s=retry_interval_s)
        self.link: Link | None = None
        self.registration: BootAnswer | None = None
        self.boot_is_due = False
        self.boot_reason = "PowerUp"
        self.was_accepted = asyncio.Event()  # at least once since power-up
        self.restarted = asyncio.Event()  # cleared while a reset is under way
        self.restarted.set()
        self.heartbeat_interval_s = 300
        self.overrides: dict[str, Override] = {}
        self._tasks: set[asyncio.Task] = set()

    # --- the socket ---------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        return self.link is not None and self.link.is_open

    @property
    def boots_on_reconnect(self) -> bool:
        """Good stations of ours boot at every connection, as many real ones do."""
        return all(misbehaviour.boots_on_reconnect() for misbehaviour in self.misbehaviours)

    def new_link(self) -> Link:
        """A socket that is not open yet, with this station's identity and offer."""
        offered = [self.dialect.subprotocol]
        for misbehaviour in self.misbehaviours:
            offered = misbehaviour.subprotocols(offered)
        return Link(
            url=self.url,
            identity=self.spec.identity,
            password=self.password,
            subprotocols=offered,
            tape=self.tape,
            on_call=self._on_call,
            ping_interval_s=self.ping_interval_s,
            tls=self.tls if self.url.startswith("wss:") else None,
        )

    async def open(self) -> None:
        """Dial. Raises ConnectionRefused."""
        link = self.new_link()
        await link.open()
        self.link = link
        self.say("connected")
        if self.registration and self.registration.status == "Accepted" and not self.boot_is_due:
            self.delivery.resume()
        for misbehaviour in self.misbehaviours:
            await misbehaviour.on_connected(self)

    async def close(self) -> None:
        """Leave in good order (or as the misbehaviours have it); transaction messages are queued from now on."""
        self.delivery.pause()
        if self.link is None:
            return
        if all(misbehaviour.closes_politely() for misbehaviour in self.misbehaviours):
            await self.link.close()
        else:
            await self.link.drop()
        self.say("disconnected")

    async def shut_down(self) -> None:
        """Close and end everything that runs in the background."""
        await self.delivery.stop()
        mine = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        if mine:
            await asyncio.wait(mine)
        await self.close()

    # --- requests -----------------------------------------------------------------------------------

    async def boot(self, reason: str | None = None) -> BootAnswer:
        """Send BootNotification once; when accepted, tell every status and let queued messages go."""
        reason = reason or self.boot_reason
        answer = self.dialect.boot_answer(await self.send(self.dialect.boot(self, reason)))
        self.registration = answer
        self.say(f"boot {answer.status}, interval {answer.interval_s} s")
        if answer.status != "Accepted":
            return answer
        self.was_accepted.set()
        self.boot_is_due, self.boot_reason = False, "PowerUp"
        self.heartbeat_interval_s = answer.interval_s or self.heartbeat_interval_s
        await self.on_accepted()
        return answer

    async def on_accepted(self) -> None:
        """What follows an accepted boot, or a reconnect without one."""
        self.delivery.resume()
        for misbehaviour in self.misbehaviours:
            await misbehaviour.on_booted(self)
        await self._disturb()

    async def heartbeat(self) -> dict:
        """Send Heartbeat; returns the answer."""
        answer = await self.send(Message("Heartbeat", {}))
        await self._disturb()
        return answer

    async def _disturb(self) -> None:
        for misbehaviour in self.misbehaviours:
            try:
                await misbehaviour.disturb(self)
            except NotConnected as error:
                self.say(f"{misbehaviour.name} ended the connection: {error}")

    async def send(self, message: Message) -> dict:
        """Send one request as the misbehaviours have it and return its answer.

        Raises CallError, CallTimeout, NotConnected.
        """
        payload = self.dialect.complete(message.payload, message.transaction)
        outgoing = [Outgoing(message.action, payload)]
        for misbehaviour in self.misbehaviours:
            outgoing = [after for before in outgoing for after in misbehaviour.rewrite(self, before)]
        answer = self.dialect.assumed_answer(message.action)
        for item in outgoing:
            if item.extra:
                await self.send_extra(item.action, item.payload)
            else:
                answer = await self.call(item.action, item.payload)
        return answer

    async def send_extra(self, action: str, payload: dict) -> None:
        """Send a request of a misbehaviour; what becomes of it is not the station's business."""
        try:
            await self.call(action, payload)
        except (CallError, CallTimeout) as error:
            self.say(f"extra {action}: {error}")

    async def call(self, action: str, payload: dict, *, message_id: str | None = None, alone: bool = True) -> dict:
        """Send a CALL exactly as given. Raises CallError, CallTimeout, NotConnected."""
        if self.link is None:
            raise NotConnected(f"{self.spec.identity} was never connected")
        return await self.link.call(action, payload, message_id=message_id, timeout_s=self.call_timeout_s, alone=alone)

    async def send_unanswered(self, action: str, payload: dict) -> None:
        """Send a SEND exactly as given (2.1). Raises NotConnected."""
        if self.link is None:
            raise NotConnected(f"{self.spec.identity} was never connected")
        await self.link.send_message([SEND, str(uuid4()), action, payload])

    async def notify(self, *messages: Message) -> None:
        """Send messages that are not worth keeping: dropped while offline or not yet accepted."""
        for message in messages:
            if not self.connected or self.boot_is_due:
                return
            try:
                await self.send(message)
            except (CallError, CallTimeout, NotConnected) as error:
                self.say(f"{message.action} failed: {error}")

    async def deliver(self, *messages: Message) -> None:
        """Send messages that must arrive: queued while offline, repeated when refused."""
        if self.connected and not self.boot_is_due and self.registration is None:
            self.delivery.resume()  # a station that never booted speaks all the same
        await self.delivery.put(*messages)

    # --- answers ------------------------------------------------------------------------------------

    def _on_call(self, message_id: str, action: str, payload: dict) -> None:
        self.run_in_background(self._answer(self.link, message_id, action, payload))

    async def _answer(self, link: Link | None, message_id: str, action: str, payload: dict) -> None:
        if link is None:
            return
        try:
            reply = await self._reply_to(action, payload)
        except CallError as error:
            await link.send_message([CALLERROR, message_id, error.code, error.description, error.details])
            return
        except Exception as error:  # a mistake in a handler must not look like a station that never answers
            logger.exception("%s: %s failed", self.spec.identity, action)
            await link.send_message([CALLERROR, message_id, "InternalError", repr(error)[:255], {}])
            return
        for misbehaviour in self.misbehaviours:
            reply = reply and await misbehaviour.answer(self, action, reply)
        if reply is None:
            return
        await link.send_message([CALLRESULT, message_id, reply.payload])
        if reply.then:
            await reply.then()

    async def _reply_to(self, action: str, payload: dict) -> Reply | None:
        if action in self.overrides:
            answer = self.overrides[action](payload)
            answer = await answer if isinstance(answer, Awaitable) else answer
            return Reply(answer) if isinstance(answer, dict) else answer
        handler = self.dialect.handlers.get(action)
        if handler is None:
            raise CallError("NotImplemented", f"{action} is not implemented by this station")
        if problem := schemas.problem(self.dialect.version, action, payload):
            code = "FormationViolation" if self.dialect.version == "1.6" else "FormatViolation"
            raise CallError(code, problem[:255])
        self.say(f"asked to {action}")
        return handler(self, payload)

    # --- helpers ------------------------------------------------------------------------------------

    def run_in_background(self, work: Coroutine) -> asyncio.Task:
        """Run to the end or to `shut_down`; failures of the conversation are only worth a line."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, SimulatorError):
            self.say(str(error))
        elif error is not None:
            logger.error("%s: %r", self.spec.identity, error, exc_info=error)

    def say(self, text: str) -> None:
        """One line about what happened, for people."""
        logger.info("%s %s", self.spec.identity, text)

    def now(self) -> str:
        """The station's clock, in OCPP's form."""
        return clock.stamp(clock.now())
