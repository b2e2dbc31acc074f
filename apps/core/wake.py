"""Waking a Celery task after commit, without depending on the broker.

Work is driven by rows; the message only says "look now". So a broker that is away costs time, never work, and a
storm of requests for the same task within ``QUIET_S`` becomes one message per process. Messages are sent by a thread of
their own: whoever asks, a thread that stores what chargers say above all, does not wait for the broker.
"""

import os
import threading
import time
from queue import SimpleQueue

import structlog
from celery import Task

log = structlog.get_logger(__name__)
QUIET_S = 0.25


class Waker:
    """Sends what is asked for from a daemon thread, which begins with the first request."""

    def __init__(self) -> None:
        self._last_asked: dict[str, float] = {}
        self._lock = threading.Lock()
        self._asked: SimpleQueue[Task] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def wake(self, task: Task) -> None:
        """Have ``task`` sent unless that was asked for within the last ``QUIET_S``. Never blocks."""
        now = time.monotonic()
        with self._lock:
            if now - self._last_asked.get(task.name, -QUIET_S) < QUIET_S:
                return
            self._last_asked[task.name] = now
            self._asked.put(task)
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_all, name="waker", daemon=True)
                self._thread.start()

    def _send_all(self) -> None:
        while True:
            task = self._asked.get()
            try:
                task.apply_async(countdown=QUIET_S, expires=60, retry=False)
            except Exception as error:  # the edge to the broker: the beat asks again anyway
                log.warning("broker.away", task=task.name, error=repr(error))


_waker = Waker()


def _begin_anew() -> None:
    """A forked child has the parent's waker but not its thread."""
    global _waker
    _waker = Waker()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def wake(task: Task) -> None:
    """Send ``task`` (no arguments) with a short delay, soon; many requests within ``QUIET_S`` are one."""
    _waker.wake(task)
