"""Reservations at a simulated station: kept for one card and its group, refused to others, over in time."""

import pytest

from apps.gateway.simulator.driver import SimulatedStation
from apps.gateway.simulator.reservations import ReservedForAnother

FOREVER = "2099-01-01T00:00:00Z"
PAST = "2020-01-01T00:00:00Z"
BOTH = pytest.mark.parametrize("version", ["1.6", "2.0.1"])


def request(version, number=1, *, evse=1, until=FOREVER, group=None) -> dict:
    if version == "1.6":
        payload = {"connectorId": evse, "expiryDate": until, "idTag": "MINE", "reservationId": number}
        return payload | ({"parentIdTag": group} if group else {})
    payload = {"id": number, "expiryDateTime": until, "idToken": {"idToken": "MINE", "type": "ISO14443"}}
    payload |= {"evseId": evse} if evse else {}
    return payload | ({"groupIdToken": {"idToken": group, "type": "Central"}} if group else {})


def say_group(csms, group) -> None:
    accepted = {"idTagInfo": {"status": "Accepted", "parentIdTag": group}}
    accepted |= {"idTokenInfo": {"status": "Accepted", "groupIdToken": {"idToken": group, "type": "Central"}}}
    csms.answers["Authorize"] = lambda payload: accepted


def reservation_told(csms, version) -> list:
    if version == "1.6":
        return [payload.get("reservationId") for payload in csms.payloads("StartTransaction")]
    return [payload.get("reservationId") for payload in csms.payloads("TransactionEvent")][:1]


@BOTH
async def test_the_card_it_was_made_for_uses_it_and_names_it(csms, version):
    async with SimulatedStation(url=csms.url, identity="CP1", version=version) as station:
        await station.boot()
        assert (await csms.ask("ReserveNow", request(version, 7)))[2] == {"status": "Accepted"}
        await station.start(token="MINE")
        assert reservation_told(csms, version) == [7]
        assert station.station.holds == {}


@BOTH
async def test_another_card_is_refused_and_one_of_the_group_is_not(csms, version):
    async with SimulatedStation(url=csms.url, identity="CP1", version=version) as station:
        await station.boot()
        await csms.ask("ReserveNow", request(version, group="FLAT"))
        say_group(csms, "OTHERS")
        with pytest.raises(ReservedForAnother):
            await station.start(token="STRANGER")
        say_group(csms, "FLAT")
        await station.start(token="FLATMATE")
        assert reservation_told(csms, version) == [1]


@BOTH
async def test_any_place_is_kept_by_the_last_free_one(csms, version):
    async with SimulatedStation(url=csms.url, identity="CP1", version=version, connectors=2) as station:
        await station.boot()
        assert (await csms.ask("ReserveNow", request(version, evse=0)))[2] == {"status": "Accepted"}
        await station.start(1, token="FIRST")
        with pytest.raises(ReservedForAnother):
            await station.start(2, token="SECOND")
        await station.start(2, token="MINE")


async def test_a_16_station_says_only_that_it_is_available_again(csms):
    async with SimulatedStation(url=csms.url, identity="CP1") as station:
        await station.boot()
        await csms.ask("ReserveNow", request("1.6", until=PAST))
        await csms.until(lambda: [p["status"] for p in csms.payloads("StatusNotification")][-2:] == [
            "Reserved", "Available"
        ])  # fmt: skip


async def test_a_201_station_tells_that_it_expired(csms):
    async with SimulatedStation(url=csms.url, identity="CP1", version="2.0.1") as station:
        await station.boot()
        await csms.ask("ReserveNow", request("2.0.1", 5, until=PAST))
        await csms.until(lambda: csms.payloads("ReservationStatusUpdate"))
        assert csms.payloads("ReservationStatusUpdate") == [{"reservationId": 5, "reservationUpdateStatus": "Expired"}]


async def test_a_201_station_tells_that_a_fault_removed_it(csms):
    async with SimulatedStation(url=csms.url, identity="CP1", version="2.0.1") as station:
        await station.boot()
        await csms.ask("ReserveNow", request("2.0.1", 5))
        await station.fault()
        assert csms.payloads("ReservationStatusUpdate")[0]["reservationUpdateStatus"] == "Removed"


@BOTH
@pytest.mark.parametrize("status", ["Faulted", "Unavailable"])
async def test_a_broken_place_is_not_reserved(csms, version, status):
    async with SimulatedStation(url=csms.url, identity="CP1", version=version) as station:
        await station.boot()
        if status == "Faulted":
            await station.fault()
        else:
            await station.station.set_operative([station.evse()], operative=False)
        assert (await csms.ask("ReserveNow", request(version)))[2] == {"status": status}


@BOTH
async def test_an_occupied_place_is_not_reserved(csms, version):
    async with SimulatedStation(url=csms.url, identity="CP1", version=version) as station:
        await station.boot()
        await station.plug_in()
        assert (await csms.ask("ReserveNow", request(version)))[2] == {"status": "Occupied"}


@BOTH
async def test_a_remote_start_for_another_is_rejected(csms, version):
    async with SimulatedStation(url=csms.url, identity="CP1", version=version) as station:
        await station.boot()
        await csms.ask("ReserveNow", request(version))
        if version == "1.6":
            answer = await csms.ask("RemoteStartTransaction", {"connectorId": 1, "idTag": "OTHER"})
        else:
            token = {"idToken": "OTHER", "type": "ISO14443"}
            answer = await csms.ask("RequestStartTransaction", {"evseId": 1, "idToken": token, "remoteStartId": 1})
        assert answer[2] == {"status": "Rejected"}
