"""Where the product runs while it is measured: a database of its own and server processes on it."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from tests.support.server import ROOT, OwnDatabase, ServerProcess

DATABASE_SERVER = os.environ.get("BENCH_DATABASE_SERVER", "postgres://postgres@127.0.0.1:5432")
REDIS_URL = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/8")


@dataclass
class Deployment:
    """A migrated and seeded database. ``access`` holds the operator's API token and session cookie."""

    database: OwnDatabase
    access: dict[str, str]

    @property
    def is_postgres(self) -> bool:
        return bool(self.database.url)

    def server(self, *, uvicorn: bool = False, **environment: Any) -> ServerProcess:
        """Not yet started."""
        return ServerProcess(self.database, uvicorn=uvicorn, **environment)

    def fetch(self, sql: str) -> list[tuple]:
        """The rows of ``sql``, read by a connection of its own."""
        if self.is_postgres:
            with psycopg.connect(self.database.url, autocommit=True) as connection:
                cursor = connection.execute(sql)
                return cursor.fetchall() if cursor.description else []
        connection = sqlite3.connect(self.database.var / "chargenet.sqlite3", timeout=20)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def run(self, *arguments: str) -> str:
        """What a Python process on this database prints."""
        return _python(self.database.environment, *arguments)


class CpuMeter:
    """CPU seconds of a server process and of the PostgreSQL backends that serve its database, since it was made."""

    def __init__(self, pid: int, deployment: Deployment | None = None) -> None:
        self._process = psutil.Process(pid)
        self._deployment = deployment
        self._before = self._read()

    def seconds(self) -> tuple[float, float]:
        """(server, database)."""
        now = self._read()
        database_s = sum(value - self._before[1].get(pid, 0.0) for pid, value in now[1].items())
        return now[0] - self._before[0], database_s

    def _read(self) -> tuple[float, dict[int, float]]:
        times = self._process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system, self._backends()

    def _backends(self) -> dict[int, float]:
        if self._deployment is None or not self._deployment.is_postgres:
            return {}
        rows = self._deployment.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        seconds = {}
        for (pid,) in rows:
            try:
                times = psutil.Process(pid).cpu_times()
            except psutil.NoSuchProcess:
                continue
            seconds[pid] = times.user + times.system
        return seconds


def production_missing() -> str:
    """Why PostgreSQL and Redis cannot be measured; empty if they can."""
    try:
        psycopg.connect(f"{DATABASE_SERVER}/postgres", connect_timeout=3).close()
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3).ping()
    except (psycopg.OperationalError, redis.RedisError) as error:
        return str(error).strip().splitlines()[0]
    return ""


@contextmanager
def production(stations: int) -> Iterator[Deployment]:
    """PostgreSQL with Redis; the database is dropped afterwards."""
    name = f"chargenet_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{DATABASE_SERVER}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    try:
        with _seeded(f"{DATABASE_SERVER}/{name}", stations) as deployment:
            deployment.fetch("ANALYZE")
            yield deployment
    finally:
        with psycopg.connect(f"{DATABASE_SERVER}/postgres", autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def embedded(stations: int) -> Iterator[Deployment]:
    """SQLite, everything in one process."""
    with _seeded("", stations) as deployment:
        yield deployment


@contextmanager
def _seeded(url: str, stations: int) -> Iterator[Deployment]:
    with tempfile.TemporaryDirectory(prefix="chargenet-bench-") as directory:
        environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
        environment |= {
            "CHARGENET_VAR": directory,
            "DJANGO_SETTINGS_MODULE": "chargenet.settings",
            "SECRET_KEY": "only for the benchmark",
            "ALLOWED_HOSTS": "*",
            "LOG_LEVEL": "WARNING",
        }
        if url:
            environment |= {"DATABASE_URL": url, "REDIS_URL": REDIS_URL}
        _python(environment, "manage.py", "migrate", "--verbosity", "0")
        access = json.loads(_python(environment, "-m", "tests.benchmarks.seed", str(stations)).splitlines()[-1])
        yield Deployment(OwnDatabase(Path(directory), url, environment), access)


def _python(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-2000:]}")
    return done.stdout
