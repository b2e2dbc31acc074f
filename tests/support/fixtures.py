"""Fixtures for tests that talk to real server processes; imported by the ``conftest`` of their folder."""

from collections.abc import Iterator

import pytest

from tests.support.server import OwnDatabase, ServerProcess, own_database


@pytest.fixture(scope="package")
def server_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnDatabase]:
    """One migrated database for all tests that are content with the common server."""
    with own_database(tmp_path_factory.mktemp("server")) as database:
        yield database


@pytest.fixture(scope="package")
def common_server(server_database: OwnDatabase) -> Iterator[ServerProcess]:
    """One server process for all tests that neither kill nor configure it."""
    with ServerProcess(server_database, **QUICK) as server:
        yield server


@pytest.fixture
def real_database_allowed(django_db_blocker) -> Iterator[None]:
    """Let the test reach databases of server processes, which pytest-django knows nothing of."""
    with django_db_blocker.unblock():
        yield


QUICK = {"OCPP_CALL_TIMEOUT_S": 2, "METRICS_ENABLED": "1"}
"""Settings of a server under test: what a person would wait half a minute for comes in seconds."""
