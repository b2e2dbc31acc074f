"""Cases of 2.0.1 and 2.1: a bare socket at the station's side, and only the API for the rest.

Nothing here is sent unasked: the stations are enrolled with automatic provisioning switched off.
"""

import json
from uuid import uuid4

import pytest

from tests.e2e.raw import Wire, stamp

pytestmark = pytest.mark.server
YES = {"status": "Accepted"}
VARIABLE = {"component": {"name": "A"}, "variable": {"name": "B"}}
MONITOR = {**VARIABLE, "variableMonitoring": [
    {"id": 1, "transaction": False, "value": 1, "type": "Delta", "severity": 5},
]}  # fmt: skip
MESSAGE = {"id": 1, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "Hello"}}
PROFILE = {
    "id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Relative",
    "chargingSchedule": [
        {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]},
    ],
}  # fmt: skip
REPORT = {"generatedAt": stamp(), "reportData": [{**VARIABLE, "variableAttribute": [{"value": "1"}]}]}


@pytest.fixture(params=["2.0.1", "2.1"])
def version(request) -> str:
    return request.param


@pytest.fixture
async def wire(outside, version):
    """A connected, accepted station."""
    async with outside.dial(await outside.station(), protocols=[f"ocpp{version}"]) as socket:
        assert (await boot(socket))["status"] == "Accepted"
        yield socket


async def boot(wire: Wire, reason: str = "PowerUp") -> dict:
    about = {"vendorName": "Acme", "model": "One", "serialNumber": "S-1", "firmwareVersion": "1.0"}
    return await wire.call("BootNotification", {"reason": reason, "chargingStation": about})


async def tell(wire: Wire, kind: str, transaction: str, seq_no: int, **fields) -> dict:
    """A TransactionEvent; ``info`` is what else its transactionInfo says."""
    info = {"transactionId": transaction, **fields.pop("info", {})}
    trigger = {"Started": "CablePluggedIn", "Updated": "MeterValuePeriodic", "Ended": "StopAuthorized"}[kind]
    payload = {"eventType": kind, "timestamp": stamp(), "triggerReason": trigger, "seqNo": seq_no, **fields}
    return await wire.call("TransactionEvent", {**payload, "transactionInfo": info})


def metered(energy_wh: int) -> list[dict]:
    return [{"timestamp": stamp(), "sampledValue": [{"value": energy_wh, "unitOfMeasure": {"unit": "Wh"}}]}]


def card(value: str) -> dict:
    return {"idToken": value, "type": "ISO14443"}


async def proven(outside, row: dict) -> None:
    assert row["state"] == "accepted"
    await outside.api.until(f"commands/{row['id']}/", state="confirmed")


async def test_a_remote_start_and_stop_that_were_written_out_are_proven_by_their_session(outside, wire):
    token = card(await outside.card())
    start = await outside.command(wire, "RequestStartTransaction", {"remoteStartId": 11, "idToken": token}, YES)
    await tell(wire, "Started", "T1", 0, evse={"id": 1}, idToken=token, info={"remoteStartId": 11})
    await proven(outside, start)
    stop = await outside.command(wire, "RequestStopTransaction", {"transactionId": "T1"}, YES)
    await tell(wire, "Ended", "T1", 1, info={"stoppedReason": "Remote"})
    await proven(outside, stop)


@pytest.mark.parametrize(
    ("payload", "status"),
    [({"type": "Immediate"}, "Accepted"), ({"type": "OnIdle"}, "Accepted"), ({"type": "OnIdle"}, "Scheduled")],
)
async def test_a_reset_is_proven_by_the_boot(outside, wire, payload, status):
    row = await outside.command(wire, "Reset", payload, {"status": status})
    await boot(wire, "RemoteReset")
    await proven(outside, row)


@pytest.mark.parametrize(
    ("action", "asked", "part", "told"),
    [
        ("GetBaseReport", {"reportBase": "FullInventory"}, "NotifyReport", REPORT),
        ("GetReport", {"componentCriteria": ["Problem"]}, "NotifyReport", REPORT),
        ("GetMonitoringReport", {}, "NotifyMonitoringReport", {"generatedAt": stamp(), "monitor": [MONITOR]}),
    ],
)
async def test_a_report_in_parts_that_come_in_any_order_proves_the_call_of_its_number(
    outside, wire, version, action, asked, part, told
):
    if version == "2.1" and "monitor" in told:
        monitoring = {**MONITOR["variableMonitoring"][0], "eventNotificationType": "CustomMonitor"}
        told = {**told, "monitor": [{**MONITOR, "variableMonitoring": [monitoring]}]}
    row = await outside.command(wire, action, {"requestId": 5, **asked}, YES)
    for seq_no in (1, 0):
        await wire.call(part, {"requestId": 5, "seqNo": seq_no, "tbc": seq_no == 0, **told})
    await proven(outside, row)


@pytest.mark.parametrize(
    ("action", "asked", "part", "told"),
    [
        ("GetDisplayMessages", {}, "NotifyDisplayMessages", {"messageInfo": [MESSAGE]}),
        ("GetChargingProfiles", {"chargingProfile": {"stackLevel": 0}}, "ReportChargingProfiles",
         {"evseId": 1, "chargingLimitSource": "CSO", "chargingProfile": [PROFILE]}),
    ],
)  # fmt: skip
async def test_a_list_in_parts_without_numbers_proves_its_call_with_the_last_one(
    outside, wire, action, asked, part, told
):
    row = await outside.command(wire, action, {"requestId": 6, **asked}, YES)
    for more in (True, False):
        await wire.call(part, {"requestId": 6, "tbc": more, **told})
    await proven(outside, row)


async def test_a_firmware_update_and_a_log_that_were_written_out_are_followed_by_their_number(outside, wire):
    firmware = {"location": "https://example.com/f.bin", "retrieveDateTime": stamp()}
    await outside.command(wire, "UpdateFirmware", {"requestId": 7, "firmware": firmware}, YES)
    for word in ("Downloading", "Downloaded", "Installing", "Installed"):
        assert await wire.call("FirmwareStatusNotification", {"requestId": 7, "status": word}) == {}
    (update,) = await outside.api.all("firmware-updates/", station=wire.identity)
    assert update["state"] == "Installed"
    log = {"remoteLocation": "https://example.com/up"}
    await outside.command(wire, "GetLog", {"requestId": 8, "logType": "SecurityLog", "log": log}, YES)
    for word in ("Uploading", "Uploaded"):
        assert await wire.call("LogStatusNotification", {"requestId": 8, "status": word}) == {}
    (request,) = await outside.api.all("log-requests/", station=wire.identity)
    assert (request["kind"], request["state"]) == ("SecurityLog", "Uploaded")


async def test_while_pending_only_what_was_asked_for_passes_until_it_is_let_in(outside, version):
    identity = await outside.station(registration="Pending")
    async with outside.dial(identity, protocols=[f"ocpp{version}"]) as wire:
        assert (await boot(wire))["status"] == "Pending"
        assert await wire.refusal("Heartbeat", {}) == "SecurityError"
        assert await wire.refusal("Authorize", {"idToken": card("X")}) == "SecurityError"
        await outside.command(wire, "GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"}, YES)
        assert await wire.call("NotifyReport", {"requestId": 1, "seqNo": 0, **REPORT}) == {}
        await outside.patch(f"stations/{identity}/", {"registration": "Accepted"})
        await outside.command(wire, "TriggerMessage", {"requestedMessage": "BootNotification"}, YES)
        assert (await boot(wire, "Triggered"))["status"] == "Accepted"
        assert await wire.is_alive()


async def test_a_car_that_says_its_needs_gets_its_profile_also_where_nothing_is_sent_unasked(network, outside, wire):
    token = card(await outside.card())
    await wire.call(
        "StatusNotification", {"timestamp": stamp(), "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}
    )
    await tell(wire, "Started", "T2", 0, evse={"id": 1}, idToken=token, info={"chargingState": "Charging"})
    ac = {"energyAmount": 20_000, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 400}
    needs = {"requestedEnergyTransfer": "AC_three_phase", "acChargingParameters": ac}
    assert (await wire.call("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": needs}))["status"] == "Accepted"
    network.database.deliver_events()
    asked = await wire.answer("SetChargingProfile", YES)
    assert asked["evseId"] == 1
    assert asked["chargingProfile"]["chargingProfilePurpose"] == "TxProfile"
    assert asked["chargingProfile"]["transactionId"] == "T2"


async def test_events_after_the_end_and_without_place_or_card_belong_to_their_transaction(outside, wire):
    token = card(await outside.card(allows_concurrent=True))
    first = await tell(wire, "Started", "T3", 0, evse={"id": 2}, idToken=token, meterValue=metered(100))
    assert first["idTokenInfo"]["status"] == "Accepted"
    assert "idTokenInfo" not in await tell(wire, "Ended", "T3", 2, meterValue=metered(600))
    assert "idTokenInfo" not in await tell(wire, "Updated", "T3", 1, offline=True, meterValue=metered(300))
    session = await outside.session(wire)
    assert (session["evse_number"], session["energy_wh"]) == (2, 500)
    assert session["ended_at"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"evseId": None}, "TypeConstraintViolation"),
        ({"evseId": "1"}, "TypeConstraintViolation"),
        ({"connectorStatus": "Sleepy"}, "PropertyConstraintViolation"),
        ({"evseId": -1}, "PropertyConstraintViolation"),
        ({"surplus": 1}, "FormatViolation"),
    ],
)
async def test_each_fault_of_a_payload_has_its_code(wire, change, code):
    good = {"timestamp": stamp(), "connectorStatus": "Available", "evseId": 1, "connectorId": 1}
    assert await wire.refusal("StatusNotification", {**good, **change}) == code
    del good["evseId"]
    assert await wire.refusal("StatusNotification", good) == "OccurrenceConstraintViolation"


async def test_an_unknown_action_is_not_implemented_and_one_of_the_other_direction_not_supported(wire):
    assert await wire.refusal("Sing", {}) == "NotImplemented"
    assert await wire.refusal("Reset", {"type": "Immediate"}) == "NotSupported"


@pytest.mark.parametrize("text", ["hello", "[]", "{}", "[2,", "null", '["a"]'])
async def test_what_is_no_frame_is_answered_with_the_id_of_none(wire, text):
    await wire.send(text)
    kind, message_id, code, *_ = await wire.receive()
    assert (kind, message_id) == (4, "-1")
    assert code in ("RpcFrameworkError", "MessageTypeNotSupported")
    assert await wire.is_alive()


async def test_only_2_1_knows_unanswered_messages_and_refusals_of_answers(outside, wire, version):
    for frame in ([5, "m5", "InternalError", "", {}], [6, "m6", "NotifyPeriodicEventStream", {}]):
        await wire.send(frame)
        if version == "2.0.1":
            assert (await wire.frame_for(frame[1]))[2] == "MessageTypeNotSupported"
    row = await outside.command(wire, "GetLocalListVersion", {}, {"listVersion": 3})
    assert row["state"] == "failed"
    if version == "2.1":
        assert (await wire.receive())[0] == 5
    assert await wire.is_alive()


async def test_a_call_whose_last_fragment_is_empty_is_answered_at_once(wire):
    message_id = str(uuid4())
    text = json.dumps([2, message_id, "Heartbeat", {}])
    await wire.send("")
    assert (await wire.receive())[1] == "-1"
    await wire.socket.send([text[:9], text[9:]])
    assert (await wire.frame_for(message_id))[0] == 3


async def test_a_reservation_that_was_written_out_is_used_by_its_session(network, outside, wire):
    token = card(await outside.card())
    wanted = {"id": 501, "expiryDateTime": stamp(hours=-1), "idToken": token, "evseId": 1}
    await outside.command(wire, "ReserveNow", wanted, YES)
    await tell(wire, "Started", "T4", 0, evse={"id": 1}, idToken=token, reservationId=501)
    network.database.deliver_events()
    (row,) = await outside.api.all("reservations/", station=wire.identity)
    assert row["state"] == "used"
