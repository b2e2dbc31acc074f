"""The simulated chargers of the demo: a process of its own that speaks to the server over real WebSockets."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from chargenet.demo.seed import FLEET_FILE

MANAGE = Path(settings.BASE_DIR) / "manage.py"
FAREWELL_S = 8


class DemoChargers:
    """Started when the server is ready, stopped before it, so that every running session is ended properly."""

    def __init__(self, *, url: str) -> None:
        command = [sys.executable, str(MANAGE), "simulate", "--fleet", str(FLEET_FILE), "--url", url]
        # A session of its own: Ctrl-C reaches this process only, which then asks the chargers to end.
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)

    def stop(self) -> None:
        """Let the sessions end and the process go; returns when it is gone, and may be called again."""
        if self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=FAREWELL_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
