"""Celery's worker and beat as threads of this process: how the embedded way runs background work."""

import threading

import structlog
from celery import beat
from celery.worker import WorkController

from chargenet.celery import app

log = structlog.get_logger(__name__)
QUEUES = ("default", "billing", "load", "mail")


class BackgroundWork:
    """A worker with a small thread pool and a beat, started and stopped with the server."""

    def __init__(self, *, concurrency: int = 2) -> None:
        app.loader.import_default_modules()
        app.finalize()
        self._worker = WorkController(
            app=app, hostname="embedded@localhost", pool_cls="threads", concurrency=concurrency, loglevel="WARNING",
            queues=QUEUES, without_heartbeat=True, without_mingle=True, without_gossip=True, quiet=True,
        )  # fmt: skip
        self._beat = beat.EmbeddedService(app, thread=True, scheduler_cls=beat.Scheduler)
        self._thread = threading.Thread(target=self._worker.start, name="celery-worker", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._beat.daemon = True
        self._beat.start()

    def stop(self) -> None:
        """Let running tasks end; work that was not begun is found again by its rows."""
        self._beat.service.stop()
        self._worker.stop(in_sighandler=False)
        self._thread.join(timeout=10)
        if self._thread.is_alive():
            log.warning("background.still_running")
