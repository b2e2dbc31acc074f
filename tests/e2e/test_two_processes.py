"""Two gateway processes on one database and one Redis, as a balancer would have them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.models import ConnectionEvent, GatewayProcess, StationConnection
from apps.chargers.services.connections import sweep_connections
from apps.core.models import OutboxEvent
from tests.e2e.network import CARD, Network
from tests.support.fixtures import QUICK
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.server, pytest.mark.postgres, pytest.mark.redis]
STATIONS = 8


async def test_a_command_entered_at_one_reaches_a_charger_at_the_other(
    common_server, server_database, real_database_allowed
):
    with ServerProcess(server_database, **QUICK) as other:
        here = Network.found(common_server)
        station = here.enrol()
        async with here.at(other).dial(station) as charger, here.api() as api:
            await charger.boot()
            row = await api.command(station.identity, "UnlockConnector", {"connectorId": 1})
            assert (row["state"], row["response"]) == ("accepted", {"status": "Unlocked"})
            assert charger.received("UnlockConnector") == [{"connectorId": 1}]


def lease_runs_out(server: ServerProcess) -> None:
    """What the other process does once a dead one has not renewed its lease."""
    now = datetime.now(UTC)
    GatewayProcess.objects.filter(pid=server.pid).update(lease_until=now - timedelta(seconds=1))
    sweep_connections(now)


async def test_chargers_of_a_killed_process_go_on_at_the_other_and_are_never_offline(
    request, common_server, server_database, real_database_allowed
):
    first = ServerProcess(server_database, **QUICK).start()
    request.addfinalizer(first.kill)
    second = Network.found(common_server)
    stations = [second.enrol() for _ in range(STATIONS)]
    chargers = [second.at(first).dial(station) for station in stations]
    for charger in chargers:
        await charger.connect()
        await charger.boot()
        await charger.plug_in()
        await charger.start(token=CARD, meter_start_wh=1000)
    first.kill()
    for charger in chargers:
        await charger.wait_closed()
        await charger.meter(energy_wh=1500)
        charger.station.url = common_server.socket_url
    await asyncio.gather(*(charger.reconnect(boot=False) for charger in chargers))
    server_database.do(lambda: lease_runs_out(first))
    for charger in chargers:
        await charger.stop(meter_stop_wh=1700)

    keys = [station.pk for station in stations]
    assert second.rows(ConnectionEvent.objects.filter(station__in=keys, kind="offline")) == []
    assert second.rows(OutboxEvent.objects.filter(name="station.offline", subject_id__in=keys)) == []
    connections = second.rows(StationConnection.objects.filter(station__in=keys))
    assert [(row.is_online, row.offline_due_at) for row in connections] == [(True, None)] * STATIONS
    async with second.api() as api:
        for station in stations:
            session = await api.session(station.identity)
            assert (session["state"], session["energy_wh"]) == ("ended", 700)
        await chargers[0].boot()
        row = await api.command(stations[0].identity, "ClearCache", {})
        assert row["state"] == "accepted"
    for charger in chargers:
        await charger.__aexit__(None, None, None)
