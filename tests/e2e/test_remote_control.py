"""Remote control through the whole product, each answer of a station shown in its own words."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.choices import CommandOrigin
from apps.chargers.messages.commands import (
    ChangeAvailability,
    RequestStartTransaction,
    RequestStopTransaction,
    Reset,
    TriggerMessage,
    UnlockConnector,
)
from apps.chargers.models import ChargingStation, Evse, StationCommand
from apps.chargers.services.commands import enqueue, expire_commands
from apps.core.ids import reserve_numbers
from apps.sessions.models import ChargingSession
from tests.e2e.network import CARD
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
BOTH = pytest.mark.parametrize("version", ["1.6", "2.0.1"])
START = {"1.6": "RemoteStartTransaction", "2.0.1": "RequestStartTransaction"}


@pytest.fixture
def station(network, version):
    return network.enrol(protocol=f"ocpp{version}", evses=2)


@pytest.fixture
async def charger(network, station, version):
    async with network.dial(station, version=version, connectors=2) as powered:
        await powered.boot()
        yield powered


def start_of(network, **changes) -> RequestStartTransaction:
    number = network.database.do(lambda: reserve_numbers("remote_start", how_many=1)[0])
    return RequestStartTransaction(CARD, number, **{"evse_id": 1, "id_token_type": "ISO14443", **changes})


def sessions(network, station) -> list[ChargingSession]:
    return network.rows(ChargingSession.objects.filter(station=station))


async def until(network, queryset, state) -> object:
    def found():
        (row,) = network.rows(queryset)
        return row if row.state == state else None

    return await eventually(found, what=f"the state {state}")


def command_of(row):
    return StationCommand.objects.filter(pk=row.pk)


@BOTH
async def test_a_started_session_is_joined_to_its_command(network, station, charger, version):
    first, second = start_of(network), start_of(network, evse_id=2)
    assert first.remote_start_id != second.remote_start_id
    rows = [await network.ask(station, start) for start in (first, second)]
    for row in rows:
        await until(network, command_of(row), "confirmed")
    joined = {session.evse_number: session.remote_start_command_id for session in sessions(network, station)}
    assert joined == {1: rows[0].pk, 2: rows[1].pk}


@BOTH
async def test_a_start_that_is_rejected_makes_no_session(network, station, charger, version):
    charger.on(START[version], {"status": "Rejected"})
    row = await network.ask(station, start_of(network))
    assert (row.state, row.status_word) == ("rejected", "Rejected")
    assert sessions(network, station) == []


@BOTH
async def test_a_start_to_which_nobody_plugs_in_expires_visibly(network, station, charger, version):
    charger.on(START[version], {"status": "Accepted"})
    row = await network.ask(station, start_of(network))
    assert row.state == "accepted"
    network.database.do(lambda: expire_commands(datetime.now(UTC) + timedelta(minutes=4)))
    (stored,) = network.rows(command_of(row))
    assert (stored.state, stored.explanation) == (
        "failed", "The charger accepted, but no session started within 180 seconds.",
    )  # fmt: skip


@BOTH
async def test_a_stopped_session_ends_by_remote(network, station, charger, version):
    await charger.start(token=CARD)
    (session,) = sessions(network, station)
    row = await network.ask(station, RequestStopTransaction(session.transaction_id))
    await until(network, command_of(row), "confirmed")
    assert sessions(network, station)[0].stopped_reason == "Remote"


@BOTH
async def test_stopping_an_unknown_transaction_is_rejected(network, station, charger, version):
    row = await network.ask(station, RequestStopTransaction("99999"))
    assert (row.state, row.status_word) == ("rejected", "Rejected")


@pytest.mark.parametrize(
    ("version", "word", "state"),
    [
        ("1.6", "Unlocked", "accepted"), ("1.6", "UnlockFailed", "rejected"), ("1.6", "NotSupported", "rejected"),
        ("2.0.1", "Unlocked", "accepted"), ("2.0.1", "UnlockFailed", "rejected"),
        ("2.0.1", "OngoingAuthorizedTransaction", "rejected"), ("2.0.1", "UnknownConnector", "rejected"),
    ],
)  # fmt: skip
async def test_every_result_of_unlocking_is_shown(network, station, charger, version, word, state):
    charger.on("UnlockConnector", {"status": word})
    row = await network.ask(station, UnlockConnector(1))
    assert (row.state, row.status_word) == (state, word)


MESSAGES = {
    "1.6": ("BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat",
            "MeterValues", "StatusNotification"),
    "2.0.1": ("BootNotification", "FirmwareStatusNotification", "Heartbeat", "LogStatusNotification", "MeterValues",
              "StatusNotification"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("version", "message"), [(version, message) for version, all_ in MESSAGES.items() for message in all_]
)
async def test_every_message_can_be_asked_for(network, station, charger, version, message):
    before = len(charger.sent(message))
    row = await network.ask(station, TriggerMessage(message))
    assert (row.state, row.status_word) == ("accepted", "Accepted")
    await charger.expect_sent(message, times=before + 1)


@BOTH
async def test_a_message_of_one_connector_tells_of_that_one_alone(network, station, charger, version):
    before = len(charger.sent("StatusNotification"))
    await network.ask(station, TriggerMessage("StatusNotification", 2))
    told = await charger.expect_sent("StatusNotification", times=before + 1)
    assert told["connectorId" if version == "1.6" else "evseId"] == 2
    assert len(charger.sent("StatusNotification")) == before + 1


@BOTH
@pytest.mark.parametrize("word", ["NotImplemented", "Rejected"])
async def test_a_message_that_is_not_sent_is_said(network, station, charger, version, word):
    charger.on("TriggerMessage", {"status": word})
    row = await network.ask(station, TriggerMessage("MeterValues"))
    assert (row.state, row.status_word) == ("rejected", word)


@pytest.mark.parametrize(
    ("version", "kind", "reason"),
    [("1.6", "Immediate", "HardReset"), ("1.6", "OnIdle", "SoftReset"), ("2.0.1", "Immediate", "ImmediateReset")],
)
async def test_a_reset_ends_sessions_with_its_reason_and_is_confirmed_by_the_boot(
    network, station, charger, version, kind, reason
):
    await charger.start(token=CARD)
    row = await network.ask(station, Reset(kind))
    await until(network, command_of(row), "confirmed")
    assert sessions(network, station)[0].stopped_reason == reason
    (booted,) = network.rows(ChargingStation.objects.filter(pk=station.pk))
    assert booted.boot_reason == ("" if version == "1.6" else "RemoteReset")


@pytest.mark.parametrize("version", ["2.0.1"])
async def test_a_reset_when_idle_waits_for_the_session(network, station, charger, version):
    await charger.start(token=CARD)
    row = await network.ask(station, Reset("OnIdle"))
    assert (row.state, row.status_word) == ("accepted", "Scheduled")
    await charger.stop()
    await until(network, command_of(row), "confirmed")
    (booted,) = network.rows(ChargingStation.objects.filter(pk=station.pk))
    assert booted.boot_reason == "ScheduledReset"


@pytest.mark.parametrize("version", ["2.0.1"])
async def test_one_evse_is_reset_and_the_other_goes_on(network, station, charger, version):
    await charger.start(1, token=CARD)
    await charger.start(2, token=CARD)
    row = await network.ask(station, Reset("Immediate", 1))
    assert (row.state, row.request) == ("accepted", {"type": "Immediate", "evseId": 1})

    def ended():
        return {s.evse_number for s in sessions(network, station) if s.stopped_reason == "ImmediateReset"} == {1}

    await eventually(ended, what="the end of the session at EVSE 1")
    assert charger.evse(2).transaction is not None


@BOTH
async def test_a_reset_may_be_rejected(network, station, charger, version):
    charger.on("Reset", {"status": "Rejected"})
    row = await network.ask(station, Reset("Immediate"))
    assert (row.state, row.status_word) == ("rejected", "Rejected")


def wishes(network, station) -> list[bool]:
    rows = network.rows(Evse.objects.filter(station=station).order_by("number"))
    return [evse.wanted_operative for evse in rows]


@BOTH
@pytest.mark.parametrize(("evse_id", "wanted"), [(0, [False, False]), (2, [True, False])])
async def test_a_place_out_of_service_stays_so_after_a_reboot(network, station, charger, version, evse_id, wanted):
    row = await network.ask(station, ChangeAvailability(False, evse_id))
    assert (row.state, row.status_word) == ("accepted", "Accepted")
    assert wishes(network, station) == wanted
    await charger.go_offline()
    await charger.reconnect(boot=True)
    assert wishes(network, station) == wanted
    await network.ask(station, ChangeAvailability(True, evse_id))
    assert wishes(network, station) == [True, True]


@BOTH
async def test_a_change_during_a_session_is_scheduled_and_remembered(network, station, charger, version):
    await charger.start(token=CARD)
    row = await network.ask(station, ChangeAvailability(False, 1))
    assert (row.state, row.status_word) == ("accepted", "Scheduled")
    assert wishes(network, station) == [False, True]
    await charger.stop()
    words = {"1.6": "status", "2.0.1": "connectorStatus"}[version]
    await charger.wait_until(lambda: charger.sent("StatusNotification")[-1][words] == "Unavailable")


@BOTH
async def test_a_refused_change_is_not_remembered(network, station, charger, version):
    charger.on("ChangeAvailability", {"status": "Rejected"})
    row = await network.ask(station, ChangeAvailability(False, 1))
    assert row.state == "rejected"
    assert wishes(network, station) == [True, True]


@BOTH
async def test_an_answer_that_comes_too_late_changes_nothing(network, station, charger, version):
    charger.on("UnlockConnector", lambda payload: None)  # never answers by itself
    row = await network.ask(station, UnlockConnector(1))
    assert (row.state, row.explanation) == ("timed_out", "The charger did not answer in time.")
    await charger.send_text(f'[3, "{row.message_id}", {{"status": "Unlocked"}}]')
    await charger.heartbeat()
    (stored,) = network.rows(command_of(row))
    assert (stored.state, stored.response) == ("timed_out", None)


@pytest.mark.parametrize("version", ["1.6"])
async def test_a_command_waits_for_an_absent_station_if_asked(network, station, version):
    row = network.database.do(lambda: _wait_for(network, station))
    async with network.dial(station) as charger:
        await charger.boot()
        assert (await network.settled(row)).status_word == "Unlocked"


def _wait_for(network, station) -> StationCommand:
    return enqueue(
        station=station, command=UnlockConnector(1), actor=network.operator, origin=CommandOrigin.PORTAL,
        at=datetime.now(UTC), deadline_s=600,
    )  # fmt: skip
