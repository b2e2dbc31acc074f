"""A station that sends without end is read more slowly; the others are served as before."""

import asyncio
import time

import pytest

from apps.chargers.models import StationDeviation
from tests.support.fixtures import QUICK
from tests.support.server import ServerProcess
from tests.support.waiting import eventually

pytestmark = pytest.mark.server


async def test_a_flood_is_slowed_and_noted_and_hurts_nobody(server_database, place_at):
    with ServerProcess(server_database, **QUICK, OCPP_FRAMES_PER_SECOND=20) as server:
        place = place_at(server)
        flooder, neighbour = place.enrol(), place.enrol()
        async with place.dial(flooder) as noisy, place.dial(neighbour) as quiet:
            began_s = time.monotonic()
            flood = asyncio.gather(*(noisy.call("Heartbeat", {}, message_id=f"h{n}", alone=False) for n in range(140)))
            worst_s = 0.0
            while not flood.done():
                asked_s = time.monotonic()
                await quiet.call("Heartbeat", {})
                worst_s = max(worst_s, time.monotonic() - asked_s)
                await asyncio.sleep(0.1)
            await flood
            took_s = time.monotonic() - began_s
        # 80 at once, the other 60 at 20 a second.
        assert took_s > 2.5
        assert worst_s < 1

        def noted():
            return StationDeviation.objects.filter(station=flooder, code="flood").exists()

        await eventually(lambda: server_database.do(noted), within_s=15, what="the deviation")
