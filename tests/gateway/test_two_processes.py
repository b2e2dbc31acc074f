"""Two gateway processes on one database and one Redis."""

import pytest

from apps.chargers.choices import CommandState
from apps.chargers.messages.commands import ClearCache
from apps.chargers.models import StationConnection
from tests.gateway.test_commands import ask, settled
from tests.support.fixtures import QUICK
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.server, pytest.mark.postgres, pytest.mark.redis]


@pytest.fixture
def pair(server_database, place_at):
    with ServerProcess(server_database, **QUICK) as first, ServerProcess(server_database, **QUICK) as second:
        yield place_at(first), place_at(second)


async def test_a_command_entered_anywhere_reaches_the_process_that_holds_the_station(pair):
    first, second = pair
    station, other = first.enrol(), first.enrol()
    async with first.dial(station) as charger, second.dial(other) as neighbour:
        await charger.boot()
        await neighbour.boot()
        for row in [ask(first, station, ClearCache()), ask(first, other, ClearCache())]:
            assert (await settled(first, row)).state == CommandState.ACCEPTED
        assert len(charger.received("ClearCache")) == 1
        assert len(neighbour.received("ClearCache")) == 1


async def test_a_newer_socket_at_the_other_process_closes_the_old_one(pair):
    first, second = pair
    station = first.enrol()
    async with first.dial(station) as old:
        await old.boot()
        async with second.dial(station) as new:
            assert await old.wait_closed() == 1000
            await new.boot()
            row = first.database.do(lambda: StationConnection.objects.get(station=station))
            assert (row.is_online, row.offline_due_at) == (True, None)
