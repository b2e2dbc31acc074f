"""A row that somebody else holds: found in a batch, postponed alone."""

import psycopg
import pytest
from django.db import connection

from apps.core.models import Counter
from apps.gateway.lanes import POSTPONED
from apps.gateway.writing import Entry, Writer


def touch(names):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM core_counter WHERE name = ANY(%s) FOR UPDATE", [list(names)])
        cursor.execute("UPDATE core_counter SET value = value + 1 WHERE name = ANY(%s)", [list(names)])
    return [f"touched {name}" for name in names]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_only_the_entry_whose_row_is_locked_is_postponed():
    names = [f"n{number}" for number in range(9)]
    Counter.objects.bulk_create([Counter(name=name, value=0) for name in names])
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 100")
    entries = [Entry(number, touch, name) for number, name in enumerate(names)]
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT 1 FROM core_counter WHERE name = 'n5' FOR UPDATE")
        results = Writer([touch]).write_batch(entries)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("100ms",)
        cursor.execute("RESET lock_timeout")
    assert results == [POSTPONED if name == "n5" else f"touched {name}" for name in names]
    assert dict(Counter.objects.values_list("name", "value")) == {name: int(name != "n5") for name in names}
