"""Group commit: many facts of different stations in one transaction, one fact's failure its own.

An entry is ``(service, argument)``; a service is set-based, ``service([argument, …]) → [result, …]``. Entries of one
batch are grouped by service, and services run in the order they were registered in, so that locks are always taken in
the same order.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction

from apps.gateway import metrics
from apps.gateway.database import (
    discard_broken_connection,
    is_away,
    is_contention,
    is_lock,
    limit_lock_wait,
    write_turn,
)
from apps.gateway.lanes import POSTPONED

log = structlog.get_logger(__name__)

# Whose lock held up a batch is found by halving it; those who are innocent should not wait long once more.
SEARCH_LOCK_MS = 5

Service = Callable[[Sequence[Any]], Sequence[Any]]


class DatabaseAway(Exception):
    """Nothing can be stored now."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be written, and the station whose it is."""

    station_id: int
    service: Service
    argument: Any


class Writer:
    """What the writing lanes do with a batch; runs in their threads.

    ``order`` lists services in the order in which they may take locks; others follow in order of arrival.
    """

    def __init__(self, order: Sequence[Service]) -> None:
        self._rank = {service: rank for rank, service in enumerate(order)}

    def write_batch(self, entries: list[Entry]) -> Sequence[Any]:
        """Results, ``POSTPONED`` for what met a lock, an exception for what cannot be stored."""
        started_s = time.perf_counter()
        try:
            results = self._write(entries)
        except Exception as error:
            results = self._recover(entries, error)
        metrics.observe_batch(len(entries), time.perf_counter() - started_s)
        return results

    def write_one(self, entry: Entry) -> Any:
        """The result of a postponed entry, written alone and patiently; raises what goes wrong."""
        try:
            return self._write([entry])[0]
        except Exception as error:
            discard_broken_connection()
            if is_away(error) or is_contention(error):
                raise DatabaseAway from error
            raise

    def _write(self, entries: list[Entry], *, lock_ms: int | None = None) -> list[Any]:
        by_service: dict[Service, list[int]] = {}
        for position, entry in enumerate(entries):
            by_service.setdefault(entry.service, []).append(position)
        results: list[Any] = [None] * len(entries)
        with write_turn(), transaction.atomic():
            if lock_ms is not None:
                limit_lock_wait(lock_ms)
            for service in sorted(by_service, key=lambda service: self._rank.get(service, len(self._rank))):
                positions = by_service[service]
                answers = service([entries[position].argument for position in positions])
                for position, answer in zip(positions, answers, strict=True):
                    results[position] = answer
        return results

    def _recover(self, entries: list[Entry], error: Exception) -> Sequence[Any]:
        """Nothing of the batch was stored: find out whose fault it was."""
        if discard_broken_connection():
            return self._write_after_reconnect(entries)
        if is_contention(error):
            if len(entries) > 1 and is_lock(error):
                return self._write_halves(entries, lock_ms=SEARCH_LOCK_MS)
            return [POSTPONED] * len(entries)
        if is_away(error):
            return [DatabaseAway()] * len(entries)
        if len(entries) == 1:
            log.error(
                "fact.refused", service=entries[0].service.__name__, station=entries[0].station_id, exc_info=error
            )
            return [error]
        return self._write_halves(entries)

    def _write_halves(self, entries: list[Entry], *, lock_ms: int | None = None) -> Sequence[Any]:
        middle = len(entries) // 2
        return [*self._write_part(entries[:middle], lock_ms), *self._write_part(entries[middle:], lock_ms)]

    def _write_part(self, entries: list[Entry], lock_ms: int | None) -> Sequence[Any]:
        try:
            return self._write(entries, lock_ms=lock_ms)
        except Exception as error:
            return self._recover(entries, error)

    def _write_after_reconnect(self, entries: list[Entry]) -> Sequence[Any]:
        """The connection was lost, perhaps long ago (a database restarted): try once with a new one."""
        try:
            return self._write(entries)
        except Exception as error:
            if discard_broken_connection() or is_away(error):
                log.warning("database.away", error=str(error))
                return [DatabaseAway()] * len(entries)
            return self._recover(entries, error)
