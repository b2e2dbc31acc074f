"""Questions whose answers have to be fetched from elsewhere: in threads of their own, bounded in time and number.

A responder that is slow or silent costs the station that asked its few seconds, and nobody else anything.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from django.conf import settings

from apps.core.guarded_http import all_within
from apps.gateway import metrics
from apps.gateway.database import Patience, use_own_connection

log = structlog.get_logger(__name__)

THREADS = 8
# More than these at once, and the answer is "failed" without asking: those who wait would time out anyway.
MOST_WAITING = 64
PATIENCE = Patience(lock_ms=1_000, statement_ms=3_000)


class Online:
    """The threads of one gateway process; made and used on its event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._threads = ThreadPoolExecutor(
            THREADS, "gateway-online", initializer=use_own_connection, initargs=("online", PATIENCE)
        )
        self._waiting = 0
        metrics.gauges["ocpp_online_questions"] = lambda: self._waiting

    async def ask(self, answer: Callable[[Any], Any], without: Callable[[Any], Any], fact: Any) -> Any:
        """``answer(fact)`` from a thread; ``without(fact)`` where it takes longer than ``OCPP_ONLINE_TIMEOUT_S``, where
        too many wait already, or where it fails.
        """
        if self._waiting >= MOST_WAITING:
            return without(fact)
        self._waiting += 1
        until_s = time.monotonic() + settings.OCPP_ONLINE_TIMEOUT_S
        question = self._loop.run_in_executor(self._threads, _answer_until, until_s, answer, fact)
        question.add_done_callback(self._done)
        try:
            return await asyncio.wait_for(asyncio.shield(question), settings.OCPP_ONLINE_TIMEOUT_S)
        except TimeoutError:
            question.cancel()  # one that has not begun never does
            return without(fact)
        except Exception as error:  # an edge: what others answer may break anything, the station still hears from us
            log.warning("online.failed", event=type(fact.event).__name__, error=repr(error)[:300])
            return without(fact)

    def close(self) -> None:
        """Answer nothing any more; running questions end by their own limits."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _done(self, question: "asyncio.Future[Any]") -> None:
        self._waiting -= 1
        if not question.cancelled():
            question.exception()  # said above; asyncio need not say it again


def _answer_until(until_s: float, answer: Callable[[Any], Any], fact: Any) -> Any:
    """Whoever asked has gone by then: the thread is not kept for responders of his that are still silent."""
    with all_within(until_s - time.monotonic()):
        return answer(fact)
