"""Where facts go: the writing lane with its patient side, and the reading lane.

*Facts* are written by one thread in group commits. *Reads* (Authorize) have a thread of their own, so that a commit
never stands before a driver with a card; *questions* (handshakes, housekeeping) another. What met a lock held by
somebody else goes to a few *patient* threads, together with what that station sends next, while everybody else's facts
go on. What others have to be asked over the network (the status of a certificate) goes to a few *online* threads.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from apps.gateway import metrics
from apps.gateway.database import Patience, discard_broken_connection, is_away, use_own_connection
from apps.gateway.lanes import Lane
from apps.gateway.online import Online
from apps.gateway.writing import DatabaseAway, Entry, Service, Writer

QUICK = Patience(lock_ms=150, statement_ms=3_000)
PATIENT = Patience(lock_ms=10_000, statement_ms=15_000)
PATIENT_THREADS = 4
# How long a station that met a lock is kept out of the common batches.
QUARANTINE_S = 5.0


class Ingest:
    """The lanes of one gateway process; made and used on its event loop."""

    def __init__(self, *, write_order: Sequence[Service]) -> None:
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(write_order)
        self._facts = Lane("facts", self._writer.write_batch, patience=QUICK, postpone=self._postpone)
        self._reads = Lane("reads", self._read_batch, patience=QUICK)
        self._questions = Lane("questions", self._read_batch, patience=PATIENT, batch_limit=500)
        self._patient = ThreadPoolExecutor(
            PATIENT_THREADS, "gateway-patient", initializer=use_own_connection, initargs=("patient", PATIENT)
        )
        self.online = Online()
        self._quarantine: dict[int, float] = {}
        metrics.gauges["ocpp_facts_waiting"] = lambda: len(self._facts)

    def write(self, station_id: int, service: Service, argument: Any) -> asyncio.Future[Any]:
        """``service([argument])[0]``, committed with others; the future fails with what went wrong.

        At most one fact per station may be under way where its order matters: await the future first.
        """
        entry = Entry(station_id, service, argument)
        if self._quarantine and self._is_quarantined(station_id):
            future: asyncio.Future[Any] = self._loop.create_future()
            self._postpone(entry, future)
            return future
        return self._facts.submit(entry)

    def read(self, station_id: int, service: Service, argument: Any) -> asyncio.Future[Any]:
        """As ``write`` for a service that only reads, in batches of its own."""
        return self._reads.submit(Entry(station_id, service, argument))

    def ask(self, service: Service, argument: Any) -> asyncio.Future[Any]:
        """As ``read`` for what is not urgent: handshakes and housekeeping, in a thread of their own."""
        return self._questions.submit(Entry(0, service, argument))

    def query(self, function: Callable[[], Any]) -> asyncio.Future[Any]:
        """The result of ``function``, called in the thread of ``ask``."""
        return self.ask(lambda _: [function()], None)

    def close(self) -> None:
        """Store what was handed in and end the threads."""
        self._facts.close()
        self._reads.close()
        self._questions.close()
        self._patient.shutdown(wait=False, cancel_futures=True)
        self.online.close()

    def _postpone(self, entry: Entry, future: asyncio.Future[Any]) -> None:
        self._quarantine[entry.station_id] = time.monotonic() + QUARANTINE_S
        metrics.messages["*", "postponed"] += 1
        patient = self._loop.run_in_executor(self._patient, self._writer.write_one, entry)
        patient.add_done_callback(lambda done: _pass_on(done, future))

    def _is_quarantined(self, station_id: int) -> bool:
        until = self._quarantine.get(station_id)
        if until is None:
            return False
        if until < time.monotonic():
            del self._quarantine[station_id]
            return False
        return True

    @staticmethod
    def _read_batch(entries: list[Entry]) -> Sequence[Any]:
        by_service: dict[Service, list[int]] = {}
        for position, entry in enumerate(entries):
            by_service.setdefault(entry.service, []).append(position)
        results: list[Any] = [None] * len(entries)
        for service, positions in by_service.items():
            for position, answer in zip(positions, _ask(service, entries, positions), strict=True):
                results[position] = answer
        return results


def _ask(service: Service, entries: list[Entry], positions: list[int]) -> Sequence[Any]:
    arguments = [entries[position].argument for position in positions]
    try:
        return service(arguments)
    except Exception as error:  # a question that cannot be answered is its asker's only
        if discard_broken_connection() or is_away(error):
            return [DatabaseAway()] * len(arguments)
        if len(arguments) == 1:
            return [error]
        return [_ask(service, entries, [position])[0] for position in positions]


def _pass_on(done: asyncio.Future[Any], future: asyncio.Future[Any]) -> None:
    if future.done() or done.cancelled():
        return
    error = done.exception()
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(done.result())
