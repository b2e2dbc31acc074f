"""One timer for all connections."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable

logger = logging.getLogger(__name__)


class TimerWheel:
    """Coarse timers: callables in buckets of ``tick_s`` seconds, all driven by one timer of the loop.

    Nothing is cancelled; a callable checks for itself whether it still matters. An entry costs one dictionary
    slot's share and a bound method, where a timer of the loop costs a handle, a context and a place in a heap.
    Early by never, late by at most a tick and what the loop is behind.
    """

    def __init__(self, *, tick_s: float = 0.1) -> None:
        self._tick_s = tick_s
        self._buckets: defaultdict[int, list[Callable[[], None]]] = defaultdict(list)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done_tick = 0

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._done_tick = int(loop.time() / self._tick_s)
        loop.call_later(self._tick_s, self._turn)

    def call_later(self, delay_s: float, function: Callable[[], None]) -> None:
        """Call ``function`` once, ``delay_s`` seconds from now or up to a tick later."""
        due_tick = int((self._loop.time() + delay_s) / self._tick_s) + 1
        self._buckets[due_tick].append(function)

    def _turn(self) -> None:
        tick = int(self._loop.time() / self._tick_s)
        for due_tick in range(self._done_tick + 1, tick + 1):
            for function in self._buckets.pop(due_tick, ()):
                try:
                    function()
                except Exception:
                    # One connection's trouble must not stop the clock of the others.
                    logger.exception("A timer failed.")
        self._done_tick = max(tick, self._done_tick)
        self._loop.call_later(self._tick_s, self._turn)
