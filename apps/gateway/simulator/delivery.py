"""The queue of transaction messages: kept while offline, sent in order, repeated when refused.

A message that got no answer because the socket closed stays first in the queue and costs no attempt; one
that was answered by CALLERROR or not at all is repeated with the same content `attempts` times in all
(1.6 §3.7.1 TransactionMessageAttempts / 2.0.1 MessageAttempts), then given up.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from apps.gateway.simulator.errors import CallError, CallTimeout, NotConnected, SimulatorError
from apps.gateway.simulator.evse import Transaction

logger = logging.getLogger(__name__)


@dataclass
class Message:
    """One request; `on_answer` gets the payload of the answer, `transaction` is the one it tells about."""

    action: str
    payload: dict
    transaction: Transaction | None = None
    on_answer: Callable[[dict], None] | None = None


@dataclass
class _Entry:
    message: Message
    failed: SimulatorError | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)


class Delivery:
    """Sends queued messages one after the other through `send(message)` while `resume`d."""

    def __init__(self, send: Callable[[Message], Awaitable[dict]], *, attempts: int, retry_interval_s: float) -> None:
        self.attempts = attempts
        self.retry_interval_s = retry_interval_s
        self._send = send
        self._queue: deque[_Entry] = deque()
        self._may_send = asyncio.Event()
        self._filled = asyncio.Event()
        self._worker: asyncio.Task | None = None

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def is_paused(self) -> bool:
        return not self._may_send.is_set()

    def resume(self) -> None:
        """The way is open: the station is connected and accepted."""
        self._may_send.set()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    def pause(self) -> None:
        """The way is closed; whoever waits for a delivery is let go."""
        self._may_send.clear()
        for entry in self._queue:
            entry.settled.set()

    async def put(self, *messages: Message) -> None:
        """Queue messages. While the way is open wait until all are answered, and raise what the last one met.

        Raises CallError or CallTimeout once all attempts are spent; returns at once while paused.
        """
        entries = [_Entry(message) for message in messages]
        self._queue.extend(entries)
        self._filled.set()
        for entry in entries:
            if self.is_paused:
                return
            await entry.settled.wait()
            if entry.failed:
                raise entry.failed

    async def drained(self, timeout_s: float = 10) -> None:
        """Wait until nothing is queued. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while self._queue:
                self._queue[-1].settled.clear()
                await self._queue[-1].settled.wait()

    async def stop(self) -> None:
        """End the worker; the queue stays."""
        self.pause()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.wait([self._worker])

    async def _work(self) -> None:
        while True:
            await self._may_send.wait()
            if not self._queue:
                self._filled.clear()
                await self._filled.wait()
                continue
            await self._deliver(self._queue[0])

    async def _deliver(self, entry: _Entry) -> None:
        for attempt in range(1, self.attempts + 1):
            try:
                answer = await self._send(entry.message)
            except NotConnected:
                self.pause()
                return
            except (CallError, CallTimeout) as error:
                logger.info("%s failed (attempt %d of %d): %s", entry.message.action, attempt, self.attempts, error)
                entry.failed = error
                if attempt < self.attempts:
                    await asyncio.sleep(self.retry_interval_s * attempt)
            else:
                entry.failed = None
                if entry.message.on_answer:
                    entry.message.on_answer(answer)
                break
        self._queue.popleft()
        entry.settled.set()
