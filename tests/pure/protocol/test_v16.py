"""OCPP 1.6: each action of a charger becomes its event, each reply its payload."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.chargers.messages.events import (
    AuthorizeRequested,
    BootNotified,
    ConnectorStatus,
    DataTransferred,
    FirmwareStatusNotified,
    HeartbeatReceived,
    LogStatusNotified,
    MeterValuesReported,
    StationNoticeReported,
    StatusNotified,
    TransactionEvent,
    TransactionEventType,
)
from apps.chargers.messages.metering import MeterReading
from apps.chargers.messages.replies import (
    AuthorizeReply,
    BootReply,
    DataTransferReply,
    HeartbeatReply,
    RegistrationStatus,
    Reply,
    TransactionReply,
)
from apps.chargers.messages.tokens import AuthorizationStatus, IdToken, IdTokenInfo
from apps.gateway.protocol.outcomes import Inbound
from tests.pure.protocol.talk import NOW, call, connect, read

AT = datetime(2026, 3, 1, 11, 59, tzinfo=UTC)
T = "2026-03-01T11:59:00Z"
BOOT = {"chargePointVendor": "ABB", "chargePointModel": "Terra"}
FULL_BOOT = BOOT | {
    "chargePointSerialNumber": "0001",
    "chargeBoxSerialNumber": "0002",
    "firmwareVersion": "1.2",
    "iccid": "89",
    "imsi": "26",
    "meterType": "EM340",
    "meterSerialNumber": "M1",
}
START = {"connectorId": 2, "idTag": "04a1", "meterStart": 1000, "timestamp": T}
STOP = {"transactionId": 7, "meterStop": 2000, "timestamp": T}
SAMPLED = [{"timestamp": T, "sampledValue": [{"value": "1500"}]}]
VALUES = {"connectorId": 1, "meterValue": SAMPLED}
READING = MeterReading(AT, energy_wh=1500)
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
SECURITY = {"type": "InvalidChargePointCertificate", "timestamp": T, "techInfo": "x"}
LOG = {"status": "Uploaded", "requestId": 3}


def started(**changes):
    fields = {
        "type": TransactionEventType.STARTED,
        "transaction_id": None,
        "occurred_at": AT,
        "evse_id": 2,
        "connector_id": 1,
        "id_token": IdToken("04a1"),
        "meter_start_wh": 1000,
    }
    return TransactionEvent(**fields | changes)


def ended(**changes):
    fields = {
        "type": TransactionEventType.ENDED,
        "transaction_id": "7",
        "occurred_at": AT,
        "stopped_reason": "Local",
        "meter_stop_wh": 2000,
    }
    return TransactionEvent(**fields | changes)


INVALID_ID = ("transaction-id-invalid",)


@pytest.mark.parametrize(
    ("action", "payload", "event"),
    [
        ("BootNotification", BOOT, BootNotified("ABB", "Terra")),
        ("BootNotification", FULL_BOOT, BootNotified("ABB", "Terra", "0001", "1.2", "", "89", "26", "EM340", "M1")),
        ("BootNotification", BOOT | {"chargeBoxSerialNumber": "0002"}, BootNotified("ABB", "Terra", "0002")),
        ("Heartbeat", {}, HeartbeatReceived()),
        ("Authorize", {"idTag": "Ünï;1"}, AuthorizeRequested(IdToken("Ünï;1"))),
        ("StatusNotification", STATUS, StatusNotified(1, 1, ConnectorStatus.CHARGING)),
        ("StatusNotification", STATUS | {"connectorId": 0, "status": "Available", "timestamp": T},
         StatusNotified(0, 0, ConnectorStatus.AVAILABLE, AT)),
        ("StatusNotification", STATUS | {"connectorId": 7, "status": "Faulted", "errorCode": "ConnectorLockFailure",
         "vendorErrorCode": "E7", "vendorId": "abb", "info": "<b>{{ x }}</b>"},
         StatusNotified(7, 1, ConnectorStatus.FAULTED, None, "ConnectorLockFailure", "E7", "abb", "<b>{{ x }}</b>")),
        ("StatusNotification", STATUS | {"timestamp": "now"},
         StatusNotified(1, 1, ConnectorStatus.CHARGING, NOW, deviations=("timestamp-unreadable",))),
        ("StartTransaction", START, started()),
        ("StartTransaction", START | {"reservationId": 5}, started(reservation_id=5)),
        ("StartTransaction", START | {"reservationId": -1}, started()),
        ("StartTransaction", START | {"meterStart": 999.5},
         started(meter_start_wh=1000, deviations=("energy-fractional-wh",))),
        ("StartTransaction", START | {"timestamp": "0001-01-01T00:00:00Z"},
         started(occurred_at=NOW, deviations=("timestamp-impossible",))),
        ("StartTransaction", START | {"timestamp": "1970-01-01T00:00:00Z"},
         started(occurred_at=datetime(1970, 1, 1, tzinfo=UTC))),
        ("StopTransaction", STOP, ended()),
        ("StopTransaction", STOP | {"idTag": "04A1", "reason": "DeAuthorized"},
         ended(id_token=IdToken("04A1"), stopped_reason="DeAuthorized")),
        ("StopTransaction", STOP | {"idTag": ""}, ended()),
        ("StopTransaction", STOP | {"meterStop": -1}, ended(meter_stop_wh=-1)),
        ("StopTransaction", STOP | {"transactionId": 2**62}, ended(transaction_id=str(2**62))),
        *(("StopTransaction", STOP | {"transactionId": bad}, ended(transaction_id=None, deviations=INVALID_ID))
          for bad in (-1, 0, None, -16, 2**63, 1.5, 1e30)),
        ("StopTransaction", STOP | {"transactionData": SAMPLED}, ended(readings=(READING,))),
        ("StopTransaction", STOP | {"transactionData": []}, ended()),
        ("MeterValues", VALUES, MeterValuesReported(1, (READING,))),
        ("MeterValues", VALUES | {"transactionId": 7}, MeterValuesReported(1, (READING,), "7")),
        ("MeterValues", VALUES | {"connectorId": 0}, MeterValuesReported(0, (READING,))),
        *(("MeterValues", VALUES | {"transactionId": bad}, MeterValuesReported(1, (READING,), None, INVALID_ID))
          for bad in (-1, 0, None)),
        ("DataTransfer", {"vendorId": "acme"}, DataTransferred("acme")),
        ("DataTransfer", {"vendorId": "acme", "messageId": "m", "data": '{"a":1}'},
         DataTransferred("acme", "m", '{"a":1}')),
        ("FirmwareStatusNotification", {"status": "Installed"},
         FirmwareStatusNotified("Installed", raw={"status": "Installed"})),
        ("SignedFirmwareStatusNotification", {"status": "InvalidSignature", "requestId": 4},
         FirmwareStatusNotified("InvalidSignature", 4, raw={"status": "InvalidSignature", "requestId": 4})),
        ("DiagnosticsStatusNotification", {"status": "Uploading"},
         LogStatusNotified("Uploading", raw={"status": "Uploading"})),
        ("LogStatusNotification", LOG, LogStatusNotified("Uploaded", 3, raw=LOG)),
        ("SecurityEventNotification", SECURITY,
         StationNoticeReported("security", "InvalidChargePointCertificate", AT, info="x", raw=SECURITY)),
    ],
)  # fmt: skip
def test_an_action_becomes_its_event(action, payload, event):
    got = call(connect("ocpp1.6"), action, payload)

    assert isinstance(got, Inbound), got
    assert got.event == event
    assert got.deviations == getattr(event, "deviations", ())


def test_signed_data_is_kept_as_sent_and_never_read_as_a_number():
    signed = {"value": "OCMF|{}|12", "format": "SignedData", "context": "Transaction.End", "unit": "Wh"}
    got = call(connect(), "MeterValues", VALUES | {"meterValue": [{"timestamp": T, "sampledValue": [signed]}]})

    assert isinstance(got, Inbound)
    assert got.event.readings == (MeterReading(AT, "Transaction.End", signed=(signed,)),)


def test_begin_and_end_of_one_timestamp_become_two_readings():
    samples = [{"value": "10", "context": "Transaction.Begin"}, {"value": "60", "context": "Transaction.End"}]
    got = call(connect(), "StopTransaction", STOP | {"transactionData": [{"timestamp": T, "sampledValue": samples}]})

    assert isinstance(got, Inbound)
    assert [(reading.context, reading.energy_wh) for reading in got.event.readings] == [
        ("Transaction.Begin", 10),
        ("Transaction.End", 60),
    ]


@pytest.mark.parametrize(
    ("sampled", "deviation"),
    [
        ({"value": ""}, "value-empty"),
        ({"value": "1,5"}, "value-decimal-comma"),
        ({"value": 1}, "value-as-number"),
        ({"value": "1", "unit": "Hz"}, "unit-of-another-dimension"),
        ({"value": "1", "unit": "parsec"}, "unit-unknown"),
        ({"value": "1", "context": "Sample.Weekly"}, "context-unknown"),
        ({"value": "1", "measurand": "Mood"}, "measurand-unknown"),
        ({"value": "1", "phase": "L9"}, "phase-unknown"),
        ({"value": "1", "location": "Roof"}, "location-unknown"),
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_odd_values_of_meters_are_accepted_in_both_modes_and_named(sampled, deviation, lenient):
    payload = VALUES | {"meterValue": [{"timestamp": T, "sampledValue": [sampled]}]}

    got = call(connect(lenient=lenient), "MeterValues", payload)

    assert isinstance(got, Inbound)
    assert deviation in got.deviations


def test_a_stop_with_three_hundred_samples_is_accepted_whole():
    data = [{"timestamp": T, "sampledValue": [{"value": str(n), "measurand": "Energy.Active.Import.Register",
             "context": "Sample.Periodic", "format": "Raw", "location": "Outlet", "unit": "Wh"} for _ in range(1)]}
            for n in range(300)]  # fmt: skip

    got = call(connect(), "StopTransaction", STOP | {"transactionData": data})

    assert isinstance(got, Inbound)
    assert [reading.energy_wh for reading in got.event.readings] == list(range(300))


ACCEPTED = IdTokenInfo(AuthorizationStatus.ACCEPTED)
FULL_INFO = IdTokenInfo(AuthorizationStatus.ACCEPTED, expires_at=NOW + timedelta(days=1), group_id="G" * 30)


@pytest.mark.parametrize(
    ("action", "payload", "reply", "answer"),
    [
        ("BootNotification", BOOT, BootReply(RegistrationStatus.PENDING, NOW, 60),
         {"status": "Pending", "currentTime": "2026-03-01T12:00:00.000Z", "interval": 60}),
        ("Heartbeat", {}, HeartbeatReply(NOW), {"currentTime": "2026-03-01T12:00:00.000Z"}),
        ("Authorize", {"idTag": "A"}, AuthorizeReply(FULL_INFO), {"idTagInfo": {"status": "Accepted",
         "expiryDate": "2026-03-02T12:00:00.000Z", "parentIdTag": "G" * 20}}),
        *(("Authorize", {"idTag": "A"}, AuthorizeReply(IdTokenInfo(status)), {"idTagInfo": {"status": word}})
          for status, word in (
              (AuthorizationStatus.BLOCKED, "Blocked"), (AuthorizationStatus.EXPIRED, "Expired"),
              (AuthorizationStatus.INVALID, "Invalid"), (AuthorizationStatus.CONCURRENT_TX, "ConcurrentTx"),
              (AuthorizationStatus.UNKNOWN, "Invalid"), (AuthorizationStatus.NO_CREDIT, "Blocked"),
              (AuthorizationStatus.NOT_AT_THIS_TIME, "Invalid"))),
        ("StatusNotification", STATUS, Reply(), {}),
        ("MeterValues", VALUES, Reply(), {}),
        ("StartTransaction", START, TransactionReply(9, IdTokenInfo(AuthorizationStatus.INVALID)),
         {"transactionId": 9, "idTagInfo": {"status": "Invalid"}}),
        ("StopTransaction", STOP, TransactionReply(), {}),
        ("StopTransaction", STOP, TransactionReply(info=ACCEPTED), {"idTagInfo": {"status": "Accepted"}}),
        ("DataTransfer", {"vendorId": "v"}, DataTransferReply("UnknownVendorId"), {"status": "UnknownVendorId"}),
        ("DataTransfer", {"vendorId": "v"}, DataTransferReply("Accepted", {"a": 1}),
         {"status": "Accepted", "data": '{"a":1}'}),
        ("FirmwareStatusNotification", {"status": "Idle"}, Reply(), {}),
        ("SignedFirmwareStatusNotification", {"status": "Idle"}, Reply(), {}),
        ("DiagnosticsStatusNotification", {"status": "Idle"}, Reply(), {}),
        ("LogStatusNotification", LOG, Reply(), {}),
        ("SecurityEventNotification", SECURITY, Reply(), {}),
    ],
)  # fmt: skip
def test_a_reply_becomes_a_payload_that_its_schema_allows(action, payload, reply, answer):
    connection = connect("ocpp1.6")
    call(connection, action, payload)

    message_type, _, said = read(connection.reply("m1", reply))

    assert (message_type, said) == (3, answer)
    assert connection._adapter.schemas.check_response(action, said) == ()


def test_a_start_without_an_id_of_ours_cannot_be_answered():
    connection = connect()
    call(connection, "StartTransaction", START)

    with pytest.raises(ValueError, match="needs a transaction id"):
        connection.reply("m1", TransactionReply())
    assert connection.in_flight == 1
