"""Waking a Celery task after commit, without depending on the broker.

Work is driven by rows; the message only says "look now". So a broker that is away costs time, never work, and a
storm of requests for the same task within ``QUIET_S`` becomes one message per process.
"""

import threading
import time

import structlog
from celery import Task
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
QUIET_S = 0.25
_last_sent: dict[str, float] = {}
_lock = threading.Lock()


def wake(task: Task) -> None:
    """Send ``task`` (no arguments) with a short delay unless this process did so within the last ``QUIET_S``."""
    now = time.monotonic()
    with _lock:
        if now - _last_sent.get(task.name, -QUIET_S) < QUIET_S:
            return
        _last_sent[task.name] = now
    try:
        task.apply_async(countdown=QUIET_S, expires=60, retry=False)
    except OperationalError as error:
        log.warning("broker.away", task=task.name, error=str(error))
