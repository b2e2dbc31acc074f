"""Lanes: work from the event loop done in batches by a thread of its own.

While one batch is in the thread, the next one forms; there is no fixed delay. At rest an item is on its way within one
turn of the loop; under load batches grow by themselves.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

import structlog

from apps.gateway.database import Patience, use_own_connection

log = structlog.get_logger(__name__)

# A result may be this: the item is not done, and ``postpone`` takes it elsewhere.
POSTPONED = object()


class LaneClosed(Exception):
    """The process is ending; nothing more is taken."""


class Lane:
    """One thread with a database connection of its own that turns lists of items into lists of results.

    ``work(items)`` returns one result per item, in order; a result that is an exception is raised to whoever awaits
    the item, and ``POSTPONED`` hands the item with its future to ``postpone``. It is called in the thread, everything
    else of this class on the loop.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[list[Any]], Sequence[Any]],
        *,
        patience: Patience,
        batch_limit: int = 500,
        postpone: Callable[[Any, asyncio.Future[Any]], None] | None = None,
    ) -> None:
        self.name = name
        self._work = work
        self._patience = patience
        self._batch_limit = batch_limit
        self._postpone = postpone
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[Any, asyncio.Future[Any]]] = []
        self._is_busy = False
        self._is_closed = False
        self._batches: SimpleQueue[list[tuple[Any, asyncio.Future[Any]]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"gateway-{name}", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        """Items that wait for the next batch."""
        return len(self._waiting)

    def submit(self, item: Any) -> asyncio.Future[Any]:
        """Hand in ``item``; the future brings its result. Raises ``LaneClosed`` once the lane is closed."""
        if self._is_closed:
            raise LaneClosed(self.name)
        future = self._loop.create_future()
        self._waiting.append((item, future))
        if not self._is_busy:
            # The rest of this turn of the loop may bring more.
            self._is_busy = True
            self._loop.call_soon(self._start_batch)
        return future

    def close(self, *, timeout_s: float = 5) -> None:
        """Finish what was handed in and end the thread; callable after the loop has ended, too."""
        self._is_closed = True
        if self._waiting:
            self._batches.put(self._waiting)
            self._waiting = []
        self._batches.put(None)
        self._thread.join(timeout_s)

    def _start_batch(self) -> None:
        batch, self._waiting = self._waiting[: self._batch_limit], self._waiting[self._batch_limit :]
        if batch:
            self._batches.put(batch)
        else:
            self._is_busy = False

    def _deliver(self, batch: list[tuple[Any, asyncio.Future[Any]]], results: Sequence[Any]) -> None:
        if not self._is_closed:
            self._start_batch()
        for (item, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if result is POSTPONED and self._postpone is not None:
                self._postpone(item, future)
            elif isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

    def _run(self) -> None:
        use_own_connection(self.name, self._patience)
        while (batch := self._batches.get()) is not None:
            results = self._work_on([item for item, _ in batch])
            try:
                self._loop.call_soon_threadsafe(self._deliver, batch, results)
            except RuntimeError:  # the loop has ended; nobody waits any more
                continue

    def _work_on(self, items: list[Any]) -> Sequence[Any]:
        try:
            results = self._work(items)
            if len(results) != len(items):
                raise RuntimeError(f"{self.name}: {len(results)} results for {len(items)} items")
            return results
        except Exception as error:  # the edge of the thread: it must outlive any batch
            log.exception("lane.failed", lane=self.name, items=len(items))
            return [error] * len(items)
