"""Refusals by schema: code, spelling by version and field (cases 138 to 141), and what leniency forgives."""

import pytest

from apps.gateway.protocol.outcomes import AnswerNow, Inbound
from tests.pure.protocol.talk import call, connect, read

START = {"connectorId": 1, "idTag": "TAG", "meterStart": 0, "timestamp": "2026-03-01T12:00:00Z"}
EVENT = {
    "eventType": "Started",
    "timestamp": "2026-03-01T12:00:00Z",
    "triggerReason": "CablePluggedIn",
    "seqNo": 0,
    "transactionInfo": {"transactionId": "T1"},
}
STATUS_201 = {"evseId": 1, "connectorId": 1, "connectorStatus": "Available", "timestamp": "2026-03-01T12:00:00Z"}


def without(payload, field):
    return {key: value for key, value in payload.items() if key != field}


@pytest.mark.parametrize(
    ("version", "action", "payload", "code", "path"),
    [
        ("ocpp1.6", "StartTransaction", without(START, "idTag"), "OccurenceConstraintViolation", "idTag"),
        ("ocpp1.6", "StartTransaction", START | {"connectorId": "1"}, "TypeConstraintViolation", "connectorId"),
        ("ocpp1.6", "StartTransaction", START | {"idTag": "X" * 21}, "PropertyConstraintViolation", "idTag"),
        ("ocpp1.6", "StartTransaction", START | {"connectorId": 2**31}, "PropertyConstraintViolation", "connectorId"),
        ("ocpp1.6", "StartTransaction", START | {"connectorId": -1}, "PropertyConstraintViolation", "connectorId"),
        ("ocpp1.6", "StartTransaction", START | {"colour": "red"}, "FormationViolation", "colour"),
        ("ocpp1.6", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Asleep"},
         "PropertyConstraintViolation", "status"),
        ("ocpp1.6", "MeterValues", {"connectorId": 1, "meterValue": []}, "OccurenceConstraintViolation", "meterValue"),
        ("ocpp1.6", "MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": "x", "sampledValue": [{}]}]},
         "OccurenceConstraintViolation", "meterValue[0].sampledValue[0].value"),
        ("ocpp2.0.1", "TransactionEvent", without(EVENT, "seqNo"), "OccurrenceConstraintViolation", "seqNo"),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"seqNo": "0"}, "TypeConstraintViolation", "seqNo"),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"eventType": "Begun"}, "PropertyConstraintViolation", "eventType"),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"colour": "red"}, "FormatViolation", "colour"),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"transactionInfo": {"transactionId": "T" * 37}},
         "PropertyConstraintViolation", "transactionInfo.transactionId"),
        ("ocpp2.0.1", "StatusNotification", STATUS_201 | {"evseId": -1}, "PropertyConstraintViolation", "evseId"),
        ("ocpp2.0.1", "NotifyReport", {"requestId": 1, "generatedAt": "2026-03-01T12:00:00Z", "seqNo": 0,
         "reportData": []}, "OccurrenceConstraintViolation", "reportData"),
    ],
)  # fmt: skip
def test_a_payload_against_the_schema_is_refused_by_code_and_field(version, action, payload, code, path):
    connection = connect(version)

    refusal = call(connection, action, payload, "m7")

    assert isinstance(refusal, AnswerNow)
    message_type, message_id, said, description, details = read(refusal.text)
    assert (message_type, message_id, said, details) == (4, "m7", code, {})
    assert description.startswith(path + ": ")
    assert (refusal.action, refusal.error_code, refusal.payload) == (action, code, payload)
    assert connection.in_flight == 0


def test_custom_data_is_accepted_anywhere_in_2_0_1():
    payload = EVENT | {"customData": {"vendorId": "acme", "x": 1}}

    assert isinstance(call(connect("ocpp2.0.1"), "TransactionEvent", payload), Inbound)


@pytest.mark.parametrize(
    ("version", "action", "payload", "deviations"),
    [
        ("ocpp1.6", "StartTransaction", START | {"connectorId": "1"}, ("wrong-type:connectorId",)),
        ("ocpp1.6", "StartTransaction", START | {"connectorId": 1.0}, ("wrong-type:connectorId",)),
        ("ocpp1.6", "StartTransaction", START | {"idTag": 4711}, ("wrong-type:idTag",)),
        ("ocpp1.6", "StartTransaction", START | {"colour": "red"}, ("extra-field:colour",)),
        ("ocpp1.6", "StartTransaction", START | {"reservationId": None}, ("wrong-type:reservationId",)),
        ("ocpp1.6", "StartTransaction", without(START, "timestamp"), ("missing:timestamp", "timestamp-missing")),
        ("ocpp1.6", "BootNotification", {"chargePointVendor": "A" * 30, "chargePointModel": "M"},
         ("too-long:chargePointVendor",)),
        ("ocpp1.6", "StatusNotification", {"connectorId": 1, "status": "Available"}, ("missing:errorCode",)),
        ("ocpp1.6", "StatusNotification", {"connectorId": 1, "errorCode": "Sad", "status": "Available"},
         ("unknown-word:errorCode",)),
        ("ocpp1.6", "FirmwareStatusNotification", {"status": "Pondering"}, ("unknown-word:status",)),
        ("ocpp2.0.1", "TransactionEvent", without(EVENT, "triggerReason"), ("missing:triggerReason",)),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"offline": "true"}, ("wrong-type:offline",)),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"meterValue": []}, ("empty-list:meterValue",)),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"transactionInfo": {"transactionId": "T1", "chargingState": "Zen"}},
         ("unknown-word:transactionInfo.chargingState",)),
        ("ocpp2.0.1", "NotifyReport", {"requestId": 1, "generatedAt": "2026-03-01T12:00:00Z", "seqNo": 0,
         "reportData": []}, ("empty-list:reportData",)),
    ],
)  # fmt: skip
def test_a_lenient_connection_mends_and_names_the_deviation(version, action, payload, deviations):
    got = call(connect(version, lenient=True), action, payload)

    assert isinstance(got, Inbound)
    assert got.deviations == deviations


@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [
        ("ocpp1.6", "StartTransaction", START | {"idTag": "X" * 21}),
        ("ocpp1.6", "StartTransaction", START | {"connectorId": "one"}),
        ("ocpp1.6", "StartTransaction", without(START, "idTag")),
        ("ocpp1.6", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Asleep"}),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"eventType": "Begun"}),
        ("ocpp2.0.1", "TransactionEvent", EVENT | {"transactionInfo": None}),
    ],
)
def test_leniency_ends_where_the_meaning_is_lost(version, action, payload):
    assert isinstance(call(connect(version, lenient=True), action, payload), AnswerNow)


def test_a_lenient_connection_cuts_what_is_too_long_but_no_identifier():
    boot = call(connect(lenient=True), "BootNotification", {"chargePointVendor": "A" * 30, "chargePointModel": "M"})

    assert isinstance(boot, Inbound)
    assert boot.event.vendor == "A" * 20


def test_faults_of_different_kinds_in_one_field_are_each_mended():
    data = [
        {"component": {"name": name}, "variable": {"name": "V"}, "variableAttribute": [{"value": "1"}]}
        for name in ("C", "N" * 60, 4711)
    ]
    payload = {"requestId": 1, "generatedAt": "2026-03-01T12:00:00Z", "seqNo": 0, "reportData": data}

    got = call(connect("ocpp2.0.1", lenient=True), "NotifyReport", payload)

    assert isinstance(got, Inbound)
    assert [variable.component for variable in got.event.variables] == ["C", "N" * 50, "4711"]
    assert set(got.deviations) == {"too-long:reportData.component.name", "wrong-type:reportData.component.name"}


def test_one_habit_in_hundreds_of_values_is_mended_as_one():
    values = [{"timestamp": "2026-03-01T12:00:00Z", "sampledValue": [{"value": str(n), "x": n}]} for n in range(300)]

    got = call(connect(lenient=True), "MeterValues", {"connectorId": 1, "meterValue": values})

    assert isinstance(got, Inbound)
    assert got.deviations == ("extra-field:meterValue.sampledValue.x",)
    assert [reading.energy_wh for reading in got.event.readings] == list(range(300))


def test_more_faults_than_a_charger_can_have_by_habit_are_not_mended():
    assert isinstance(call(connect(lenient=True), "Heartbeat", {f"x{n}": n for n in range(20)}), Inbound)
    assert isinstance(call(connect(lenient=True), "Heartbeat", {f"x{n}": n for n in range(21)}), AnswerNow)
