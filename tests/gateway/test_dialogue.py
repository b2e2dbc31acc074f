"""What a station says and what it is answered, over the wire (OCPP 1.6 §4, 2.0.1 part 2; OCPP-J)."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.models import ChargingStation, Connector, ConnectorStatusEvent, StationConnection, StationDeviation
from apps.gateway.simulator.driver import CallError
from apps.sessions.models import ChargingSession
from tests.support.waiting import eventually

pytestmark = pytest.mark.server

BOOT_16 = {"chargePointVendor": "Voltwerk", "chargePointModel": "One"}
VERSIONS = pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])


@VERSIONS
async def test_a_station_boots_and_is_available(place, version):
    station = place.enrol()
    async with place.dial(station, version=version, vendor="Voltwerk") as charger:
        answer = await charger.boot()
        assert answer.status == "Accepted"
        assert 270 <= answer.interval_s <= 330
        stored = place.reload(station)
        assert (stored.vendor, stored.protocol, stored.status) == ("Voltwerk", f"ocpp{version}", "available")


@VERSIONS
async def test_a_heartbeat_tells_the_time(place, version):
    async with place.dial(place.enrol(), version=version) as charger:
        answer = await charger.heartbeat()
        told = datetime.fromisoformat(answer["currentTime"])
        assert abs(told - datetime.now(UTC)) < timedelta(seconds=2)


@VERSIONS
async def test_a_whole_session_is_stored(place, version):
    station = place.enrol()
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        await charger.plug_in()
        await charger.start(token="UNKNOWN-CARD", meter_start_wh=1000)
        await charger.meter(energy_wh=1500)
        await charger.stop(meter_stop_wh=2500)
        session = place.database.do(lambda: ChargingSession.objects.get(station=station))
        assert (session.meter_start_wh, session.meter_last_wh, session.energy_wh) == (1000, 2500, 1500)


@VERSIONS
async def test_an_unknown_card_is_not_accepted(place, version):
    async with place.dial(place.enrol(), version=version) as charger:
        assert await charger.authorise("NOBODYS-CARD") in {"Invalid", "Unknown"}


async def test_any_message_counts_as_a_sign_of_life(common_server, place):
    station = place.enrol()
    async with place.dial(station) as charger:

        def last_seen():
            return place.database.do(lambda: StationConnection.objects.get(station=station).last_seen_at)

        before = last_seen()
        await charger.heartbeat()
        await eventually(lambda: last_seen() > before, within_s=20, what="a newer last-seen")


async def test_messages_before_the_boot_are_taken(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
        assert await charger.call("StatusNotification", status) == {}
        assert place.database.do(lambda: Connector.objects.get(evse__station=station).status) == "Available"


async def test_pipelined_calls_are_answered_in_their_order(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.send_text('[2,"a","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]')
        for number in range(20):
            status = "Preparing" if number % 2 else "Available"
            await charger.send_text(
                f'[2,"s{number}","StatusNotification",{{"connectorId":1,"errorCode":"NoError","status":"{status}"}}]'
            )
        await charger.send_text('[2,"z","Heartbeat",{}]')
        await charger.expect_frame(lambda frame: not frame.sent and '"z"' in str(frame.data))
        answered = [frame.message[1] for frame in charger.frames if not frame.sent]
        assert answered == ["a", *(f"s{number}" for number in range(20)), "z"]
        events = place.database.do(
            lambda: list(
                ConnectorStatusEvent.objects.filter(station=station).order_by("id").values_list("status", flat=True)
            )
        )
        assert events == ["Available", "Preparing"] * 10


async def test_a_repeated_call_gets_the_same_answer_and_is_stored_once(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        start = (
            '[2,"same","StartTransaction",'
            '{"connectorId":1,"idTag":"CARD","meterStart":5,"timestamp":"2026-05-01T10:00:00Z"}]'
        )
        await charger.send_text(start)
        await charger.send_text(start)
        await charger.expect_frame(lambda frame: len([f for f in charger.frames if not f.sent]) == 2)
        first, second = [frame.data for frame in charger.frames if not frame.sent]
        assert first == second
        assert place.database.do(lambda: ChargingSession.objects.filter(station=station).count()) == 1


@pytest.mark.parametrize("registration", ["Pending", "Rejected"])
async def test_a_station_that_is_not_accepted_may_only_boot(place, registration):
    station = place.enrol(registration=registration)
    async with place.dial(station) as charger:
        answer = await charger.call("BootNotification", BOOT_16)
        assert answer["status"] == registration
        with pytest.raises(CallError) as refused:
            await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Faulted"})
        assert refused.value.code == "SecurityError"
        assert not place.database.do(lambda: ConnectorStatusEvent.objects.filter(station=station).exists())


async def test_an_approval_reaches_the_open_socket(place):
    station = place.enrol(registration="Pending")
    async with place.dial(station) as charger:
        await charger.call("BootNotification", BOOT_16)
        place.database.do(lambda: ChargingStation.objects.filter(pk=station.pk).update(registration="Accepted"))

        async def is_served():
            try:
                return await charger.call("Heartbeat", {})
            except CallError:
                return None

        await eventually(is_served, within_s=15, what="an answer to the heartbeat")


async def test_a_station_reconnects_without_boot_and_goes_on(place):
    station = place.enrol()
    async with place.dial(station) as charger:
        await charger.boot()
        await charger.plug_in()
        await charger.start(token="CARD", meter_start_wh=100)
        await charger.drop()
        await charger.reconnect(boot=False)
        await charger.stop(meter_stop_wh=600)
    session = place.database.do(lambda: ChargingSession.objects.get(station=station))
    assert (session.energy_wh, session.meter_last_wh) == (500, 600)


async def test_deviations_are_counted_for_the_station(place):
    station = place.enrol(is_lenient=True)
    async with place.dial(station) as charger:
        for _ in range(3):
            await charger.call("Heartbeat", {"extra": 1})

    def deviation():
        return StationDeviation.objects.filter(station=station).first()

    row = await eventually(lambda: place.database.do(deviation), within_s=20, what="the deviation")
    assert row.count == 3
    assert '"extra"' in row.example
