"""What an operator asks for in the portal's forms, done by a charger made by others."""

import pytest

from apps.chargers.models import DeviceVariable, StationCommand
from tests.e2e.foreign import CHARGERS
from tests.e2e.network import CARD, PASSWORD
from tests.e2e.portal import Portal
from tests.support.versions import of

pytestmark = pytest.mark.server
BOTH = pytest.mark.parametrize("version", list(CHARGERS))


@pytest.fixture
def station(network):
    return network.enrol()


@pytest.fixture
async def charger(network, station, version):
    async with CHARGERS[version](network.server.socket_url, station.identity, PASSWORD) as powered:
        yield powered


@pytest.fixture
async def portal(network):
    async with Portal(network) as signed_in:
        yield signed_in


async def newest_command(network, station) -> StationCommand:
    """The last command of the station, once it is settled."""
    rows = network.rows(StationCommand.objects.filter(station=station).order_by("-id")[:1])
    return await network.settled(rows[0])


@BOTH
async def test_a_session_is_started_and_stopped_by_forms(network, api, portal, station, charger, version):
    await portal.send("station-start", station.pk, evse=1, search=CARD)
    start = await newest_command(network, station)
    assert start.requested_by_id == network.operator.pk
    await api.until(f"commands/{start.pk}/", state="confirmed")
    running = await api.session(station.identity)
    assert (running["state"], running["token_value"]) == ("active", CARD)
    await portal.send("session-stop", running["id"])
    stop = await newest_command(network, station)
    await api.until(f"commands/{stop.pk}/", state="confirmed")
    assert (await api.one(f"sessions/{running['id']}/"))["stopped_reason"] == "Remote"


@BOTH
async def test_a_station_is_unlocked_taken_out_of_service_asked_and_reset_by_forms(
    network, api, portal, station, charger, version
):
    await portal.send("station-unlock", station.pk, evse=1)
    assert (await newest_command(network, station)).response == {"status": "Unlocked"}
    await portal.send("station-availability", station.pk, evse=0, operative="no")
    await charger.was_asked("ChangeAvailability Inoperative")
    await api.until(f"stations/{station.identity}/", status="unavailable")
    await portal.send("station-trigger", station.pk, message="Heartbeat", evse=0)
    await charger.was_asked("TriggerMessage Heartbeat")
    await portal.send("station-clear-cache", station.pk)
    assert (await newest_command(network, station)).response == {"status": "Accepted"}
    await portal.send("station-reset", station.pk, kind="Immediate")
    reset = await newest_command(network, station)
    await api.until(f"commands/{reset.pk}/", state="confirmed")


SETTING = {"1.6": "HeartbeatInterval", "2.0.1": "TxUpdatedInterval"}


@BOTH
async def test_variables_are_read_and_one_is_set_by_forms(network, portal, api, station, charger, version):
    await portal.send("station-read-variables", station.pk)
    read = await newest_command(network, station)
    await api.until(f"commands/{read.pk}/", state="accepted" if version == "1.6" else "confirmed")
    (variable,) = network.rows(DeviceVariable.objects.filter(station=station, variable=of(SETTING, version)))
    await portal.send("variable-set", variable.pk, value="30")
    assert (await newest_command(network, station)).state == "accepted"
    (stored,) = network.rows(DeviceVariable.objects.filter(pk=variable.pk))
    assert stored.value == "30"


@BOTH
async def test_a_raw_call_is_sent_as_it_was_typed(network, portal, station, charger, version):
    payload = '{"vendorId": "Foreign", "messageId": "m", "data": "d"}'
    await portal.send("station-raw-call", station.pk, call="DataTransfer", payload=payload)
    assert (await newest_command(network, station)).response == {"status": "Accepted", "data": "m: d"}
