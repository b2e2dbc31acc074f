"""Starting a baseline server in a process of its own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.server import ROOT, free_port

READY_WITHIN_S = 20


@dataclass(frozen=True)
class Baseline:
    pid: int
    port: int


@contextmanager
def baseline(module: str, *arguments: str) -> Iterator[Baseline]:
    """A server of ``tests.benchmarks.baselines``, ended afterwards."""
    port = free_port()
    command = [sys.executable, "-m", f"tests.benchmarks.baselines.{module}", str(port), *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield Baseline(process.pid, port)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(port: int, process: subprocess.Popen) -> None:
    deadline_s = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline_s and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The baseline did not start: {process.args}")
