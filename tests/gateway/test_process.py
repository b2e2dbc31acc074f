"""A gateway process as a whole: another server, a clean end, what machines ask of it."""

import httpx
import pytest

from apps.chargers.choices import CommandState
from apps.chargers.messages.commands import ClearCache
from apps.chargers.models import GatewayProcess, StationConnection
from apps.gateway.models import JournalEntry
from apps.gateway.simulator.driver import ConnectionRefused
from tests.gateway.test_commands import ask, settled
from tests.support.fixtures import QUICK
from tests.support.server import ServerProcess, own_database

pytestmark = pytest.mark.server


async def test_the_gateway_runs_under_uvicorn(server_database, place_at):
    with ServerProcess(server_database, uvicorn=True, **QUICK) as server:
        place = place_at(server)
        station = place.enrol()
        with pytest.raises(ConnectionRefused) as refused:
            await place.dial(station, password="wrong-password").connect()
        assert refused.value.http_status == 401
        async with place.dial(station) as old:
            await old.boot()
            assert (await settled(place, ask(place, station, ClearCache()))).state == CommandState.ACCEPTED
            async with place.dial(station) as new:
                assert await old.wait_closed() == 1000
                assert "currentTime" in await new.heartbeat()


async def test_a_stopped_process_leaves_nothing_behind(place_at, tmp_path):
    with own_database(tmp_path) as database:
        server = ServerProcess(database, **QUICK).start()
        place = place_at(server)
        station = place.enrol()
        async with place.dial(station) as charger:
            await charger.boot()
            assert database.do(GatewayProcess.objects.count) == 1
            server.stop()
            assert await charger.wait_closed() == 1001
        row = database.do(lambda: StationConnection.objects.get(station=station))
        assert (row.connection_id, row.gateway_id, row.is_online) == (None, None, True)
        assert database.do(GatewayProcess.objects.count) == 0
        frames = JournalEntry.objects.filter(station_id=station.pk, action="BootNotification")
        assert database.do(frames.count) == 2
        assert "Traceback" not in server.log


async def test_health_and_counters_are_told_to_machines(place):
    async with place.dial(place.enrol()) as charger:
        await charger.heartbeat()
        async with httpx.AsyncClient(base_url=place.server.url) as client:
            assert (await client.get("/healthz")).json() == {"status": "ok"}
            text = (await client.get("/metrics")).text
    assert 'ocpp_messages_total{action="Heartbeat",outcome="ok"}' in text
    assert "ocpp_batch_size_bucket" in text
