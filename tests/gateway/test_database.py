"""The connections of the gateway's threads read what was written, as Django's own would."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, connections

from apps.gateway.database import Patience, use_own_connection

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)


def in_own_thread(work):
    """The result of ``work()`` in a thread with a connection of its own."""
    results = []

    def run():
        use_own_connection("test", Patience(lock_ms=1000, statement_ms=5000))
        try:
            results.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


def test_instants_come_back_as_they_were_stored_by_rows_and_by_cursors_of_the_server(station_row):
    def read():
        rows = type(station_row).objects.filter(pk=station_row.pk).values_list("last_seen_at", flat=True)
        return [rows.get(), *rows.iterator(chunk_size=1)]

    found = in_own_thread(read)
    assert found == [NOON, NOON]
    assert {at.utcoffset() for at in found} == {NOON.utcoffset()}


@pytest.mark.parametrize("year", [1970, 9999])
def test_far_instants_are_read_too(year):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: SQLite has no instants of its own")
    at = datetime(year, 1, 1, tzinfo=UTC)

    def read():
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::timestamptz, NULL::timestamptz", [at])
            return cursor.fetchone()

    assert in_own_thread(read) == (at, None)


@pytest.fixture
def station_row():
    from tests.factories.chargers import ConnectionFactory

    return ConnectionFactory(last_seen_at=NOON)
