"""``kill -9`` in the middle of load: what was acknowledged is there, once, and sessions go on as the same ones."""

import asyncio

import pytest

from apps.chargers.models import ConnectorStatusEvent
from apps.gateway.simulator.driver import SimulatedStation
from apps.gateway.simulator.tape import CALL, CALLRESULT
from apps.sessions.models import MeterValue
from tests.e2e.network import CARD, Network
from tests.support.fixtures import QUICK
from tests.support.server import ServerProcess, own_database
from tests.support.waiting import eventually

pytestmark = pytest.mark.server

STATIONS = 20
AT_LEAST = 8
START_WH = 1000


class Talker:
    """A station that charges and tells what it can, and remembers what it told."""

    def __init__(self, network: Network, number: int) -> None:
        self.version = ("1.6", "2.0.1")[number % 2]
        self.boots_again = number % 4 < 2
        self.network = network
        self.station = network.enrol()
        self.charger: SimulatedStation = network.dial(self.station, version=self.version, call_timeout_s=5)
        self.told_wh = [START_WH]
        self.transaction_id = ""

    async def begin(self) -> None:
        await self.charger.connect()
        await self.charger.boot()
        await self.charger.plug_in()
        self.transaction_id = str((await self.charger.start(token=CARD, meter_start_wh=START_WH)).id)

    async def talk(self) -> None:
        """Meter value after meter value until the socket is gone; the last one may have got no answer."""
        while self.charger.connected:
            await self.tell()

    async def tell(self) -> None:
        self.told_wh.append(self.told_wh[-1] + 1)
        await self.charger.meter(energy_wh=self.told_wh[-1])

    async def go_on(self) -> None:
        """Come back, tell what was not acknowledged again and something new, and stop."""
        await self.charger.reconnect(boot=self.boots_again)
        await self.tell()
        await self.charger.stop()
        await self.charger.__aexit__(None, None, None)

    @property
    def acknowledged_wh(self) -> list[int]:
        """The registers in meter values that were answered."""
        messages = [(frame.sent, frame.message) for frame in self.charger.frames if frame.message]
        answered = {message[1] for sent, message in messages if not sent and message[0] == CALLRESULT}
        payloads = [message[3] for sent, message in messages if sent and message[0] == CALL and message[1] in answered]
        return [int(float(values["value"])) for payload in payloads for values in periodic_energy(payload)]

    def stored_wh(self) -> list[int]:
        """The registers in the rows."""
        rows = MeterValue.objects.filter(station_id=self.station.pk, context="Sample.Periodic").order_by("at")
        return [row.energy_wh for row in self.network.rows(rows)]


def periodic_energy(payload: dict):
    """The energy of every periodic sample in a request of either version."""
    for line in payload.get("meterValue", []):
        for value in line["sampledValue"]:
            if value["context"] == "Sample.Periodic" and value["measurand"] == "Energy.Active.Import.Register":
                yield value


async def test_nothing_acknowledged_is_lost_nothing_is_doubled_and_sessions_go_on(
    request, tmp_path, real_database_allowed
):
    with own_database(tmp_path) as database:
        server = ServerProcess(database, **QUICK).start()
        request.addfinalizer(server.kill)
        network = Network.found(server)
        talkers = [Talker(network, number) for number in range(STATIONS)]
        await asyncio.gather(*(talker.begin() for talker in talkers))
        talking = [asyncio.create_task(talker.talk()) for talker in talkers]
        await eventually(lambda: min(len(talker.told_wh) for talker in talkers) > AT_LEAST, within_s=60, what="load")
        server.kill()
        await asyncio.wait_for(asyncio.gather(*talking), 30)
        for talker in talkers:
            stored, acknowledged = talker.stored_wh(), talker.acknowledged_wh
            assert stored[: len(acknowledged)] == acknowledged
            # At most the one message that was under way when the process died may be stored without an answer.
            assert stored in (talker.told_wh[1:], acknowledged)

        with ServerProcess(database, port=server.port, **QUICK):
            await asyncio.gather(*(talker.go_on() for talker in talkers))
            async with network.api() as api:
                for talker in talkers:
                    await check_through(api, talker)


async def check_through(api, talker: Talker) -> None:
    """One session under the first transaction's id, and every meter value once."""
    identity = talker.station.identity
    session = await api.session(identity)
    assert (session["transaction_id"], session["state"]) == (talker.transaction_id, "ended")
    assert (session["meter_start_wh"], session["meter_last_wh"]) == (START_WH, talker.told_wh[-1])
    assert set(session["flags"]) <= {"rebooted"}
    rows = await api.all("meter-values/", station=identity)
    periodic = [row["energy_wh"] for row in rows if row["context"] == "Sample.Periodic"]
    assert periodic == talker.told_wh[1:]


async def tell_statuses(charger: SimulatedStation, answered: list[str]) -> None:
    """Status after status until the socket is gone; 1.6's ``info`` numbers them."""
    while charger.connected:
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "info": f"n{len(answered)}"}
        try:
            await charger.call("StatusNotification", status)
        except Exception:  # whatever the end of the server looks like from here
            return
        answered.append(status["info"])


async def test_statuses_that_were_acknowledged_are_there_in_their_order(request, tmp_path, real_database_allowed):
    with own_database(tmp_path) as database:
        server = ServerProcess(database, **QUICK).start()
        request.addfinalizer(server.kill)
        network = Network.found(server)
        stations = [network.enrol() for _ in range(4)]
        chargers = [network.dial(station, call_timeout_s=5) for station in stations]
        answered: list[list[str]] = [[] for _ in stations]
        for charger in chargers:
            await charger.connect()
        talking = [asyncio.create_task(tell_statuses(*pair)) for pair in zip(chargers, answered, strict=True)]
        await eventually(lambda: min(map(len, answered)) >= AT_LEAST, within_s=60, what="load")
        server.kill()
        await asyncio.wait_for(asyncio.gather(*talking), 30)
        for station, told in zip(stations, answered, strict=True):
            rows = ConnectorStatusEvent.objects.filter(station=station).order_by("id")
            stored = [row.info for row in network.rows(rows)]
            assert stored[: len(told)] == told
            assert len(stored) - len(told) in {0, 1}
