"""Real server processes on a database of their own, for tests that talk to the product over the wire.

    with own_database(tmp_path) as database:             # migrated; the embedded tier's or the production tier's kind
        with ServerProcess(database) as server:          # ready when its port answers
            websockets.connect(f"{server.socket_url}/CP1")
            server.kill()                                # kill -9

The ``database`` is reached from the test itself, async or not, by ``database.do(lambda: Model.objects…)``; the
test uses the fixture ``real_database_allowed`` (``tests.support.fixtures``) so that pytest-django lets it. On the
production tier the database is a new one beside ``DATABASE_URL``'s and Redis is the one of ``REDIS_URL``.
"""

import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 60
END_WITHIN_S = 20


@dataclass
class OwnDatabase:
    """A migrated database that belongs to one test module, and the environment that leads a process to it."""

    var: Path
    url: str
    environment: dict[str, str] = field(default_factory=dict, repr=False)

    def do(self, function: Callable[[], Any]) -> Any:
        """``function()`` in a thread whose default connection is this database; waits for it."""
        return self._thread.submit(function).result(60)

    def deliver_events(self) -> None:
        """Call every subscriber of what was announced; the server under test has no worker beside it."""
        self.do(_deliver_all)

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, initializer=self._use)

    def _use(self) -> None:
        connections[DEFAULT_DB_ALIAS] = self._open()

    def close(self) -> None:
        """End the thread and its connection; the next ``do`` starts another."""
        if "_thread" in self.__dict__:
            self.do(lambda: connections[DEFAULT_DB_ALIAS].close())
            self.__dict__.pop("_thread").shutdown()

    def _open(self) -> Any:
        known = dict(connections.settings[DEFAULT_DB_ALIAS])
        known["OPTIONS"] = {key: value for key, value in known["OPTIONS"].items() if key != "pool"}
        known["NAME"] = self.url.rsplit("/", 1)[1] if self.url else self.var / "chargenet.sqlite3"
        return load_backend(known["ENGINE"]).DatabaseWrapper(known, DEFAULT_DB_ALIAS)


def _deliver_all() -> None:
    from apps.core import outbox  # here: benchmarks load this module before Django is set up

    while outbox.relay():
        pass


@contextmanager
def own_database(directory: Path) -> Iterator[OwnDatabase]:
    """A new, migrated database of this tier's kind; dropped afterwards."""
    name = f"chargenet_test_{uuid.uuid4().hex[:10]}"
    if settings.DATABASE_URL:
        server = settings.DATABASE_URL.rsplit("/", 1)[0]
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            template = migrated_template(admin, server, directory)
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        database = OwnDatabase(directory, f"{server}/{name}", _environment(directory, f"{server}/{name}"))
        try:
            yield database
        finally:
            database.close()
            with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        return
    database = OwnDatabase(directory, "", _environment(directory, ""))
    _migrate(database.environment)
    try:
        yield database
    finally:
        database.close()


class ServerProcess:
    """``manage.py serve`` (or uvicorn) in a process of its own, on a free port of the loopback."""

    def __init__(
        self,
        database: OwnDatabase,
        *,
        port: int = 0,
        uvicorn: bool = False,
        arguments: Sequence[str] = (),
        **environment: Any,
    ) -> None:
        self.database = database
        self.arguments = list(arguments)
        self.port = port or free_port()
        self.uvicorn = uvicorn
        self.environment = {**database.environment, **{key: str(value) for key, value in environment.items()}}
        self.log_path = database.var / f"server-{self.port}-{uuid.uuid4().hex[:6]}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket_url(self) -> str:
        """Where chargers connect, without their identity."""
        return f"ws://127.0.0.1:{self.port}/ocpp"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the process has written so far."""
        return self.log_path.read_text(errors="replace")

    def start(self) -> Self:
        """Start and wait until the port answers; the log is in the error if it does not."""
        command = [sys.executable, str(ROOT / "manage.py"), "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        command += self.arguments
        if self.uvicorn:
            command = [sys.executable, "-m", "tests.support.run_uvicorn", str(self.port)]
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        deadline_s = time.monotonic() + READY_WITHIN_S
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self.log}")
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """SIGTERM, and the end; an error if it takes too long."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(END_WITHIN_S)

    def kill(self) -> None:
        """SIGKILL."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(END_WITHIN_S)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(var: Path, url: str) -> dict[str, str]:
    var.mkdir(parents=True, exist_ok=True)
    known = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    own = {
        "CHARGENET_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "chargenet.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONUNBUFFERED": "1",
        "ALLOWED_HOSTS": "*",
    }
    if url:
        # Rows of two databases have the same keys: what is said of one must not be heard of the other.
        own |= {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "REDIS_PREFIX": url.rsplit("/", 1)[1]}
        own["DATABASE_POOL_SIZE"] = "4"  # many servers share one PostgreSQL with its hundred connections
    return {**known, **own}


def migrated_template(admin: psycopg.Connection, server: str, directory: Path) -> str:
    """The name of a migrated database to copy from, made once per set of migrations."""
    fingerprint = _migrations_fingerprint()
    base = re.sub(r"\W", "_", settings.DATABASE_URL.rsplit("/", 1)[1])
    name = f"{base}_template_{fingerprint}"
    admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        unfinished = f"{name}_new"
        admin.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{unfinished}"')
        _migrate(_environment(directory, f"{server}/{unfinished}"))
        admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
        stale = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{base}_template_%"])
        for (other,) in stale.fetchall():
            if other != name:
                admin.execute(f'DROP DATABASE IF EXISTS "{other}" WITH (FORCE)')
    return name


def _migrations_fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("apps/*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _migrate(environment: dict[str, str]) -> None:
    """Migrate; on the embedded tier by copying a file migrated before."""
    if "DATABASE_URL" in environment:
        _run_migrate(environment)
    else:
        shutil.copy(kept_sqlite_file(), Path(environment["CHARGENET_VAR"]) / "chargenet.sqlite3")


def kept_sqlite_file() -> Path:
    """A migrated SQLite database to copy from, made once per set of migrations."""
    kept = Path(settings.VAR_DIR) / f"migrated-{_migrations_fingerprint()}.sqlite3"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process migrates, the others wait for it
        if not kept.is_file():
            with tempfile.TemporaryDirectory() as directory:
                _run_migrate(_environment(Path(directory), ""))
                partial = kept.with_suffix(f".{uuid.uuid4().hex}")
                shutil.copy(Path(directory) / "chargenet.sqlite3", partial)
                partial.replace(kept)
    return kept


def _run_migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=600)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
