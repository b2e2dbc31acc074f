"""Nudges of this process to open pages, gathered: per organisation one message in 0.3 s, however many facts."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable

from apps.core import live

PAUSE_S = 0.3


class NudgeGatherer:
    """Takes nudges from any thread; the first of an organisation goes at once, the next together after a pause."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._topics: defaultdict[int, set[str]] = defaultdict(set)
        self._is_due = False
        self._last_sent_s = 0.0

    def add(self, organisation_id: int, topics: Iterable[str]) -> None:
        """Nudge the open pages of the organisation that show one of ``topics``."""
        with self._lock:
            self._topics[organisation_id].update(topics)
            if self._is_due:
                return
            self._is_due = True
        try:
            self._loop.call_soon_threadsafe(self._schedule)
        except RuntimeError:  # the loop has ended, and the pages with it
            return

    def _schedule(self) -> None:
        now_s = self._loop.time()
        self._loop.call_at(max(now_s, self._last_sent_s + PAUSE_S), self._send)

    def _send(self) -> None:
        with self._lock:
            topics, self._topics = self._topics, defaultdict(set)
            self._is_due = False
        self._last_sent_s = self._loop.time()
        for organisation_id, changed in topics.items():
            live.send_to_group(live.organisation_group(organisation_id), live.nudge_message(sorted(changed)))
