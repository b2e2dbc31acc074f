"""Cases of 1.6 at the door: handshake, password, boot, status; a bare socket, and only the API for the rest."""

import asyncio
import json
from urllib.parse import quote

import pytest
import websockets

from tests.e2e.raw import BOOT, PASSWORD, basic, stamp

pytestmark = pytest.mark.server
KEY = "0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF"
OTHER_KEY = "A9B8C7D6E5F4A9B8C7D6E5F4A9B8C7D6E5F4A9B8"


async def refused(outside, identity, **options) -> int:
    """The HTTP status with which a dial is turned away."""
    with pytest.raises(websockets.InvalidStatus) as answer:
        async with outside.dial(identity, **options):
            pass
    return answer.value.response.status_code


@pytest.mark.parametrize("protocols", [("ocpp0.1",), ()])
async def test_a_station_that_speaks_no_version_of_ours_is_not_upgraded(outside, protocols):
    assert await refused(outside, await outside.station(), protocols=protocols) == 400


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("ocpp0.1", "ocpp1.6"), "ocpp1.6"),
        (("ocpp1.6", "ocpp2.0.1"), "ocpp1.6"),
        (("ocpp2.0.1", "ocpp1.6"), "ocpp2.0.1"),
    ],
)
async def test_the_first_version_of_the_client_that_we_speak_is_chosen(outside, offered, chosen):
    async with outside.dial(await outside.station(), protocols=offered) as wire:
        assert wire.socket.subprotocol == chosen


async def test_an_unknown_station_is_404(outside):
    assert await refused(outside, "NOBODY-KNOWS") == 404


async def test_an_identity_with_spaces_is_decoded_once_and_compared_exactly(outside):
    await outside.station(identity="CP 1 A+F ü", password="")
    async with outside.dial(quote("CP 1 A+F ü", safe=""), password="") as wire:
        assert wire.socket
    assert await refused(outside, quote("cp 1 a+f ü", safe="")) == 404


@pytest.mark.parametrize("identity", ["x" * 49, "CP:1"])
async def test_an_impossible_identity_is_turned_away(outside, identity):
    assert await refused(outside, quote(identity)) in (400, 404)


async def test_the_wrong_password_no_password_and_anothers_pair_are_401(outside):
    identity, other = await outside.station(), await outside.station()
    assert await refused(outside, identity, password="wrong-password-wrong") == 401
    assert await refused(outside, identity, password="") == 401
    with pytest.raises(websockets.InvalidStatus) as answer:
        async with websockets.connect(
            f"{outside.url}/{identity}", subprotocols=["ocpp1.6"], additional_headers=basic(other, PASSWORD), proxy=None
        ):
            pass
    assert answer.value.response.status_code == 401


async def test_an_identity_with_a_slash_is_decoded_once_and_addressed_with_it_encoded(outside):
    identity = await outside.station(identity="CP A/1", password="")
    async with outside.dial(quote(identity, safe=""), password="") as wire:
        assert (await wire.boot())["status"] == "Accepted"
    station = await outside.api._client.get("stations/CP%20A%2F1/")
    assert (station.status_code, station.json()["identity"]) == (200, "CP A/1")


@pytest.mark.parametrize("password", [KEY, KEY.lower(), bytes.fromhex(KEY)])
async def test_a_hexadecimal_key_opens_the_door_as_text_and_as_bytes(outside, password):
    async with outside.dial(await outside.station(password=KEY), password=password) as wire:
        assert (await wire.boot())["status"] == "Accepted"


async def test_an_accepted_authorization_key_is_the_password_from_then_on_and_nowhere_shown(outside):
    async with outside.booted() as wire:
        answered = await outside.command(
            wire, "ChangeConfiguration", {"key": "AuthorizationKey", "value": OTHER_KEY}, {"status": "Accepted"}
        )
        assert answered["state"] == "accepted"
        assert OTHER_KEY not in json.dumps(answered)
    assert await refused(outside, wire.identity) == 401
    async with outside.dial(wire.identity, password=bytes.fromhex(OTHER_KEY)) as again:
        assert await again.is_alive()
    journal = await outside.api.all("journal/", station=wire.identity)
    assert OTHER_KEY not in json.dumps(journal)


async def test_a_refused_authorization_key_leaves_the_old_one_valid(outside):
    async with outside.booted() as wire:
        answered = await outside.command(
            wire, "ChangeConfiguration", {"key": "AuthorizationKey", "value": OTHER_KEY}, {"status": "Rejected"}
        )
        assert answered["state"] == "rejected"
        assert await wire.is_alive()
    assert await refused(outside, wire.identity, password=OTHER_KEY) == 401
    async with outside.dial(wire.identity) as again:
        assert await again.is_alive()


async def test_a_station_of_profile_3_is_not_let_in_by_password_alone(outside):
    identity = await outside.station(security_profile=3)
    assert await refused(outside, identity) == 403


async def test_an_accepted_security_profile_is_waited_for(outside):
    async with outside.booted(security_profile=1) as wire:
        await outside.command(
            wire, "ChangeConfiguration", {"key": "SecurityProfile", "value": "2"}, {"status": "Accepted"}
        )
    row = await outside.api.one(f"stations/{wire.identity}/")
    assert (row["security_profile"], row["wanted_security_profile"]) == (1, 2)


async def test_the_newest_socket_wins_and_the_station_stays_online(outside):
    identity = await outside.station()
    async with outside.dial(identity) as old:
        await old.boot()
        async with outside.dial(identity) as new:
            assert await new.is_alive()
            await asyncio.wait_for(old.socket.wait_closed(), 10)
            assert await new.is_alive()
            assert (await outside.api.one(f"stations/{identity}/"))["is_online"]


async def test_a_boot_is_accepted_and_stored(outside):
    async with outside.dial(await outside.station(heartbeat_interval_s=77)) as wire:
        answer = await wire.boot(chargePointSerialNumber="S-1", firmwareVersion="1.2.3")
        assert (answer["status"], answer["interval"]) == ("Accepted", 77)
        assert answer["currentTime"].endswith("Z")
        row = await outside.api.one(f"stations/{wire.identity}/")
    shown = {name: row[name] for name in ("vendor", "model", "serial_number", "firmware_version", "protocol")}
    assert shown == {
        "vendor": "Acme", "model": "One", "serial_number": "S-1", "firmware_version": "1.2.3", "protocol": "ocpp1.6",
    }  # fmt: skip


@pytest.mark.parametrize("registration", ["Pending", "Rejected"])
async def test_a_station_not_accepted_is_refused_all_but_its_boot_until_it_is(outside, registration):
    async with outside.dial(await outside.station(registration=registration)) as wire:
        boot = await wire.boot()
        assert (boot["status"], boot["interval"] > 0) == (registration, True)
        assert await wire.refusal("Heartbeat", {}) == "SecurityError"
        assert await wire.refusal("StartTransaction", {
            "connectorId": 1, "idTag": "X", "meterStart": 0, "timestamp": stamp(),
        }) == "SecurityError"  # fmt: skip
        await outside.patch(f"stations/{wire.identity}/", {"registration": "Accepted"})
        if registration == "Pending":  # it may be asked at once, without another socket
            await outside.command(
                wire, "TriggerMessage", {"requestedMessage": "BootNotification"}, {"status": "Accepted"}
            )
        assert (await wire.boot())["status"] == "Accepted"
        assert await wire.is_alive()
        assert await outside.sessions(wire) == []


async def test_a_pending_station_can_be_configured_and_asked_to_boot(outside):
    async with outside.dial(await outside.station(registration="Pending")) as wire:
        await wire.boot()
        key = {"key": "MeterValueSampleInterval", "readonly": False, "value": "60"}
        read = await outside.command(
            wire, "GetConfiguration", {"key": ["MeterValueSampleInterval"]}, {"configurationKey": [key]}
        )
        assert read["state"] == "accepted"
        asked = {"requestedMessage": "BootNotification"}
        await outside.command(wire, "TriggerMessage", asked, {"status": "Accepted"})
        assert (await wire.boot())["status"] == "Pending"


async def test_a_status_before_the_boot_is_answered_in_order_and_stored(outside):
    async with outside.dial(await outside.station()) as wire:
        await wire.send([2, "1", "BootNotification", BOOT])
        await wire.send(
            [2, "2", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Available"}]
        )
        assert [(await wire.receive())[1] for _ in range(2)] == ["1", "2"]
        (connector,) = await outside.api.all("connectors/", station=wire.identity)
        assert connector["status"] == "Available"


async def test_a_reconnect_without_a_boot_keeps_the_session(outside):
    card, identity = await outside.card(), await outside.station()
    async with outside.booted(identity) as wire:
        transaction = (await wire.start(card, timestamp=stamp(minutes=50)))["transactionId"]
    async with outside.dial(identity) as wire:
        await wire.stop(transaction, meter=4000)
        session = await outside.session(wire)
    assert (session["state"], session["energy_wh"]) == ("ended", 3000)


async def test_a_boot_in_the_middle_keeps_the_session(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        transaction = (await wire.start(card))["transactionId"]
        assert (await wire.boot())["status"] == "Accepted"
        assert (await outside.session(wire))["ended_at"] is None
        await wire.stop(transaction, meter=1100, reason="PowerLoss")
        session = await outside.session(wire)
        assert (session["state"], session["stopped_reason"]) == ("ended", "PowerLoss")


async def test_any_connector_may_have_a_status(outside):
    async with outside.booted() as wire:
        for connector in (0, 1, 2, 7):
            assert await wire.status(connector) == {}
        rows = await outside.api.all("connectors/", station=wire.identity)
        assert sorted(row["evse_number"] for row in rows) == [0, 1, 2, 7] or sorted(
            row["evse_number"] for row in rows
        ) == [1, 2, 7]


async def test_a_fault_is_shown_with_its_code(outside):
    async with outside.booted() as wire:
        await wire.status(1, "Faulted", errorCode="ConnectorLockFailure", info="<b>jam</b>", vendorErrorCode="E42")
        (row,) = await outside.api.all("connectors/", station=wire.identity)
        shown = (row["status"], row["error_code"], row["vendor_error_code"], row["info"])
        assert shown == ("Faulted", "ConnectorLockFailure", "E42", "<b>jam</b>")
        assert (await outside.api.one(f"stations/{wire.identity}/"))["status"] == "faulted"


async def test_an_older_status_changes_nothing(outside):
    async with outside.booted() as wire:
        await wire.status(1, "Preparing", timestamp=stamp(minutes=1))
        await wire.status(1, "Available", timestamp=stamp(minutes=9))
        (row,) = await outside.api.all("connectors/", station=wire.identity)
        assert row["status"] == "Preparing"
