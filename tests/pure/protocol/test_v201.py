"""OCPP 2.0.1: each action of a charger becomes its event, each reply its payload."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.chargers.messages.events import (
    AuthorizeRequested,
    BootNotified,
    ChargingState,
    ConnectorStatus,
    DataTransferred,
    EventsNotified,
    FirmwareStatusNotified,
    HeartbeatReceived,
    LogStatusNotified,
    MeterValuesReported,
    MonitoredEvent,
    ReportNotified,
    StationNoticeReported,
    StatusNotified,
    TransactionEvent,
    TransactionEventType,
    VariableReport,
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
BOOT = {"reason": "PowerUp", "chargingStation": {"vendorName": "ABB", "model": "Terra"}}
FULL_BOOT = {
    "reason": "RemoteReset",
    "chargingStation": {
        "vendorName": "ABB",
        "model": "Terra",
        "serialNumber": "0001",
        "firmwareVersion": "1.2",
        "modem": {"iccid": "89", "imsi": "26"},
    },
}
TOKEN = {"idToken": "04A1", "type": "ISO14443"}
STATUS = {"evseId": 2, "connectorId": 1, "connectorStatus": "Occupied", "timestamp": T}
MINIMAL = {
    "eventType": "Updated",
    "timestamp": T,
    "triggerReason": "MeterValuePeriodic",
    "seqNo": 3,
    "transactionInfo": {"transactionId": "T1"},
}
FULL = {
    "eventType": "Ended",
    "timestamp": T,
    "triggerReason": "StopAuthorized",
    "seqNo": 4,
    "offline": True,
    "numberOfPhasesUsed": 3,
    "cableMaxCurrent": 32,
    "reservationId": 5,
    "evse": {"id": 2, "connectorId": 1},
    "idToken": TOKEN,
    "transactionInfo": {
        "transactionId": "T1",
        "chargingState": "SuspendedEV",
        "stoppedReason": "MasterPass",
        "remoteStartId": 8,
    },
    "meterValue": [{"timestamp": T, "sampledValue": [{"value": 1.5, "unitOfMeasure": {"unit": "kWh"}}]}],
}
MINIMAL_EVENT = TransactionEvent(TransactionEventType.UPDATED, "T1", AT, "MeterValuePeriodic", 3)
FULL_EVENT = TransactionEvent(
    type=TransactionEventType.ENDED,
    transaction_id="T1",
    occurred_at=AT,
    trigger_reason="StopAuthorized",
    seq_no=4,
    offline=True,
    evse_id=2,
    connector_id=1,
    id_token=IdToken("04A1"),
    charging_state=ChargingState.SUSPENDED_EV,
    stopped_reason="MasterPass",
    remote_start_id=8,
    reservation_id=5,
    readings=(MeterReading(AT, energy_wh=1500),),
    number_of_phases_used=3,
    cable_max_current_a=32,
)
VALUES = {
    "evseId": 1,
    "meterValue": [{"timestamp": T, "sampledValue": [{"value": 2, "unitOfMeasure": {"unit": "Wh", "multiplier": 3}}]}],
}
REPORT = {
    "requestId": 9,
    "seqNo": 1,
    "generatedAt": T,
    "tbc": True,
    "reportData": [
        {
            "component": {"name": "EVSE", "instance": "a", "evse": {"id": 1, "connectorId": 2}},
            "variable": {"name": "Power", "instance": "b"},
            "variableAttribute": [{"value": "11", "mutability": "ReadOnly"}, {"type": "MaxSet", "value": "22"}],
            "variableCharacteristics": {
                "dataType": "decimal",
                "unit": "kW",
                "minLimit": 0,
                "maxLimit": 22.5,
                "valuesList": "x,y",
                "supportsMonitoring": False,
            },
        }
    ],
}
POWER = {
    "component": "EVSE",
    "variable": "Power",
    "component_instance": "a",
    "variable_instance": "b",
    "evse_id": 1,
    "connector_id": 2,
    "data_type": "decimal",
    "unit": "kW",
    "min_limit": 0,
    "max_limit": 22.5,
    "values_list": "x,y",
}
NOTICE = {
    "generatedAt": T,
    "seqNo": 0,
    "eventData": [
        {
            "eventId": 1,
            "timestamp": T,
            "trigger": "Alerting",
            "actualValue": "true",
            "cause": 2,
            "techCode": "E1",
            "techInfo": "stuck",
            "cleared": False,
            "transactionId": "T1",
            "component": {"name": "ConnectorPlugRetentionLock", "evse": {"id": 1, "connectorId": 1}},
            "variable": {"name": "Problem"},
            "eventNotificationType": "HardWiredNotification",
        },
        {
            "eventId": 2,
            "timestamp": T,
            "trigger": "Periodic",
            "actualValue": "",
            "component": {"name": "Fan"},
            "variable": {"name": "Speed"},
            "eventNotificationType": "CustomMonitor",
        },
    ],
}
NOTICED = EventsNotified(
    AT,
    0,
    False,
    (
        MonitoredEvent(
            event_id=1,
            occurred_at=AT,
            trigger="Alerting",
            component="ConnectorPlugRetentionLock",
            variable="Problem",
            actual_value="true",
            evse_id=1,
            connector_id=1,
            cleared=False,
            transaction_id="T1",
            tech_code="E1",
            tech_info="stuck",
            notification_type="HardWiredNotification",
            cause_event_id=2,
        ),
        MonitoredEvent(2, AT, "Periodic", "Fan", "Speed", "", notification_type="CustomMonitor"),
    ),
)
FIRMWARE = {"status": "SignatureVerified", "requestId": 4}
LOG = {"status": "AcceptedCanceled"}
SECURITY = {"type": "FirmwareUpdated", "timestamp": T}


@pytest.mark.parametrize(
    ("action", "payload", "event"),
    [
        ("BootNotification", BOOT, BootNotified("ABB", "Terra", reason="PowerUp")),
        ("BootNotification", FULL_BOOT, BootNotified("ABB", "Terra", "0001", "1.2", "RemoteReset", "89", "26")),
        ("Heartbeat", {}, HeartbeatReceived()),
        ("StatusNotification", STATUS, StatusNotified(2, 1, ConnectorStatus.OCCUPIED, AT)),
        ("Authorize", {"idToken": TOKEN}, AuthorizeRequested(IdToken("04A1"))),
        ("TransactionEvent", MINIMAL, MINIMAL_EVENT),
        ("TransactionEvent", MINIMAL | {"seqNo": 3.0}, MINIMAL_EVENT),
        ("TransactionEvent", FULL, FULL_EVENT),
        ("TransactionEvent", MINIMAL | {"idToken": {"idToken": "", "type": "NoAuthorization"}},
         TransactionEvent(TransactionEventType.UPDATED, "T1", AT, "MeterValuePeriodic", 3,
                          id_token=IdToken("", "NoAuthorization"))),
        ("MeterValues", VALUES, MeterValuesReported(1, (MeterReading(AT, energy_wh=2000),))),
        ("NotifyReport", REPORT, ReportNotified(9, 1, AT, True, (
            VariableReport(value="11", mutability="ReadOnly", **POWER),
            VariableReport(value="22", attribute="MaxSet", mutability="ReadWrite", **POWER)))),
        ("NotifyReport", {"requestId": 9, "seqNo": 0, "generatedAt": T}, ReportNotified(9, 0, AT, False)),
        ("NotifyEvent", NOTICE, NOTICED),
        ("DataTransfer", {"vendorId": "acme", "data": {"a": [1]}}, DataTransferred("acme", "", {"a": [1]})),
        ("FirmwareStatusNotification", FIRMWARE,
         FirmwareStatusNotified("SignatureVerified", 4, raw=FIRMWARE)),
        ("LogStatusNotification", LOG, LogStatusNotified("AcceptedCanceled", raw=LOG)),
        ("SecurityEventNotification", SECURITY, StationNoticeReported("security", "FirmwareUpdated", AT, raw=SECURITY)),
    ],
)  # fmt: skip
def test_an_action_becomes_its_event(action, payload, event):
    got = call(connect("ocpp2.0.1"), action, payload)

    assert isinstance(got, Inbound), got
    assert got.event == event
    assert got.deviations == ()


def test_a_signed_value_is_kept_as_sent_beside_its_number():
    signed = {"signedMeterData": "b0NNRg==", "signingMethod": "", "encodingMethod": "OCMF", "publicKey": "a2V5"}
    sampled = {"value": 5, "context": "Transaction.End", "signedMeterValue": signed}
    payload = VALUES | {"meterValue": [{"timestamp": T, "sampledValue": [sampled]}]}

    got = call(connect("ocpp2.0.1"), "MeterValues", payload)

    assert isinstance(got, Inbound)
    assert got.event.readings == (MeterReading(AT, "Transaction.End", energy_wh=5, signed=(signed,)),)


def test_a_number_as_text_is_accepted_and_named():
    payload = VALUES | {"meterValue": [{"timestamp": "2026-03-01T11:59:00", "sampledValue": [{"value": "5"}]}]}

    got = call(connect("ocpp2.0.1"), "MeterValues", payload)

    assert isinstance(got, Inbound)
    assert got.event.readings[0].energy_wh == 5
    assert got.deviations == ("timestamp-without-zone", "value-as-text")


INFO = IdTokenInfo(AuthorizationStatus.NO_CREDIT)
FULL_INFO = IdTokenInfo(AuthorizationStatus.ACCEPTED, NOW + timedelta(days=1), "G" * 40, "Central", "Hello")


@pytest.mark.parametrize(
    ("action", "payload", "reply", "answer"),
    [
        ("BootNotification", BOOT, BootReply(RegistrationStatus.ACCEPTED, NOW, 300),
         {"status": "Accepted", "currentTime": "2026-03-01T12:00:00.000Z", "interval": 300}),
        ("Heartbeat", {}, HeartbeatReply(NOW), {"currentTime": "2026-03-01T12:00:00.000Z"}),
        ("Authorize", {"idToken": TOKEN}, AuthorizeReply(INFO), {"idTokenInfo": {"status": "NoCredit"}}),
        ("Authorize", {"idToken": TOKEN}, AuthorizeReply(FULL_INFO), {"idTokenInfo": {
            "status": "Accepted", "cacheExpiryDateTime": "2026-03-02T12:00:00.000Z",
            "groupIdToken": {"idToken": "G" * 36, "type": "Central"},
            "personalMessage": {"format": "UTF8", "content": "Hello"}}}),
        ("TransactionEvent", MINIMAL, TransactionReply(), {}),
        ("TransactionEvent", FULL, TransactionReply(info=INFO, total_cost=Decimal("4.20")),
         {"totalCost": 4.2, "idTokenInfo": {"status": "NoCredit"}}),
        ("TransactionEvent", FULL, TransactionReply(transaction_id=5, total_cost=Decimal(0)), {"totalCost": 0.0}),
        ("StatusNotification", STATUS, Reply(), {}),
        ("MeterValues", VALUES, Reply(), {}),
        ("NotifyReport", REPORT, Reply(), {}),
        ("NotifyEvent", NOTICE, Reply(), {}),
        ("DataTransfer", {"vendorId": "v"}, DataTransferReply("Accepted", {"a": 1}),
         {"status": "Accepted", "data": {"a": 1}}),
        ("FirmwareStatusNotification", FIRMWARE, Reply(), {}),
        ("LogStatusNotification", LOG, Reply(), {}),
        ("SecurityEventNotification", SECURITY, Reply(), {}),
    ],
)  # fmt: skip
def test_a_reply_becomes_a_payload_that_its_schema_allows(action, payload, reply, answer):
    connection = connect("ocpp2.0.1")
    call(connection, action, payload)

    message_type, _, said = read(connection.reply("m1", reply))

    assert (message_type, said) == (3, answer)
    assert connection._adapter.schemas.check_response(action, said) == ()
