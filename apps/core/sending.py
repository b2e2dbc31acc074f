"""Sending over the channel layer from synchronous code: handed to one event loop, nobody waits.

A server process lends its loop. Elsewhere (workers, commands, page processes) one thread with a loop of its own begins
with the first message and keeps its connection to the broker; a forked child begins anew.
"""

import asyncio
import atexit
import os
import threading
from dataclasses import dataclass
from typing import Any

import structlog
from channels.layers import get_channel_layer

log = structlog.get_logger(__name__)

MAX_WAITING = 1_000
SEND_TIMEOUT_S = 5
FAREWELL_S = 1


@dataclass(frozen=True, slots=True)
class Address:
    """Messages of one ``kind`` to one place, a group or a channel: those that wait are joined."""

    name: str
    is_group: bool
    kind: str


class Sender:
    """Sends one message after the other on ``loop``; ``put`` is called in any thread.

    A message is ``{"type": kind}`` and lists. While one is on its way, those to the same address become one, so a burst
    costs a few messages. At most ``MAX_WAITING`` addresses wait; what is more, or what fails, is logged and lost.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._lock = threading.Lock()
        self._waiting: dict[Address, dict[str, Any]] = {}
        self._is_running = False
        self._task: asyncio.Task[None] | None = None

    def put(self, name: str, message: dict[str, Any], *, is_group: bool) -> None:
        """Send ``message`` soon."""
        address = Address(name, is_group, message["type"])
        with self._lock:
            if address not in self._waiting and len(self._waiting) >= MAX_WAITING:
                log.warning("nudge.lost", error="too many wait", to=name)
                return
            self._waiting[address] = _joined(self._waiting.get(address), message)
            if self._is_running:
                return
            self._is_running = True
        try:
            self.loop.call_soon_threadsafe(self._begin)
        except RuntimeError:  # it has ended this moment, and the pages with it
            return

    def wait(self, timeout_s: float) -> None:
        """Wait in another thread until everything was sent; raises ``TimeoutError``."""
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(timeout_s)

    def _begin(self) -> None:
        self._task = self.loop.create_task(self._run())

    async def _end(self) -> None:
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while True:
            with self._lock:
                waiting, self._waiting = self._waiting, {}
                if not waiting:
                    self._is_running = False
                    return
            for address, message in waiting.items():
                await _send(address, message)


_background: Sender | None = None
_background_lock = threading.Lock()


def background_sender() -> Sender:
    """The sender of a process that lends no loop, started by the first who asks."""
    global _background
    with _background_lock:
        if _background is None:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="channel-sender", daemon=True).start()
            _background = Sender(loop)
            atexit.register(_say_farewell, _background)
        return _background


def _say_farewell(sender: Sender) -> None:
    """A short-lived process still says what it has to say."""
    if sender is not _background:  # a fork's parent had it
        return
    try:
        sender.wait(FAREWELL_S)
    except TimeoutError:
        log.warning("nudge.lost", error="the process ended first")


def _begin_anew() -> None:
    global _background, _background_lock
    _background, _background_lock = None, threading.Lock()


os.register_at_fork(after_in_child=_begin_anew)


def _joined(earlier: dict[str, Any] | None, message: dict[str, Any]) -> dict[str, Any]:
    if earlier is None:
        return message
    return {
        key: list(dict.fromkeys([*earlier[key], *value])) if key != "type" else value for key, value in message.items()
    }


async def _send(address: Address, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    try:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await (layer.group_send if address.is_group else layer.send)(address.name, message)
    except Exception as error:  # the edge to the broker: a nudge is never the carrier
        log.warning("nudge.lost", error=repr(error)[:200])
