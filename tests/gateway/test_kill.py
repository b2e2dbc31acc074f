"""``kill -9`` in the middle of load: what was acknowledged is there, once, and sessions go on."""

import asyncio

import pytest

from apps.chargers.models import ConnectorStatusEvent
from apps.gateway.simulator.driver import CallError, CallTimeout, NotConnected
from apps.sessions.models import ChargingSession
from tests.gateway.conftest import connected
from tests.support.fixtures import QUICK
from tests.support.server import ServerProcess, own_database
from tests.support.waiting import eventually

pytestmark = pytest.mark.server

STATIONS = 8
AT_LEAST = 15


async def talk(charger, acknowledged: list[str]) -> None:
    """Status after status until the socket is gone, remembering what was answered."""
    number = 0
    while True:
        payload = {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "info": f"n{number}"}
        try:
            await charger.call("StatusNotification", payload)
        except (NotConnected, CallTimeout, CallError, ConnectionError):
            return
        acknowledged.append(payload["info"])
        number += 1


async def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(place_at, tmp_path):
    with own_database(tmp_path) as database:
        server = ServerProcess(database, **QUICK).start()
        place = place_at(server)
        stations = [place.enrol() for _ in range(STATIONS)]
        acknowledged: list[list[str]] = [[] for _ in stations]
        async with connected((place.dial(station, call_timeout_s=2) for station in stations), boot=True) as chargers:
            for charger in chargers:
                await charger.plug_in()
                await charger.start(token="CARD", meter_start_wh=1000)
            talking = [asyncio.create_task(talk(*pair)) for pair in zip(chargers, acknowledged, strict=True)]
            await eventually(lambda: min(map(len, acknowledged)) >= AT_LEAST, within_s=60, what="load")
            server.kill()
            await asyncio.wait_for(asyncio.gather(*talking), 30)

            for station, told in zip(stations, acknowledged, strict=True):
                rows = ConnectorStatusEvent.objects.filter(station=station, info__startswith="n")
                stored = database.do(lambda rows=rows: list(rows.order_by("id").values_list("info", flat=True)))
                assert stored[: len(told)] == told
                # At most the one message under way when the process died may be stored without an answer.
                assert len(stored) - len(told) in {0, 1}

            with ServerProcess(database, port=server.port, **QUICK):
                for charger in chargers:
                    await charger.reconnect(boot=False)
                    await charger.stop(meter_stop_wh=3000)
                sessions = database.do(lambda: list(ChargingSession.objects.order_by("station_id")))
                assert [session.energy_wh for session in sessions] == [2000] * STATIONS
