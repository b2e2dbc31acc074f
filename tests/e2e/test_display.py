"""Messages on displays through the whole product."""

import pytest

from apps.chargers.models import DisplayMessage, StationCommand
from tests.e2e.portal import Portal

pytestmark = pytest.mark.server


@pytest.fixture
def station(network):
    return network.enrol(protocol="ocpp2.0.1")


@pytest.fixture
async def charger(network, station):
    async with network.dial(station, version="2.0.1") as powered:
        await powered.boot()
        yield powered


async def newest(network, station) -> StationCommand:
    rows = network.rows(StationCommand.objects.filter(station=station).order_by("-id")[:1])
    return await network.settled(rows[0])


def messages(network, station) -> list[DisplayMessage]:
    return network.rows(DisplayMessage.objects.filter(station=station).order_by("pk"))


@pytest.mark.ocpp("2.0.1", "SetDisplayMessage", "ClearDisplayMessage")
async def test_a_message_is_shown_by_a_form_and_cleared_by_another(network, station, charger):
    async with Portal(network) as portal:
        await portal.send("station-display-new", station.pk, content="Welcome", format="UTF8", priority="InFront")
        assert (await newest(network, station)).status_word == "Accepted"
        (shown,) = messages(network, station)
        assert shown.state == "installed"
        assert charger.station.display[shown.number]["message"] == {"format": "UTF8", "content": "Welcome"}
        await portal.send("display-message-clear", shown.pk)
        await newest(network, station)
        assert [row.state for row in messages(network, station)] == ["cleared"]
        assert charger.station.display == {}


@pytest.mark.ocpp("2.0.1", "GetDisplayMessages", "NotifyDisplayMessages")
async def test_what_a_display_shows_is_read_back_in_parts(network, api, station, charger):
    for number in (1, 2, 3):
        text = {"format": "ASCII", "content": f"Message {number}"}
        charger.station.display[number] = {"id": number, "priority": "NormalCycle", "message": text}
    async with Portal(network) as portal:
        await portal.send("station-display-read", station.pk)
    command = await newest(network, station)
    await api.until(f"commands/{command.pk}/", state="confirmed")
    assert [(row.number, row.content, row.state) for row in messages(network, station)] == [
        (number, f"Message {number}", "installed") for number in (1, 2, 3)
    ]
    assert len(charger.sent("NotifyDisplayMessages")) == 2


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ({"priority": "AlwaysFront"}, "NotSupportedPriority"),
        ({"message": {"format": "HTML", "content": "<b>x</b>"}}, "NotSupportedMessageFormat"),
        ({"transactionId": "nobody-s"}, "UnknownTransaction"),
    ],
)
@pytest.mark.ocpp("2.0.1", "SetDisplayMessage")
async def test_what_the_display_cannot_do_is_said(network, api, station, charger, message, word):
    text = {"format": "UTF8", "content": "x"}
    payload = {"message": {"id": 1, "priority": "InFront", "message": text, **message}}
    command = await api.command(station.identity, "SetDisplayMessage", payload)
    assert (command["state"], command["status_word"]) == ("rejected", word)
    assert messages(network, station) == []


@pytest.mark.ocpp("2.0.1", "GetDisplayMessages")
async def test_an_empty_display_is_unknown(network, api, station, charger):
    command = await api.command(station.identity, "GetDisplayMessages", {"requestId": 1})
    assert (command["state"], command["status_word"]) == ("rejected", "Unknown")
