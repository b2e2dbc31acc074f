"""Many chargers at once: a constant number of statements, and processes that do the same work side by side."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from apps.sessions.models import ChargingSession
from apps.sessions.services import numbers
from apps.sessions.services.transactions import record_transaction_events
from tests.factories.chargers import NOON, ConnectorFactory, OnlineStationFactory, StationFactory, fact_of
from tests.factories.drivers import IdTokenFactory
from tests.factories.places import SiteFactory
from tests.factories.sessions import ENDED, STARTED, event_201, start_16, stop_16


@pytest.fixture
def numbers_in_stock():
    """A block of transaction numbers, so that no batch of the test has to fetch one."""
    numbers._pool.extend(range(1_000_000, 1_000_500))


def stations(how_many):
    site = SiteFactory()
    IdTokenFactory(organisation=site.organisation, value="CARD")
    made = StationFactory.create_batch(how_many, site=site)
    for station in made:
        ConnectorFactory(evse__station=station, evse__number=1)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 50])
def test_starts_and_stops_cost_the_same_statements_at_any_size(how_many, numbers_in_stock, django_assert_num_queries):
    made = stations(how_many)
    starts = [fact_of(station, start_16(), protocol="ocpp1.6") for station in made]
    with django_assert_num_queries(8):
        replies = record_transaction_events(starts)
    stops = [
        fact_of(station, stop_16(reply.transaction_id), NOON + timedelta(hours=1), protocol="ocpp1.6")
        for station, reply in zip(made, replies, strict=True)
    ]
    with django_assert_num_queries(5):
        record_transaction_events(stops)
    assert ChargingSession.objects.filter(state="ended", energy_wh=7000).count() == how_many


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 50])
def test_transaction_events_cost_the_same_statements_at_any_size(how_many, django_assert_num_queries):
    made = stations(how_many)
    with django_assert_num_queries(6):
        record_transaction_events(
            [fact_of(s, event_201(STARTED, 0, evse_id=1, wh=5), protocol="ocpp2.0.1") for s in made]
        )
    with django_assert_num_queries(4):
        record_transaction_events([fact_of(s, event_201(ENDED, 1, wh=9), protocol="ocpp2.0.1") for s in made])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("protocol", ["ocpp1.6", "ocpp2.0.1"])
def test_two_workers_with_the_same_start_make_one_session_and_give_one_answer(protocol):
    station = OnlineStationFactory()
    IdTokenFactory(organisation=station.site.organisation, value="CARD")
    event = start_16() if protocol == "ocpp1.6" else event_201(STARTED, 0, evse_id=1, wh=5)
    fact = fact_of(station, event, protocol=protocol)
    together = threading.Barrier(2)
    replies = []

    def work():
        together.wait(timeout=10)
        with transaction.atomic():
            replies.extend(record_transaction_events([fact]))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert ChargingSession.objects.count() == 1
    assert len(replies) == 2
    assert replies[0] == replies[1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_start_that_another_process_inserts_in_this_moment_is_found(monkeypatch):
    """The other process commits between our look and our insert, which the database then refuses."""
    from apps.sessions.services import transactions

    station = OnlineStationFactory()
    fact = fact_of(station, start_16(), protocol="ocpp1.6")
    first = {}
    load = transactions.load_candidates

    def look_then_lose_the_race(facts):
        found = load(facts)
        if not first:
            first["reply"] = None
            worker = threading.Thread(target=other_process)
            worker.start()
            worker.join(timeout=30)
        return found

    def other_process():
        with transaction.atomic():
            (first["reply"],) = record_transaction_events([fact])
        connection.close()

    monkeypatch.setattr(transactions, "load_candidates", look_then_lose_the_race)
    with transaction.atomic():
        (reply,) = record_transaction_events([fact])
    assert reply == first["reply"]
    assert ChargingSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_of_a_transaction_that_failed_are_never_given_again(numbers_in_stock):
    numbers._pool.clear()
    with transaction.atomic():
        numbers.take_transaction_numbers(3)
        transaction.set_rollback(True)
    assert not numbers._pool
    with transaction.atomic():
        taken = numbers.take_transaction_numbers(2)
    with transaction.atomic():
        taken += numbers.take_transaction_numbers(numbers.BLOCK) + numbers.take_transaction_numbers(5)
    assert len(set(taken)) == len(taken)
