"""Answered means stored: what the database refuses is not acknowledged, and is nobody else's trouble."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from apps.chargers.models import ConnectorStatusEvent
from apps.gateway.simulator.driver import CallError
from tests.gateway.conftest import connected
from tests.support.fixtures import QUICK
from tests.support.server import ServerProcess, own_database
from tests.support.waiting import eventually

pytestmark = pytest.mark.server

TABLE = "chargers_connectorstatusevent"
POISON = "poison"


@contextmanager
def refusing(place) -> Iterator[None]:
    """The database refuses status events that mention poison; PostgreSQL does so no sooner than at commit."""
    place.database.do(_install_trigger)
    try:
        yield
    finally:
        place.database.do(_remove_trigger)


def _install_trigger() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN IF NEW.info = '{POISON}' THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$"
            )
            cursor.execute(
                f"CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON {TABLE} DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION refuse_poison()"
            )
        else:
            cursor.execute(
                f"CREATE TRIGGER refuse BEFORE INSERT ON {TABLE} WHEN NEW.info = '{POISON}'"
                " BEGIN SELECT RAISE(ABORT, 'poison'); END"
            )


def _remove_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TRIGGER refuse ON {TABLE}" if connection.vendor == "postgresql" else "DROP TRIGGER refuse"
        )


def status(info: str) -> dict:
    return {"connectorId": 1, "errorCode": "NoError", "status": "Available", "info": info}


def infos_of(place, station) -> list[str]:
    rows = ConnectorStatusEvent.objects.filter(station=station).order_by("id")
    return place.database.do(lambda: list(rows.values_list("info", flat=True)))


async def test_what_cannot_be_committed_is_answered_with_internal_error(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        with refusing(place):
            with pytest.raises(CallError) as refused:
                await charger.call("StatusNotification", status(POISON))
            assert refused.value.code == "InternalError"
            assert await charger.call("StatusNotification", status("fine")) == {}
        assert infos_of(place, station) == ["fine"]
        assert await charger.call("StatusNotification", status(POISON)) == {}
        assert infos_of(place, station) == ["fine", POISON]


async def test_a_bad_fact_harms_nobody_in_its_batch(place):
    stations = [place.enrol() for _ in range(12)]
    async with connected(map(place.dial, stations)) as chargers:
        with refusing(place):
            answers = await asyncio.gather(
                *(
                    charger.call("StatusNotification", status(POISON if number % 4 == 0 else "fine"))
                    for _ in range(3)
                    for number, charger in enumerate(chargers)
                ),
                return_exceptions=True,
            )
    refused = [answer for answer in answers if isinstance(answer, CallError)]
    assert [error.code for error in refused] == ["InternalError"] * 9
    assert answers.count({}) == 27
    assert [infos_of(place, station) for station in stations] == [
        [] if number % 4 == 0 else ["fine"] * 3 for number in range(12)
    ]


@pytest.mark.postgres
async def test_a_lock_held_by_somebody_else_stops_one_station_only(place):
    blocked, others = place.enrol(), [place.enrol() for _ in range(4)]
    async with connected(map(place.dial, [blocked, *others]), boot=True) as (stuck, *chargers):
        with psycopg.connect(place.database.url) as session:
            session.execute("SELECT 1 FROM chargers_chargingstation WHERE id = %s FOR UPDATE", [blocked.pk])
            waiting = asyncio.create_task(stuck.call("StatusNotification", status("late")))
            times = []
            for _ in range(10):
                began_s = time.monotonic()
                await asyncio.gather(*(charger.call("StatusNotification", status("quick")) for charger in chargers))
                times.append(time.monotonic() - began_s)
            assert not waiting.done()
            # The first round may share a batch with the stuck one and wait for its lock timeout; the rest must not.
            assert sorted(times)[-2] < 0.5
            session.rollback()
        assert await asyncio.wait_for(waiting, 15) == {}
        assert infos_of(place, blocked)[-1] == "late"


@pytest.mark.postgres
async def test_while_the_database_is_away_chargers_hear_so_at_once_and_go_on_afterwards(place_at, tmp_path):
    with own_database(tmp_path) as database, ServerProcess(database, **QUICK) as server:
        place = place_at(server)
        station = place.enrol()
        database.close()
        name = database.url.rsplit("/", 1)[1]
        async with place.dial(station) as charger:
            await charger.boot()
            with psycopg.connect(database.url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as admin:
                admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
                began_s = time.monotonic()
                with pytest.raises(CallError) as refused:
                    await charger.call("StatusNotification", status("while away"))
                assert refused.value.code == "InternalError"
                assert time.monotonic() - began_s < 3
                assert "currentTime" in await charger.call("Heartbeat", {})
                admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

            async def is_stored():
                try:
                    return await charger.call("StatusNotification", status("again")) == {}
                except CallError:
                    return False

            await eventually(is_stored, what="an answer")
