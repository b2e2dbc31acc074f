"""Real servers in processes of their own."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

DEADLINE_S = 10
HERE = Path(__file__).parent


@dataclass
class Served:
    """A running server, its port and what it has written to its log."""

    process: subprocess.Popen
    port: int
    log_path: Path

    def url(self, path: str = "/ocpp/CP1") -> str:
        return f"ws://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=DEADLINE_S)

    def disconnects_at(self, path: str) -> list[dict]:
        return [seen for seen in self.get("/disconnects").json() if seen["path"] == path]

    def log(self) -> str:
        return self.log_path.read_text()


async def eventually(condition: Callable[[], object]) -> object:
    """The first true value of ``condition``, asked again and again until the deadline."""
    end = time.monotonic() + DEADLINE_S
    while not (value := await asyncio.to_thread(condition)):
        assert time.monotonic() < end, "the condition never came true"
        await asyncio.sleep(0.02)
    return value


@contextmanager
def serving(log_path: Path, kind: str, **limits: float) -> Iterator[Served]:
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "serve.py"), kind, json.dumps(limits)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        try:
            line = process.stdout.readline()
            assert line, f"the server did not start: {log_path.read_text()}"
            yield Served(process=process, port=int(line), log_path=log_path)
        finally:
            process.terminate()
            try:
                process.wait(DEADLINE_S)
            except subprocess.TimeoutExpired:
                process.kill()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Ours, patient with a busy machine and without pings."""
    log_path = tmp_path_factory.mktemp("patient") / "log"
    with serving(
        log_path,
        "daphne",
        ping_interval_s=0,
        close_timeout_s=1,
        stop_timeout_s=0.5,
        body_limit_bytes=100_000,
        trusted_proxies=["127.0.0.1", "10.0.0.0/8"],
    ) as served:
        yield served


@pytest.fixture(scope="package")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Ours, with fast pings and short timeouts."""
    log_path = tmp_path_factory.mktemp("impatient") / "log"
    with serving(
        log_path,
        "daphne",
        ping_interval_s=0.4,
        ping_timeout_s=0.6,
        header_timeout_s=0.5,
        connect_timeout_s=0.5,
        close_timeout_s=0.5,
        stop_timeout_s=0.5,
    ) as served:
        yield served


@pytest.fixture(scope="package", params=["daphne", "uvicorn"])
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Each of the servers that ChargeNet runs under, with the same limits."""
    log_path = tmp_path_factory.mktemp(request.param) / "log"
    with serving(log_path, request.param, frame_limit_bytes=65_536) as served:
        yield served
