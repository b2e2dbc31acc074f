"""Group commit without sockets: batches, order, isolation, and lanes that outlive what goes wrong."""

import asyncio
import threading

import pytest
from django.db import connection

from apps.core.models import Counter
from apps.gateway.database import Patience
from apps.gateway.lanes import POSTPONED, Lane, LaneClosed
from apps.gateway.writing import Entry, Writer

PATIENCE = Patience(lock_ms=100, statement_ms=1000)


def store(names):
    for name in names:
        if name == "bad":
            raise ValueError(name)
    Counter.objects.bulk_create([Counter(name=name) for name in names])
    return [f"stored {name}" for name in names]


def store_other(names):
    return [f"other {name}" for name in names]


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_one_transaction_and_answers_in_order(django_assert_num_queries):
    entries = [Entry(1, store, "a"), Entry(2, store_other, "b"), Entry(3, store, "c")]
    results = Writer([store_other, store]).write_batch(entries)
    assert results == ["stored a", "other b", "stored c"]
    assert set(Counter.objects.values_list("name", flat=True)) == {"a", "c"}


@pytest.mark.django_db(transaction=True)
def test_services_run_in_their_lock_order_whatever_arrives_first():
    ran = []

    def first(values):
        ran.append("first")
        return values

    def second(values):
        ran.append("second")
        return values

    Writer([first, second]).write_batch([Entry(1, second, "x"), Entry(2, first, "y")])
    assert ran == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_one_bad_entry_fails_alone():
    names = [f"n{number}" for number in range(10)]
    names[6] = "bad"
    results = Writer([store]).write_batch([Entry(number, store, name) for number, name in enumerate(names)])
    assert isinstance(results[6], ValueError)
    assert [result for result in results if isinstance(result, str)] == [f"stored {n}" for n in names if n != "bad"]
    assert Counter.objects.count() == 9
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_a_service_that_answers_too_few_stores_nothing():
    results = Writer([]).write_batch([Entry(1, lambda names: store(names)[1:], "a")])
    assert isinstance(results[0], ValueError)
    assert not Counter.objects.exists()


class Works:
    """Work of a lane that can be held up."""

    def __init__(self):
        self.batches = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, items):
        self.go.wait(10)
        self.batches.append(items)
        return [ValueError(item) if item < 0 else POSTPONED if item == 0 else item * 2 for item in items]


async def test_a_batch_forms_while_one_is_under_way():
    work = Works()
    lane = Lane("test", work, patience=PATIENCE, batch_limit=5)
    work.go.clear()
    first = lane.submit(1)
    await asyncio.sleep(0)
    rest = [lane.submit(number) for number in range(2, 10)]
    work.go.set()
    assert await first == 2
    assert await asyncio.gather(*rest) == [number * 2 for number in range(2, 10)]
    assert work.batches == [[1], [2, 3, 4, 5, 6], [7, 8, 9]]
    lane.close()


async def test_failures_and_postponed_items_reach_who_waits_for_them():
    taken = []

    def postpone(item, future):
        taken.append(item)
        future.set_result("later")

    lane = Lane("test", Works(), patience=PATIENCE, postpone=postpone)
    results = await asyncio.gather(lane.submit(-1), lane.submit(0), lane.submit(3), return_exceptions=True)
    assert (str(results[0]), results[1], results[2], taken) == ("-1", "later", 6, [0])
    lane.close()


async def test_a_lane_outlives_work_that_raises():
    def work(items):
        if "boom" in items:
            raise RuntimeError("boom")
        return items

    lane = Lane("test", work, patience=PATIENCE)
    with pytest.raises(RuntimeError, match="boom"):
        await lane.submit("boom")
    assert await lane.submit("fine") == "fine"
    lane.close()
    with pytest.raises(LaneClosed):
        lane.submit("too late")
