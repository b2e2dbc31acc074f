"""Cases of 1.6 in which the central system speaks: raw calls by the API, and what becomes of them."""

import asyncio

import pytest

from tests.e2e.raw import stamp
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
OK = {"status": "Accepted"}
PERIOD = {"startPeriod": 0, "limit": 16.0}
PROFILE = {
    "chargingProfileId": 41,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "chargingRateUnit": "A", "startSchedule": "2026-01-01T00:00:00Z", "chargingSchedulePeriod": [PERIOD],
    },
}  # fmt: skip
TX_PROFILE = {
    "chargingProfileId": 42,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [PERIOD]},
}


@pytest.mark.parametrize("profile", [None, TX_PROFILE])
async def test_a_remote_start_is_confirmed_by_its_session(outside, profile):
    card = await outside.card()
    async with outside.booted() as wire:
        payload = {"idTag": card, "connectorId": 1, **({"chargingProfile": profile} if profile else {})}
        row = await outside.command(wire, "RemoteStartTransaction", payload, OK)
        assert row["state"] == "accepted"
        await wire.start(card)
        assert (await outside.api.one(f"commands/{row['id']}/"))["state"] == "confirmed"


async def test_a_remote_start_without_a_connector_is_confirmed_by_a_session_on_any(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        row = await outside.command(wire, "RemoteStartTransaction", {"idTag": card}, OK)
        await wire.start(card, 2)
        assert (await outside.api.one(f"commands/{row['id']}/"))["state"] == "confirmed"


async def test_a_refused_remote_start_makes_no_session(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        payload = {"idTag": card, "connectorId": 1}
        row = await outside.command(wire, "RemoteStartTransaction", payload, {"status": "Rejected"})
        assert (row["state"], row["status_word"]) == ("rejected", "Rejected")
        assert await outside.sessions(wire) == []


async def test_a_remote_stop_is_confirmed_by_the_stop(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        transaction = (await wire.start(card))["transactionId"]
        row = await outside.command(wire, "RemoteStopTransaction", {"transactionId": transaction}, OK)
        assert row["state"] == "accepted"
        await wire.stop(transaction, 1001, reason="Remote")
        assert (await outside.api.one(f"commands/{row['id']}/"))["state"] == "confirmed"


async def test_a_remote_stop_of_an_unknown_transaction_is_shown_as_refused(outside):
    async with outside.booted() as wire:
        payload = {"transactionId": 999_999}
        row = await outside.command(wire, "RemoteStopTransaction", payload, {"status": "Rejected"})
        assert row["state"] == "rejected"


@pytest.mark.parametrize("kind", ["Hard", "Soft"])
async def test_a_reset_is_confirmed_by_the_boot(outside, kind):
    identity = await outside.station()
    async with outside.booted(identity) as wire:
        row = await outside.command(wire, "Reset", {"type": kind}, OK)
        assert row["state"] == "accepted"
    async with outside.booted(identity):
        assert (await outside.api.one(f"commands/{row['id']}/"))["state"] == "confirmed"


@pytest.mark.parametrize(
    ("connector", "word", "wanted"),
    [
        (1, "Accepted", {1: False, 2: True}),
        (1, "Scheduled", {1: False, 2: True}),
        (1, "Rejected", {1: True, 2: True}),
        (0, "Accepted", {1: False, 2: False}),
    ],
)
async def test_availability_is_remembered_where_the_station_agreed(outside, connector, word, wanted):
    async with outside.booted() as wire:
        await wire.status(1)
        await wire.status(2)
        payload = {"connectorId": connector, "type": "Inoperative"}
        await outside.command(wire, "ChangeAvailability", payload, {"status": word})
        rows = await outside.api.all("evses/", station=wire.identity)
    assert {row["number"]: row["wanted_operative"] for row in rows if row["number"]} == wanted


@pytest.mark.parametrize(
    ("action", "payload", "word", "state"),
    [
        ("UnlockConnector", {"connectorId": 1}, "Unlocked", "accepted"),
        ("UnlockConnector", {"connectorId": 1}, "UnlockFailed", "rejected"),
        ("UnlockConnector", {"connectorId": 99}, "NotSupported", "rejected"),
        ("ClearCache", {}, "Accepted", "accepted"),
        ("ClearCache", {}, "Rejected", "rejected"),
        ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1}, "NotImplemented", "rejected"),
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}, "Rejected", "rejected"),
        ("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}, "Accepted", "accepted"),
        ("ChangeConfiguration", {"key": "A", "value": "1"}, "RebootRequired", "accepted"),
        ("ChangeConfiguration", {"key": "A", "value": "1"}, "NotSupported", "rejected"),
        ("ChangeConfiguration", {"key": "A", "value": "1"}, "Rejected", "rejected"),
        ("DataTransfer", {"vendorId": "V", "messageId": "M", "data": "{}"}, "UnknownVendorId", "rejected"),
        ("ClearChargingProfile", {"id": 99}, "Unknown", "rejected"),
        ("GetCompositeSchedule", {"connectorId": 0, "duration": 60}, "Rejected", "rejected"),
        ("CancelReservation", {"reservationId": 99999}, "Rejected", "rejected"),
        ("GetLog", {"logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": "http://x/"}},
         "AcceptedCanceled", "accepted"),
        ("SignedUpdateFirmware", {"requestId": 1, "firmware": {
            "location": "http://x/", "retrieveDateTime": "2026-01-01T00:00:00Z", "signingCertificate": "C",
            "signature": "S"}}, "InvalidCertificate", "rejected"),
        ("InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": "PEM"},
         "Failed", "rejected"),
        ("GetInstalledCertificateIds", {"certificateType": "ManufacturerRootCertificate"}, "NotFound", "accepted"),
        ("DeleteCertificate", {"certificateHashData": {"hashAlgorithm": "SHA256", "issuerNameHash": "a",
         "issuerKeyHash": "b", "serialNumber": "c"}}, "NotFound", "rejected"),
        ("CertificateSigned", {"certificateChain": "PEM"}, "Rejected", "rejected"),
    ],
)  # fmt: skip
async def test_every_answer_is_shown_in_the_stations_own_word(outside, action, payload, word, state):
    async with outside.booted() as wire:
        row = await outside.command(wire, action, payload, {"status": word})
        assert (row["action"], row["request"], row["status_word"]) == (action, payload, word)
        assert row["state"] == state
        assert await wire.is_alive()


@pytest.mark.parametrize("code", ["NotImplemented", "NotSupported", "InternalError", "GenericError"])
async def test_an_error_fails_that_command_and_the_next_goes_out(outside, code):
    async with outside.booted() as wire:
        row = await outside.command(wire, "ClearCache", {}, [code, "no", {}])
        assert (row["state"], row["error_code"]) == ("failed", code)
        assert (await outside.command(wire, "ClearCache", {}, OK))["state"] == "accepted"


@pytest.mark.parametrize("answer", [{}, {"status": "Perhaps"}, {"status": 1}])
async def test_an_answer_that_breaks_the_schema_fails_that_command_alone(outside, answer):
    async with outside.booted() as wire:
        row = await outside.command(wire, "ClearCache", {}, answer)
        assert row["state"] == "failed"
        assert (await outside.command(wire, "ClearCache", {}, OK))["state"] == "accepted"


async def test_a_payload_that_breaks_the_schema_is_refused_before_it_is_sent(outside):
    async with outside.booted() as wire:
        for body in (
            {"action": "Reset", "payload": {"type": "Warm"}},
            {"action": "Reset", "payload": {}},
            {"action": "Heartbeat", "payload": {}},
            {"action": "Nonsense", "payload": {}},
        ):
            refused = await outside.post(f"stations/{wire.identity}/commands/", body, status=400)
            assert refused["fields"]
        assert await wire.is_alive()


async def test_a_second_command_waits_for_the_first_and_calls_may_cross(outside):
    async with outside.booted() as wire:
        send = f"stations/{wire.identity}/commands/"
        await outside.post(send, {"action": "ClearCache", "payload": {}})
        await outside.post(send, {"action": "GetLocalListVersion", "payload": {}})
        first = await wire.asked("ClearCache")
        assert await wire.is_alive()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wire.socket.recv(), 0.3)
        await wire.send([3, first[1], OK])
        await wire.answer("GetLocalListVersion", {"listVersion": 0})


async def test_silence_times_out_and_a_late_answer_changes_nothing(outside):
    async with outside.booted() as wire:
        body = {"action": "ClearCache", "payload": {}, "wait": 10}
        sending = asyncio.create_task(outside.post(f"stations/{wire.identity}/commands/", body))
        late = await wire.asked("ClearCache")
        row = await sending
        assert row["state"] == "timed_out"
        await wire.send([3, late[1], OK])
        assert await wire.is_alive()
        assert (await outside.api.one(f"commands/{row['id']}/"))["state"] == "timed_out"


async def test_configuration_is_read_with_what_is_unknown(outside):
    async with outside.booted() as wire:
        answer = {
            "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}],
            "unknownKey": ["Nope"],
        }
        row = await outside.command(wire, "GetConfiguration", {"key": ["HeartbeatInterval", "Nope"]}, answer)
        assert (row["state"], row["response"]) == ("accepted", answer)
        assert "Nope" in row["explanation"]


@pytest.mark.parametrize(("version", "state"), [(0, "accepted"), (-1, "accepted"), (7, "accepted")])
async def test_the_version_of_a_local_list_is_read(outside, version, state):
    async with outside.booted() as wire:
        row = await outside.command(wire, "GetLocalListVersion", {}, {"listVersion": version})
        assert row["state"] == state


@pytest.mark.parametrize(
    ("word", "is_held"), [("Accepted", True), ("Failed", False), ("NotSupported", False), ("VersionMismatch", False)]
)
async def test_a_local_list_is_known_to_be_held_only_where_it_was_accepted(outside, word, is_held):
    async with outside.booted() as wire:
        entry = {"idTag": "LISTED", "idTagInfo": {"status": "Accepted"}}
        payload = {"listVersion": 3, "updateType": "Full", "localAuthorizationList": [entry]}
        await outside.command(wire, "SendLocalList", payload, {"status": word})
        told = await outside.api.one(f"stations/{wire.identity}/local-list/")
        rows = await outside.api.all(f"stations/{wire.identity}/local-list/entries/")
    assert (told["version"] == 3, told["held_count"]) == (is_held, 1 if is_held else 0)
    assert ("LISTED" in {row["value"] for row in rows}) == is_held


@pytest.mark.parametrize(("word", "state"), [("Accepted", "held"), ("Occupied", "refused"), ("Faulted", "refused")])
async def test_a_raw_reservation_is_known(outside, word, state):
    card = await outside.card()
    async with outside.booted() as wire:
        payload = {"connectorId": 1, "expiryDate": stamp(hours=-2), "idTag": card, "reservationId": 4711}
        await outside.command(wire, "ReserveNow", payload, {"status": word})
        rows = await outside.api.all("reservations/", station=wire.identity)
    assert [row["state"] for row in rows] in ([state], [])
    assert len(rows) == (1 if state == "held" else len(rows))


async def test_a_cancelled_reservation_is_no_more(outside):
    card = await outside.card()
    async with outside.booted() as wire:
        payload = {"connectorId": 0, "expiryDate": stamp(hours=-2), "idTag": card, "reservationId": 4713}
        await outside.command(wire, "ReserveNow", payload, OK)
        await outside.command(wire, "CancelReservation", {"reservationId": 4713}, OK)
        (row,) = await outside.api.all("reservations/", station=wire.identity)
    assert row["state"] == "cancelled"


async def test_a_raw_profile_is_known_to_be_installed_and_cleared(outside):
    async with outside.booted() as wire:
        payload = {"connectorId": 1, "csChargingProfiles": PROFILE}
        await outside.command(wire, "SetChargingProfile", payload, OK)
        (row,) = await outside.api.all("charging-profiles/", station=wire.identity)
        assert (row["profile_id"], row["purpose"], row["state"]) == (41, "TxDefaultProfile", "accepted")
        await outside.command(wire, "ClearChargingProfile", {"id": 41}, OK)
        (row,) = await outside.api.all("charging-profiles/", station=wire.identity)
        assert row["state"] == "cleared"


async def test_a_composite_schedule_with_a_crooked_limit_is_read(outside):
    async with outside.booted() as wire:
        period = {"startPeriod": 0, "limit": 53.37999999}
        schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
        answer = {"status": "Accepted", "connectorId": 1, "scheduleStart": stamp(), "chargingSchedule": schedule}
        row = await outside.command(wire, "GetCompositeSchedule", {"connectorId": 1, "duration": 3600}, answer)
        assert (row["state"], row["response"]) == ("accepted", answer)
        assert len(await outside.api.all("composite-schedules/", station=wire.identity)) == 1


async def test_diagnostics_and_firmware_report_their_progress(outside):
    async with outside.booted() as wire:
        asked = {"location": "http://example.com/in"}
        assert (await outside.command(wire, "GetDiagnostics", asked, {"fileName": "d.zip"}))["state"] == "accepted"
        for status in ("Uploading", "Uploaded"):
            assert await wire.call("DiagnosticsStatusNotification", {"status": status}) == {}
        asked = {"location": "http://example.com/fw", "retrieveDate": stamp()}
        assert (await outside.command(wire, "UpdateFirmware", asked, {}))["state"] == "accepted"
        for status in ("Downloading", "Downloaded", "Installing", "Installed"):
            assert await wire.call("FirmwareStatusNotification", {"status": status}) == {}
        assert await wire.call("LogStatusNotification", {"status": "Uploading", "requestId": 1}) == {}
        assert await wire.call("LogStatusNotification", {"status": "Idle"}) == {}
        signed = {"status": "InvalidSignature", "requestId": 1}
        assert await wire.call("SignedFirmwareStatusNotification", signed) == {}


async def test_security_events_are_kept_and_critical_ones_raise_an_alarm(outside):
    async with outside.booted() as wire:
        for kind in ("InvalidChargePointCertificate", "FirmwareUpdated", "SomethingOfMyOwn"):
            assert await wire.call("SecurityEventNotification", {"type": kind, "timestamp": stamp()}) == {}
        events = await outside.api.all("security-events/", station=wire.identity)
        alarms = await outside.api.all("security-alarms/", station=wire.identity)
    assert {e["type"] for e in events} == {"InvalidChargePointCertificate", "FirmwareUpdated", "SomethingOfMyOwn"}
    assert "InvalidChargePointCertificate" in {alarm["type"] for alarm in alarms}


async def test_a_signing_request_that_cannot_be_read_is_answered(outside):
    async with outside.booted() as wire:
        assert (await wire.call("SignCertificate", {"csr": "no csr"}))["status"] in ("Accepted", "Rejected")


async def test_an_absent_station_is_waited_for_and_asked_when_it_comes(outside):
    identity = await outside.station()
    row = await outside.post(f"stations/{identity}/commands/", {"action": "ClearCache", "payload": {}, "wait": 0.1})
    assert row["state"] == "pending"
    async with outside.booted(identity) as wire:
        await wire.answer("ClearCache", OK)

        async def is_accepted():
            return (await outside.api.one(f"commands/{row['id']}/"))["state"] == "accepted"

        await eventually(is_accepted, what="the answer")


@pytest.mark.parametrize(
    ("vendor", "message", "word"),
    [
        ("nobody.example", "M", "UnknownVendorId"),
        ("org.openchargealliance.iso15118pnc", "Nonsense", "UnknownMessageId"),
        ("org.openchargealliance.iso15118pnc", "Authorize", "Rejected"),
    ],
)
async def test_data_of_a_vendor_is_answered_by_what_is_known_of_him(outside, vendor, message, word):
    async with outside.booted() as wire:
        payload = {"vendorId": vendor, "messageId": message, "data": '{"a": "1"}'}
        assert (await wire.call("DataTransfer", payload))["status"] == word
