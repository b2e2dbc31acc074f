"""The driver: one dialogue on every version, offline replay, resets, refusals, overrides."""

import pytest

from apps.gateway.simulator import schemas
from apps.gateway.simulator.driver import CallError, ConnectionRefused, SimulatedStation

VERSIONS = ("1.6", "2.0.1", "2.1")


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
async def station(csms, version):
    async with SimulatedStation(url=csms.url, identity="CP1", version=version, connectors=2) as station:
        yield station


def assert_valid(csms, version):
    """Everything the station sent obeys the schemas."""
    problems = [found for action, payload in csms.calls() if (found := schemas.problem(version, action, payload))]
    assert problems == []


async def test_a_whole_session_is_valid_in_every_version(csms, station, version):
    answer = await station.boot()
    assert (answer.status, answer.interval_s) == ("Accepted", 300)
    await station.plug_in(evse=1)
    assert await station.authorise("TAG") == "Accepted"
    transaction = await station.start(evse=1, token="TAG", meter_start_wh=1000)
    await station.meter(evse=1, seconds=3600)
    await station.suspend(evse=1)
    await station.stop(evse=1)
    await station.plug_out(evse=1)
    await station.heartbeat()
    assert transaction.meter_stop_wh > 1000
    assert_valid(csms, version)
    if version == "1.6":
        stop = csms.payloads("StopTransaction")[0]
        assert stop["transactionId"] == transaction.id == 1
        assert stop["meterStop"] == transaction.meter_stop_wh
        words = [p["status"] for p in csms.payloads("StatusNotification") if p["connectorId"] == 1]
        assert words == ["Available", "Preparing", "Charging", "SuspendedEV", "Finishing", "Available"]
    else:
        events = csms.payloads("TransactionEvent")
        assert [event["seqNo"] for event in events] == [0, 1, 2, 3, 4]
        assert [event["eventType"] for event in events] == ["Started", "Updated", "Updated", "Updated", "Ended"]
        states = [event["transactionInfo"].get("chargingState") for event in events]
        assert states == ["EVConnected", "Charging", "Charging", "SuspendedEV", "EVConnected"]
        words = [p["connectorStatus"] for p in csms.payloads("StatusNotification") if p["evseId"] == 1]
        assert words == ["Available", "Occupied", "Available"]


async def test_a_session_made_offline_is_replayed_in_order(csms, station, version):
    await station.boot()
    await station.go_offline()
    await station.plug_in()
    await station.start(token="TAG")
    await station.meter(seconds=600)
    await station.stop()
    assert not csms.calls("StartTransaction")
    await station.reconnect()
    if version == "1.6":
        actions = [a for a, _ in csms.calls() if a in ("StartTransaction", "MeterValues", "StopTransaction")]
        assert actions == ["StartTransaction", "MeterValues", "StopTransaction"]
        assert csms.payloads("StopTransaction")[0]["transactionId"] == 1
    else:
        assert [event["seqNo"] for event in csms.payloads("TransactionEvent")] == [0, 1, 2, 3]
        assert all(event["offline"] for event in csms.payloads("TransactionEvent"))
    assert_valid(csms, version)


async def test_a_refused_transaction_message_is_repeated_with_the_same_content(csms, version):
    action = "StartTransaction" if version == "1.6" else "TransactionEvent"
    refusals = iter([["InternalError", "", {}], ["InternalError", "", {}]])
    csms.answers[action] = lambda payload: next(refusals, {"transactionId": 7, "idTagInfo": {"status": "Accepted"}})
    async with SimulatedStation(url=csms.url, identity="CP1", version=version, message_attempts=3) as station:
        await station.boot()
        await station.start(token="TAG")
    first, second, third = csms.payloads(action)[:3]
    assert first == second == third


async def test_a_start_refused_for_good_raises_the_call_error(csms, station, version):
    csms.answers["StartTransaction"] = csms.answers["TransactionEvent"] = lambda _: ["SecurityError", "no", {"a": 1}]
    await station.boot()
    with pytest.raises(CallError) as caught:
        await station.start(token="TAG")
    assert (caught.value.code, caught.value.description, caught.value.details) == ("SecurityError", "no", {"a": 1})


async def test_reset_really_disconnects_and_boots_again(csms, station, version):
    await station.boot()
    await station.start(token="TAG")
    kind = "Soft" if version == "1.6" else "Immediate"
    assert (await csms.ask("Reset", {"type": kind}))[2] == {"status": "Accepted"}
    await csms.until(lambda: len(csms.payloads("BootNotification")) == 2)
    assert len(csms.sockets) == 2
    if version == "1.6":
        assert csms.payloads("StopTransaction")[0]["reason"] == "SoftReset"
    else:
        assert csms.payloads("TransactionEvent")[-1]["transactionInfo"]["stoppedReason"] == "ImmediateReset"
        assert csms.payloads("BootNotification")[1]["reason"] == "RemoteReset"


async def test_an_override_answers_instead_of_the_station(csms, station):
    station.on("ClearCache", {"status": "Rejected"})
    assert (await csms.ask("ClearCache", {}))[2] == {"status": "Rejected"}
    assert await station.expect_call("ClearCache") == {}

    def refuse(payload):
        raise CallError("InternalError", "broken")

    station.on("ClearCache", refuse)
    assert (await csms.ask("ClearCache", {}))[2:] == ["InternalError", "broken", {}]
    station.on("ClearCache", lambda payload: payload["nothing"])
    assert (await csms.ask("ClearCache", {}))[2:] == ["InternalError", "KeyError('nothing')", {}]
    station.on("ClearCache", lambda payload: None)
    with pytest.raises(TimeoutError):
        await csms.ask("ClearCache", {}, timeout_s=0.1)


async def test_an_unknown_action_is_not_implemented_and_a_wrong_payload_is_refused(csms, station, version):
    assert (await csms.ask("CustomOperation", {}))[2] == "NotImplemented"
    code = "FormationViolation" if version == "1.6" else "FormatViolation"
    assert (await csms.ask("Reset", {"type": "Gently"}))[2] == code


async def test_frames_and_raw_text_are_recorded_as_sent(csms, station):
    await station.send_text("[2,")
    await csms.until(lambda: ("CP1", "[2,") in csms.frames)
    assert await station.call("DataTransfer", {"vendorId": "x"}) == {"status": "UnknownVendorId"}
    assert next(frame.data for frame in station.frames if frame.sent) == "[2,"
    assert station.sent("DataTransfer") == [{"vendorId": "x"}]


async def test_a_dropped_connection_ends_without_a_close_frame(csms, station):
    await station.drop()
    await csms.until(lambda: csms.closes)
    assert csms.closes == [(1006, False)]


async def test_the_answer_that_got_lost_is_asked_for_again_after_the_reconnect(csms, station, version):
    action = "StartTransaction" if version == "1.6" else "TransactionEvent"
    await station.boot()
    csms.answers[action] = lambda payload: csms.sockets[-1].transport.abort()
    transaction = await station.start(token="TAG")
    assert transaction.answer is None
    del csms.answers[action]
    await station.reconnect()
    assert transaction.answer is not None
    assert csms.payloads(action)[0] == csms.payloads(action)[1]


async def test_nobody_listening_is_a_refused_connection_without_status():
    station = SimulatedStation(url="ws://127.0.0.1:9/ocpp", identity="CP1")
    with pytest.raises(ConnectionRefused) as caught:
        await station.connect()
    assert caught.value.http_status is None
