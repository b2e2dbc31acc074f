"""Writing the journal: every frame, in groups, by a thread of its own.

An entry is a tuple in the order of ``COLUMNS``. Every half second, or at once when 500 have come together, they are
written: by COPY on PostgreSQL, in one statement elsewhere. While the database is away at most ``MAX_WAITING`` are kept;
then the oldest are dropped, counted, and the gap is said in the process log. The journal is evidence, not the record of
facts: those are committed before they are answered.
"""

import threading
import time
from collections import deque
from datetime import UTC, datetime
from typing import Any

import structlog
from django.db import connection, transaction

from apps.chargers.engine.masking import mask_frame
from apps.core.ids import time_ordered_id
from apps.gateway import metrics
from apps.gateway.database import (
    Patience,
    discard_broken_connection,
    is_away,
    is_contention,
    use_own_connection,
    write_turn,
)
from apps.gateway.models import JournalEntry

log = structlog.get_logger(__name__)

COLUMNS = (
    "id",
    "station_id",
    "connection_id",
    "at",
    "is_inbound",
    "kind",
    "action",
    "message_id",
    "error_code",
    "pair_ms",
    "payload",
)
GROUP_SIZE = 500
GROUP_S = 0.5
MAX_WAITING = 50_000
MAX_PAYLOAD_CHARACTERS = 64 * 1024
PATIENCE = Patience(lock_ms=5_000, statement_ms=10_000)

Row = tuple[Any, ...]


class Journal:
    """The journal of one gateway process. ``add`` is called on the loop, writing happens in the thread."""

    def __init__(self) -> None:
        self._waiting: deque[Row] = deque(maxlen=MAX_WAITING)
        self._dropped = 0
        self._wake = threading.Event()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="gateway-journal", daemon=True)
        self._thread.start()

    def add(
        self,
        *,
        station_id: int | None,
        connection_id: int | None,
        at: datetime,
        is_inbound: bool,
        kind: str,
        text: str,
        action: str = "",
        message_id: str = "",
        error_code: str = "",
        pair_ms: int | None = None,
    ) -> None:
        """Note one frame. ``text`` is masked and cut later, in the thread."""
        if len(self._waiting) == MAX_WAITING:
            self._dropped += 1
        self._waiting.append(
            (
                time_ordered_id(),
                station_id,
                connection_id,
                at,
                is_inbound,
                kind,
                action,
                message_id,
                error_code,
                pair_ms,
                text,
            )
        )
        if len(self._waiting) >= GROUP_SIZE and not self._wake.is_set():
            self._wake.set()

    def close(self, *, timeout_s: float = 5) -> None:
        """Write what waits and end the thread."""
        self._is_closing = True
        self._wake.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        use_own_connection("journal", PATIENCE, waits_for_disk=False)
        while not self._is_closing:
            self._wake.wait(GROUP_S)
            # A database that is slow must not turn full groups into a busy loop of small ones.
            self._wake.clear()
            self._write_waiting()
        self._write_waiting()
        connection.close()

    def _write_waiting(self) -> None:
        while self._waiting:
            rows = [self._waiting.popleft() for _ in range(min(len(self._waiting), GROUP_SIZE * 4))]
            kept = self._write(rows)
            metrics.journal["written"] += len(rows) - len(kept)
            if kept:
                self._take_back(kept)
                return
        if self._dropped:
            log.warning("journal.dropped", entries=self._dropped, until=datetime.now(UTC).isoformat())
            metrics.journal["dropped"] += self._dropped
            self._dropped = 0

    def _take_back(self, rows: list[Row]) -> None:
        room = MAX_WAITING - len(self._waiting)
        self._dropped += max(0, len(rows) - room)
        self._waiting.extendleft(reversed(rows[-room:] if room else []))

    def _write(self, rows: list[Row]) -> list[Row]:
        """Write ``rows``; return those to be tried again. A row that the database will never take is dropped."""
        try:
            with write_turn(), transaction.atomic():
                write_entries(list(map(_prepared, rows)))
            return []
        except Exception as error:  # the edge of the thread: it must outlive the database, and any row
            log.warning("journal.not_written", entries=len(rows), error=str(error)[:300])
            if discard_broken_connection() or is_away(error) or is_contention(error):
                time.sleep(0 if self._is_closing else GROUP_S)
                return rows
        if len(rows) == 1:
            self._dropped += 1
            return []
        middle = len(rows) // 2
        return self._write(rows[:middle]) + self._write(rows[middle:])


def write_entries(rows: list[Row]) -> None:
    """Insert ``rows``, tuples in the order of ``COLUMNS``, in one statement."""
    table = JournalEntry._meta.db_table
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                copy.write("".join(map(_copy_line, rows)))
        else:
            places = ", ".join(["%s"] * len(COLUMNS))
            adapted = [(*row[:3], connection.ops.adapt_datetimefield_value(row[3]), *row[4:]) for row in rows]
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', adapted)


def _prepared(row: Row) -> Row:
    """``row`` within the widths of its columns; a charger may write what it likes into an id or an action."""
    *head, action, message_id, error_code, pair_ms, text = row
    return (*head, _plain(action, 60), _plain(message_id, 64), _plain(error_code, 40), pair_ms, _keepable(text))


def _plain(text: str, width: int) -> str:
    return text[:width].replace("\0", "")


def _keepable(text: str) -> str:
    """``text`` as it may be stored: masked, cut, without NUL."""
    text = mask_frame(text[: MAX_PAYLOAD_CHARACTERS * 4])
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if len(text) > MAX_PAYLOAD_CHARACTERS:
        text = f"{text[:MAX_PAYLOAD_CHARACTERS]}… [cut, {len(text)} characters in all]"
    return text


def _copy_line(row: Row) -> str:
    """One row in COPY's text format, written by hand: four times as fast as value by value."""
    entry_id, station_id, connection_id, at, is_inbound, kind, action, message_id, error_code, pair_ms, payload = row
    return (
        f"{entry_id}\t{_number(station_id)}\t{_number(connection_id)}\t{at.isoformat()}\t{'t' if is_inbound else 'f'}\t"
        f"{kind}\t{_escape(action)}\t{_escape(message_id)}\t{_escape(error_code)}\t{_number(pair_ms)}\t{_escape(payload)}\n"
    )


def _number(value: int | None) -> str:
    return "\\N" if value is None else str(value)


def _escape(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
