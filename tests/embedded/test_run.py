"""``make run`` as a person meets it: the command in a process of its own, on a machine without services."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from chargenet.demo.people import SIGN_INS
from chargenet.demo.places import STATIONS
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the command is the same on both tiers: tested on one"),
]


class Run:
    """A running ``manage.py run``; ``text`` is everything it printed so far."""

    def __init__(self, var: Path, *arguments: str) -> None:
        self.log = var.parent / "run.log"
        environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        command = [sys.executable, "manage.py", "run", "--port", "0", *arguments]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment | {"CHARGENET_VAR": str(var)}, stdout=log, stderr=log
            )

    @property
    def text(self) -> str:
        return self.log.read_text()

    def wait_ready(self) -> str:
        """The URL it printed."""
        wait_until(lambda: "Ctrl-C stops everything" in self.text or self.process.poll() is not None, within_s=120)
        return re.search(r"runs at (http://\S+)", self.text)[1]

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture
def start(tmp_path):
    runs = []

    def begin(*arguments: str) -> Run:
        runs.append(Run(tmp_path / "var", *arguments))
        return runs[-1]

    yield begin
    for run in runs:
        run.stop()


def rows(tmp_path: Path, query: str) -> list[tuple]:
    with sqlite3.connect(tmp_path / "var" / "chargenet.sqlite3") as database:
        return database.execute(query).fetchall()


def test_the_demo_shows_live_sessions_and_a_second_start_keeps_the_data(start, tmp_path):
    run = start()
    url = run.wait_ready()
    assert [person.email for person in SIGN_INS if person.email not in run.text] == []
    assert httpx.get(url, follow_redirects=True).status_code == 200

    talking = sum(1 for station in STATIONS if not station.silent)
    online = "SELECT count(*) FROM chargers_stationconnection WHERE is_online"
    rising = (
        "SELECT count(*) FROM charging_sessions_chargingsession WHERE state IN ('active', 'idle') AND energy_wh > 0"
    )
    wait_until(lambda: rows(tmp_path, online) == [(talking,)], within_s=120)
    wait_until(lambda: rows(tmp_path, rising)[0][0] > 0, within_s=90)

    assert run.stop() == 0
    assert run.text.rstrip().endswith("Stopped.")
    assert "Traceback" not in run.text
    assert rows(tmp_path, rising) == [(0,)], "the chargers ended their sessions before the server went"
    before = rows(tmp_path, "SELECT count(*) FROM charging_sessions_chargingsession")[0][0]

    again = start()
    again.wait_ready()
    assert rows(tmp_path, "SELECT count(*) FROM accounts_organisation") == [(2,)]
    assert rows(tmp_path, "SELECT count(*) FROM charging_sessions_chargingsession")[0][0] >= before
    assert again.stop() == 0


def test_without_the_demo_the_first_page_asks_who_you_are(start):
    run = start("--no-demo")
    url = run.wait_ready()
    page = httpx.get(url, follow_redirects=True)
    assert (page.status_code, page.url.path) == (200, "/setup/")
    assert "Set up ChargeNet" in page.text


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {**os.environ, "CHARGENET_VAR": str(tmp_path / "var")}
        command = [sys.executable, "manage.py", "run", "--port", str(port)]
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stderr.strip() == (
        f"CommandError: Port {port} is taken by another program. Try: make run PORT={port + 1}"
    )


def test_a_place_that_cannot_be_written_to_is_one_sentence(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    environment = {**os.environ, "CHARGENET_VAR": str(blocked / "var")}
    command = [sys.executable, "manage.py", "run"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert result.stderr.strip() == (
        f"ChargeNet cannot write to {blocked}/var (Not a directory). Set CHARGENET_VAR to a writable directory."
    )
