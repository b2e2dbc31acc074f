"""Database connections of the gateway's own threads.

Services use Django's ``default`` connection of the thread they run in. A thread of the gateway puts a connection of its
own there: outside the pool that pages share, with short timeouts, so that neither an exhausted pool nor a lock held by
somebody else holds up the chargers.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.utils import load_backend

from apps.gateway import own_postgresql

CONNECT_TIMEOUT_S = 3
SQLITE_LOCK_TIMEOUT_S = 5
# SQLSTATE: lock not available, query cancelled (statement timeout), deadlock, serialisation failure.
LOCK_NOT_AVAILABLE = "55P03"
CONTENTION_STATES = frozenset({LOCK_NOT_AVAILABLE, "57014", "40P01", "40001"})

# SQLite has one writer and lets the others sleep and try again; threads that queue here are woken at once.
_sqlite_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a thread waits for a lock and for a statement (PostgreSQL), in ms."""

    lock_ms: int
    statement_ms: int


def use_own_connection(name: str, patience: Patience, *, waits_for_disk: bool = True) -> None:
    """Give the calling thread a connection of its own, shown as ``name`` in ``pg_stat_activity``.

    ``waits_for_disk=False`` is for what nobody was promised: a crash of PostgreSQL may lose its last moments.
    """
    settings = deepcopy(connections.settings[DEFAULT_DB_ALIAS])
    options = settings["OPTIONS"]
    options.pop("pool", None)
    if settings["ENGINE"].endswith("postgresql"):
        limits = f"-c lock_timeout={patience.lock_ms} -c statement_timeout={patience.statement_ms}"
        if not waits_for_disk:
            limits += " -c synchronous_commit=off"
        options["options"] = f"{options.get('options', '')} {limits}".strip()
        options["connect_timeout"] = CONNECT_TIMEOUT_S
        options["application_name"] = f"chargenet {name}"
        # The same few statements, all day long: values travel apart from the text, and plans are kept.
        options["server_side_binding"] = True
        options["prepare_threshold"] = 3
        backend = own_postgresql
    else:
        options["timeout"] = SQLITE_LOCK_TIMEOUT_S
        if not waits_for_disk:
            options["init_command"] = f"{options.get('init_command', '')} PRAGMA synchronous=NORMAL;".strip()
        backend = load_backend(settings["ENGINE"])
    connections[DEFAULT_DB_ALIAS] = backend.DatabaseWrapper(settings, DEFAULT_DB_ALIAS)


@contextmanager
def write_turn() -> Iterator[None]:
    """Wait for this process's turn to write, where the database has one writer only."""
    if connection.vendor == "sqlite":
        with _sqlite_turn:
            yield
    else:
        yield


def discard_broken_connection() -> bool:
    """Drop the thread's connection if it no longer works; whether it was dropped."""
    if connection.connection is not None and not connection.is_usable():
        connection.close()
    return connection.connection is None


def is_contention(error: BaseException) -> bool:
    """Whether ``error`` says that somebody else was in the way, so that waiting longer may help."""
    return getattr(error.__cause__, "sqlstate", None) in CONTENTION_STATES


def is_lock(error: BaseException) -> bool:
    """Whether ``error`` says that a lock was held by somebody else for too long, so that others need not wait."""
    return getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE


def limit_lock_wait(lock_ms: int) -> None:
    """Wait for locks no longer than ``lock_ms`` in the open transaction, where the database has row locks."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {lock_ms:d}")


def is_away(error: BaseException) -> bool:
    """Whether ``error`` says that the database cannot be reached."""
    return isinstance(error, OperationalError | InterfaceError) and not is_contention(error)
