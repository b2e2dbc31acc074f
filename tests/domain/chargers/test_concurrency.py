"""The same thing done twice at once, on a database that really lets it happen."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from apps.chargers.choices import ConnectionEventKind
from apps.chargers.messages.events import ConnectorStatus, StatusNotified
from apps.chargers.models import ConnectionEvent, Connector, StationCommand, StationConnection
from apps.chargers.services.commands import Claim, claim_commands
from apps.chargers.services.connections import (
    NewConnection,
    register_connections,
    release_connection,
    sweep_connections,
)
from apps.chargers.services.status import record_statuses
from apps.core.models import OutboxEvent
from tests.factories.chargers import NOON, CommandFactory, GatewayFactory, OnlineStationFactory, StationFactory, fact_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LATER = NOON + timedelta(minutes=10)


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run the jobs at the same moment, each on a database connection of its own; raise what any of them raised."""
    barrier, results, errors = threading.Barrier(len(jobs)), [None] * len(jobs), []

    def run(position: int, job: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            results[position] = job()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    if errors:
        raise errors[0]
    return results


def test_two_sweeps_at_once_declare_a_station_offline_once():
    station = OnlineStationFactory()
    release_connection(station_id=station.pk, connection_id=station.connection.connection_id, reason="x", at=NOON)

    counts = together(*[lambda: sweep_connections(LATER)] * 4)

    assert sum(counts) == 1
    assert OutboxEvent.objects.filter(name="station.offline").count() == 1
    assert ConnectionEvent.objects.filter(kind=ConnectionEventKind.OFFLINE).count() == 1


def test_a_return_and_a_sweep_at_once_leave_a_consistent_picture():
    gateway = GatewayFactory(lease_until=LATER + timedelta(hours=1))
    stations = [OnlineStationFactory() for _ in range(20)]
    for station in stations:
        release_connection(station_id=station.pk, connection_id=station.connection.connection_id, reason="x", at=NOON)
    back = [NewConnection(station.pk, 9000 + n, "ocpp1.6", LATER) for n, station in enumerate(stations)]

    together(lambda: register_connections(back, gateway_id=gateway.pk), lambda: sweep_connections(LATER))

    assert StationConnection.objects.filter(is_online=True, offline_due_at=None).count() == 20
    for station in stations:
        station.refresh_from_db()
    assert {station.status for station in stations} == {"available"}
    announced = OutboxEvent.objects
    assert announced.filter(name="station.online").count() == announced.filter(name="station.offline").count()


def test_two_processes_claim_a_command_once():
    station = OnlineStationFactory()
    row = CommandFactory(station=station)
    socket = station.connection.connection_id

    claims = together(*[lambda n=n: claim_commands([Claim(station.pk, socket, f"m-{n}", NOON)])[0] for n in range(4)])

    assert [claim.id for claim in claims if claim] == [row.pk]
    assert StationCommand.objects.get().state == "sent"


def test_first_mentions_of_one_connector_by_two_processes_make_it_once():
    station = StationFactory()
    facts = [
        fact_of(station, StatusNotified(1, 1, ConnectorStatus.AVAILABLE, NOON + timedelta(seconds=n)), LATER)
        for n in range(4)
    ]

    together(*[lambda fact=fact: record_statuses([fact]) for fact in facts])

    connector = Connector.objects.get()
    assert connector.status_at == NOON + timedelta(seconds=3)


def test_batches_in_opposite_order_do_not_deadlock():
    gateway = GatewayFactory()
    stations = [OnlineStationFactory() for _ in range(10)]
    forth = [NewConnection(station.pk, 100 + n, "ocpp1.6", LATER) for n, station in enumerate(stations)]
    facts = [fact_of(s, StatusNotified(1, 1, ConnectorStatus.CHARGING, LATER), LATER) for s in reversed(stations)]

    together(
        *[lambda: register_connections(forth, gateway_id=gateway.pk), lambda: record_statuses(facts)] * 3,
        lambda: sweep_connections(LATER),
    )

    assert Connector.objects.filter(status="Charging").count() == 10
