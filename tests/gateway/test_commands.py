"""Commands on their way to a station and back: rows in, the charger's own words out."""

import asyncio
from datetime import UTC, datetime

import pytest

from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.messages.commands import ClearCache, RawCall, UnlockConnector
from apps.chargers.models import StationCommand
from apps.chargers.services.commands import enqueue
from apps.gateway.simulator.driver import CallError
from tests.support.waiting import eventually

pytestmark = pytest.mark.server


def ask(place, station, command) -> StationCommand:
    return place.database.do(
        lambda: enqueue(
            station=station, command=command, actor=None, origin=CommandOrigin.AUTOMATION, at=datetime.now(UTC)
        )
    )


async def settled(place, row) -> StationCommand:
    def state():
        stored = place.reload(row)
        return stored if stored.is_settled else None

    return await eventually(state, what=f"the end of {row.name}")


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
async def test_a_command_is_sent_and_settled_with_the_chargers_words(place, version):
    station = place.enrol()
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        row = ask(place, station, UnlockConnector(evse_id=1))
        assert (await charger.expect_call("UnlockConnector"))["connectorId"] == 1
        stored = await settled(place, row)
        assert (stored.state, stored.status_word) == (CommandState.ACCEPTED, "Unlocked")
        assert stored.response == {"status": "Unlocked"}
        assert stored.sent_at is not None


async def test_a_refusal_is_shown_in_the_chargers_words(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        charger.on("ClearCache", {"status": "Rejected"})
        stored = await settled(place, ask(place, station, ClearCache()))
        assert (stored.state, stored.status_word) == (CommandState.REJECTED, "Rejected")


async def test_a_call_error_fails_only_its_command(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()

        def broken(payload):
            raise CallError("InternalError", "out of order")

        charger.on("ClearCache", broken)
        first, second = ask(place, station, ClearCache()), ask(place, station, UnlockConnector(evse_id=1))
        assert (await settled(place, first)).error_code == "InternalError"
        assert (await settled(place, second)).state == CommandState.ACCEPTED


async def test_an_answer_that_breaks_the_schema_fails_only_its_command(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        charger.on("ClearCache", {"status": "Perhaps"})
        first, second = ask(place, station, ClearCache()), ask(place, station, UnlockConnector(evse_id=1))
        stored = await settled(place, first)
        assert (stored.state, stored.error_code) == (CommandState.FAILED, "PropertyConstraintViolation")
        assert (await settled(place, second)).state == CommandState.ACCEPTED


async def test_silence_times_out_and_the_next_command_goes(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        charger.on("ClearCache", lambda payload: None)
        first, second = ask(place, station, ClearCache()), ask(place, station, UnlockConnector(evse_id=1))
        assert (await settled(place, first)).state == CommandState.TIMED_OUT
        assert (await settled(place, second)).state == CommandState.ACCEPTED


async def test_one_command_at_a_time_and_never_in_the_way_of_the_station(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        may_answer = asyncio.Event()

        async def later(payload):
            await may_answer.wait()
            return {"status": "Accepted"}

        charger.on("ClearCache", later)
        first, second = ask(place, station, ClearCache()), ask(place, station, UnlockConnector(evse_id=1))
        await charger.expect_call("ClearCache")
        assert "currentTime" in await charger.call("Heartbeat", {}, alone=False)
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"}
        assert await charger.call("StatusNotification", status, alone=False) == {}
        assert charger.received("UnlockConnector") == []
        may_answer.set()
        assert (await settled(place, first)).state == CommandState.ACCEPTED
        assert (await settled(place, second)).state == CommandState.ACCEPTED


async def test_a_command_waits_for_an_absent_station(place):
    station = place.enrol()
    row = ask(place, station, ClearCache())
    async with place.dial(station) as charger:
        await charger.boot()
        assert (await settled(place, row)).state == CommandState.ACCEPTED


async def test_a_command_on_a_lost_socket_fails(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        charger.on("ClearCache", lambda payload: None)
        row = ask(place, station, ClearCache())
        await charger.expect_call("ClearCache")
        await charger.drop()
        stored = await settled(place, row)
        assert (stored.state, stored.error_code) == (CommandState.FAILED, "connection lost")


async def test_a_command_that_the_version_cannot_say_fails_with_a_sentence(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        row = ask(place, station, RawCall(action="SetMonitoringBase", payload={"monitoringBase": "All"}))
        stored = await settled(place, row)
        assert (stored.state, stored.sent_at is None) == (CommandState.FAILED, False)
        assert stored.explanation == "ocpp1.6 has no call 'SetMonitoringBase' to a charging station."
        assert charger.received("SetMonitoringBase") == []


async def test_a_raw_call_brings_the_whole_answer(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        charger.on("GetConfiguration", {"configurationKey": [{"key": "Odd", "readonly": True, "value": "7"}]})
        row = ask(place, station, RawCall(action="GetConfiguration", payload={"key": ["Odd"]}))
        stored = await settled(place, row)
        assert stored.response == {"configurationKey": [{"key": "Odd", "readonly": True, "value": "7"}]}
