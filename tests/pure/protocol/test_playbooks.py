"""One neutral dialogue, every version: what the charger says differs, what we understand does not."""

import pytest

from apps.chargers.messages.commands import RequestStartTransaction, RequestStopTransaction
from apps.chargers.messages.events import TransactionEvent, TransactionEventType
from apps.chargers.messages.replies import AuthorizeReply, BootReply, RegistrationStatus, Reply, TransactionReply
from apps.chargers.messages.tokens import AuthorizationStatus, IdToken, IdTokenInfo
from apps.gateway.protocol.outcomes import CommandAnswered, Inbound
from tests.pure.protocol.talk import BOOT, NOW, SHAPE, STATUS, VERSIONS, answer, call, connect, read

T0, T1, T2 = "2026-03-01T10:00:00Z", "2026-03-01T10:30:00Z", "2026-03-01T11:00:00Z"
GOOD = IdTokenInfo(AuthorizationStatus.ACCEPTED)


def transaction_201(kind, at, seq_no, wh, context, **more):
    sampled = {"value": wh, "context": context}
    return "TransactionEvent", {
        "eventType": kind, "timestamp": at, "triggerReason": "ChargingStateChanged", "seqNo": seq_no,
        "transactionInfo": {"transactionId": "7"}, "evse": {"id": 1, "connectorId": 1},
        "meterValue": [{"timestamp": at, "sampledValue": [sampled]}], **more,
    }  # fmt: skip


SESSION = {
    "ocpp1.6": [
        ("Authorize", {"idTag": "TAG"}),
        ("StartTransaction", {"connectorId": 1, "idTag": "TAG", "meterStart": 100, "timestamp": T0}),
        ("MeterValues", {"connectorId": 1, "transactionId": 7,
                         "meterValue": [{"timestamp": T1, "sampledValue": [{"value": "600"}]}]}),
        ("StopTransaction", {"transactionId": 7, "idTag": "TAG", "meterStop": 1100, "timestamp": T2}),
    ],
    "ocpp2.0.1": [
        ("Authorize", {"idToken": {"idToken": "TAG", "type": "ISO14443"}}),
        transaction_201("Started", T0, 0, 100, "Transaction.Begin", idToken={"idToken": "TAG", "type": "ISO14443"}),
        transaction_201("Updated", T1, 1, 600, "Sample.Periodic"),
        transaction_201("Ended", T2, 2, 1100, "Transaction.End", idToken={"idToken": "TAG", "type": "ISO14443"}),
    ],
}  # fmt: skip
REPLIES = {
    "Authorize": AuthorizeReply(GOOD),
    "StartTransaction": TransactionReply(7, GOOD),
    "StopTransaction": TransactionReply(info=GOOD),
    "TransactionEvent": TransactionReply(info=GOOD),
    "MeterValues": Reply(),
}


def registers(event):
    """All registers that an event tells, in Wh."""
    told = [event.meter_start_wh, event.meter_stop_wh] if isinstance(event, TransactionEvent) else []
    return [wh for wh in told if wh is not None] + [reading.energy_wh for reading in event.readings]


@pytest.mark.parametrize("version", VERSIONS)
def test_boot_status_charge_stop(version):
    connection = connect(version)
    boot = call(connection, "BootNotification", BOOT[version], "boot")
    assert isinstance(boot, Inbound)
    assert (boot.event.vendor, boot.event.model) == ("Wallbox", "Copper")
    connection.reply("boot", BootReply(RegistrationStatus.ACCEPTED, NOW, 300))
    status = call(connection, "StatusNotification", STATUS[version], "status")
    assert isinstance(status, Inbound)
    assert (status.event.evse_id, status.event.connector_id, status.event.status) == (1, 1, "Available")
    connection.reply("status", Reply())

    events = []
    for action, payload in SESSION[SHAPE.get(version, version)]:
        got = call(connection, action, payload, f"m{len(events)}")
        assert isinstance(got, Inbound), got
        assert read(connection.reply(got.message_id, REPLIES[action]))[0] == 3
        events.append(got.event)

    authorize, start, update, end = events
    assert authorize.id_token == start.id_token == end.id_token == IdToken("TAG")
    assert (start.type, end.type) == (TransactionEventType.STARTED, TransactionEventType.ENDED)
    assert (start.evse_id, update.evse_id, end.transaction_id) == (1, 1, "7")
    assert [registers(event) for event in (start, update, end)] == [[100], [600], [1100]]
    assert (start.occurred_at.hour, end.occurred_at.hour) == (10, 11)


@pytest.mark.parametrize("version", VERSIONS)
def test_remote_start_and_stop_between_the_charger_s_own_messages(version):
    connection = connect(version)
    connection.send_command(RequestStartTransaction("TAG", 1, 1), "start")
    beat = call(connection, "Heartbeat", {}, "beat")
    started = answer(connection, "start", {"status": "Accepted"})
    connection.send_command(RequestStopTransaction("7"), "stop")
    refused = answer(connection, "stop", {"status": "Rejected"})

    assert isinstance(beat, Inbound)
    assert isinstance(started, CommandAnswered)
    assert isinstance(refused, CommandAnswered)
    assert (started.result.accepted, refused.result.accepted) == (True, False)
    assert connection.in_flight == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_charger_that_replays_after_a_reconnect_without_boot_is_heard(version):
    connection = connect(version, registration=RegistrationStatus.ACCEPTED)
    for action, payload in SESSION[SHAPE.get(version, version)]:
        assert isinstance(call(connection, action, payload, f"m-{payload.get('seqNo')}-{action}"), Inbound)


@pytest.mark.parametrize("version", VERSIONS)
def test_status_before_the_answer_to_boot_is_neither_dropped_nor_refused(version):
    connection = connect(version)
    boot = call(connection, "BootNotification", BOOT[version], "boot")
    status = call(connection, "StatusNotification", STATUS[version], "status")

    assert isinstance(boot, Inbound)
    assert isinstance(status, Inbound)
