"""Two sockets of one station, and sockets that end: the newest wins, and only it counts (ocpp-cases 19, 20)."""

import pytest

from apps.chargers.choices import CommandState
from apps.chargers.messages.commands import ClearCache
from apps.chargers.models import StationConnection
from apps.gateway.models import JournalEntry
from tests.gateway.test_commands import ask, settled
from tests.support.waiting import eventually

pytestmark = pytest.mark.server


def connection_of(place, station) -> StationConnection:
    return place.database.do(lambda: StationConnection.objects.get(station=station))


async def test_the_newest_socket_wins_and_the_old_one_is_closed(place):
    station = place.enrol()
    async with place.dial(station) as old:
        await old.boot()
        async with place.dial(station) as new:
            assert await old.wait_closed() == 1000
            assert "currentTime" in await new.heartbeat()
            row = connection_of(place, station)
            assert (row.is_online, row.offline_due_at, row.disconnected_at) == (True, None, None)
            assert place.reload(station).status != "offline"


async def test_the_pending_command_of_the_old_socket_fails(place):
    station = place.enrol()
    async with place.dial(station) as old:
        await old.boot()
        old.on("ClearCache", lambda payload: None)
        row = ask(place, station, ClearCache())
        await old.expect_call("ClearCache")
        async with place.dial(station) as new:
            stored = await settled(place, row)
            assert stored.state == CommandState.FAILED
            await new.boot()
            assert (await settled(place, ask(place, station, ClearCache()))).state == CommandState.ACCEPTED


async def test_many_redials_end_with_one_socket_and_one_registration(place):
    station = place.enrol()
    sockets = [place.dial(station) for _ in range(6)]
    for socket in sockets:
        await socket.connect()
    for socket in sockets[:-1]:
        await socket.wait_closed()
    assert "currentTime" in await sockets[-1].heartbeat()
    assert connection_of(place, station).offline_due_at is None
    for socket in sockets:
        await socket.__aexit__(None, None, None)


@pytest.mark.parametrize("ending", ["drop", "go_offline"])
async def test_a_lost_socket_starts_the_grace_and_says_why(place, ending):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        await getattr(charger, ending)()

        def released():
            row = connection_of(place, station)
            return row if row.offline_due_at else None

        row = await eventually(released, what="the release")
        assert (row.is_online, row.connection_id) == (True, None)
        assert row.disconnect_reason


async def test_both_directions_are_journalled_with_their_times(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        await settled(place, ask(place, station, ClearCache()))

    def entries():
        rows = JournalEntry.objects.filter(station_id=station.pk).order_by("id")
        found = [(row.is_inbound, row.kind, row.action, row.pair_ms is not None) for row in rows]
        return found if len(found) >= 8 else None

    found = await eventually(lambda: place.database.do(entries), what="the journal")
    assert found[:2] == [(True, "call", "BootNotification", False), (False, "result", "BootNotification", True)]
    assert (False, "call", "ClearCache", False) in found
    assert (True, "result", "ClearCache", True) in found
