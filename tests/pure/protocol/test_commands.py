"""Commands: one neutral wish, the words of each version, and what the answer means."""

import pytest

from apps.chargers.messages.commands import (
    COMMANDS,
    ChangeAvailability,
    ClearCache,
    DataTransfer,
    GetBaseReport,
    GetVariables,
    RawCall,
    RequestStartTransaction,
    RequestStopTransaction,
    Reset,
    SetVariables,
    TriggerMessage,
    UnlockConnector,
)
from apps.chargers.messages.events import VariableReport
from apps.chargers.messages.events.device_model import ItemResult
from apps.chargers.messages.learnt_transfers import LogAnswered, TransferAsked
from apps.chargers.messages.lessons import InventoryAnswered, ItemsAnswered
from apps.chargers.messages.results import CommandResult
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.outcomes import CommandAnswered
from tests.pure.protocol.talk import SHAPE, VERSIONS, answer, connect

KEY = {"component": "ConfigurationKey", "variable": "HeartbeatInterval"}
VARIABLE = {"component": "OCPPCommCtrlr", "variable": "HeartbeatInterval"}
FINE = {
    "component": "EVSE",
    "component_instance": "a",
    "evse_id": 1,
    "connector_id": 2,
    "variable": "Power",
    "variable_instance": "b",
    "attribute": "MaxSet",
}
FINE_ADDRESS = {
    "component": {"name": "EVSE", "instance": "a", "evse": {"id": 1, "connectorId": 2}},
    "variable": {"name": "Power", "instance": "b"},
    "attributeType": "MaxSet",
}
ADDRESS = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
IMPOSSIBLE = None
SINCE = {
    "CustomerInformation": "ocpp2.0.1",
    **dict.fromkeys(("SetDisplayMessage", "GetDisplayMessages", "ClearDisplayMessage"), "ocpp2.0.1"),
    "ClearVariableMonitoring": "ocpp2.0.1",
    "GetMonitoringReport": "ocpp2.0.1",
    "GetReport": "ocpp2.0.1",
    "GetTransactionStatus": "ocpp2.0.1",
    "SetMonitoringBase": "ocpp2.0.1",
    "SetMonitoringLevel": "ocpp2.0.1",
    "SetNetworkProfile": "ocpp2.0.1",
    "SetVariableMonitoring": "ocpp2.0.1",
    "AFRRSignal": "ocpp2.1",
    "AdjustPeriodicEventStream": "ocpp2.1",
    "ChangeTransactionTariff": "ocpp2.1",
    "ClearDERControl": "ocpp2.1",
    "ClearTariffs": "ocpp2.1",
    "GetChargingProfiles": "ocpp2.0.1",
    "GetDERControl": "ocpp2.1",
    "GetPeriodicEventStream": "ocpp2.1",
    "GetTariffs": "ocpp2.1",
    "NotifyAllowedEnergyTransfer": "ocpp2.1",
    "RequestBatterySwap": "ocpp2.1",
    "SetDERControl": "ocpp2.1",
    "SetDefaultTariff": "ocpp2.1",
    "UpdateDynamicSchedule": "ocpp2.1",
    "UsePriorityCharging": "ocpp2.1",
}
"""Commands that older versions have no words for, and the first that has."""
ONLY_IN_16 = {"FinalCost", "SetUserPrice"}
"""What 2.x says in its answers."""


@pytest.mark.parametrize(
    ("command", "in_16", "in_201"),
    [
        (RequestStartTransaction("TAG", 8, 2),
         ("RemoteStartTransaction", {"idTag": "TAG", "connectorId": 2}),
         ("RequestStartTransaction",
          {"idToken": {"idToken": "TAG", "type": "Central"}, "remoteStartId": 8, "evseId": 2})),
        (RequestStartTransaction("TAG", 8),
         ("RemoteStartTransaction", {"idTag": "TAG"}),
         ("RequestStartTransaction", {"idToken": {"idToken": "TAG", "type": "Central"}, "remoteStartId": 8})),
        (RequestStartTransaction("TAG", 8, group_id_token="FLAT"),
         ("RemoteStartTransaction", {"idTag": "TAG"}),
         ("RequestStartTransaction", {"idToken": {"idToken": "TAG", "type": "Central"}, "remoteStartId": 8,
                                      "groupIdToken": {"idToken": "FLAT", "type": "Central"}})),
        (RequestStartTransaction("TAG", 8, 0),
         ("RemoteStartTransaction", {"idTag": "TAG"}),
         ("RequestStartTransaction", {"idToken": {"idToken": "TAG", "type": "Central"}, "remoteStartId": 8})),
        (TriggerMessage("StatusNotification", 0),
         ("TriggerMessage", {"requestedMessage": "StatusNotification"}),
         ("TriggerMessage", {"requestedMessage": "StatusNotification", "evse": {"id": 0}})),
        (RequestStartTransaction("T" * 21, 8), IMPOSSIBLE,
         ("RequestStartTransaction", {"idToken": {"idToken": "T" * 21, "type": "Central"}, "remoteStartId": 8})),
        (RequestStopTransaction("17"), ("RemoteStopTransaction", {"transactionId": 17}),
         ("RequestStopTransaction", {"transactionId": "17"})),
        (RequestStopTransaction("a-b"), IMPOSSIBLE, ("RequestStopTransaction", {"transactionId": "a-b"})),
        (UnlockConnector(2), ("UnlockConnector", {"connectorId": 2}),
         ("UnlockConnector", {"evseId": 2, "connectorId": 1})),
        (Reset("Immediate"), ("Reset", {"type": "Hard"}), ("Reset", {"type": "Immediate"})),
        (Reset("OnIdle"), ("Reset", {"type": "Soft"}), ("Reset", {"type": "OnIdle"})),
        (Reset("OnIdle", 2), IMPOSSIBLE, ("Reset", {"type": "OnIdle", "evseId": 2})),
        (Reset("Sometimes"), IMPOSSIBLE, IMPOSSIBLE),
        (ChangeAvailability(False), ("ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}),
         ("ChangeAvailability", {"operationalStatus": "Inoperative"})),
        (ChangeAvailability(True, 2, 1), ("ChangeAvailability", {"connectorId": 2, "type": "Operative"}),
         ("ChangeAvailability", {"operationalStatus": "Operative", "evse": {"id": 2, "connectorId": 1}})),
        (TriggerMessage("StatusNotification", 2, 1),
         ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 2}),
         ("TriggerMessage", {"requestedMessage": "StatusNotification", "evse": {"id": 2, "connectorId": 1}})),
        (TriggerMessage("BootNotification"), ("TriggerMessage", {"requestedMessage": "BootNotification"}),
         ("TriggerMessage", {"requestedMessage": "BootNotification"})),
        (TriggerMessage("LogStatusNotification"),
         ("ExtendedTriggerMessage", {"requestedMessage": "LogStatusNotification"}),
         ("TriggerMessage", {"requestedMessage": "LogStatusNotification"})),
        (TriggerMessage("SignChargingStationCertificate"),
         ("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}),
         ("TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"})),
        (TriggerMessage("DiagnosticsStatusNotification"),
         ("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}), IMPOSSIBLE),
        (TriggerMessage("TransactionEvent"), IMPOSSIBLE, ("TriggerMessage", {"requestedMessage": "TransactionEvent"})),
        (ClearCache(), ("ClearCache", {}), ("ClearCache", {})),
        (GetVariables(), ("GetConfiguration", {}), IMPOSSIBLE),
        (GetVariables((KEY,)), ("GetConfiguration", {"key": ["HeartbeatInterval"]}),
         ("GetVariables", {"getVariableData": [
             {"component": {"name": "ConfigurationKey"}, "variable": {"name": "HeartbeatInterval"}}]})),
        (GetVariables((VARIABLE, FINE)), IMPOSSIBLE, ("GetVariables", {"getVariableData": [ADDRESS, FINE_ADDRESS]})),
        (SetVariables((KEY | {"value": 60},)), ("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}),
         ("SetVariables", {"setVariableData": [{"component": {"name": "ConfigurationKey"},
          "variable": {"name": "HeartbeatInterval"}, "attributeValue": "60"}]})),
        (SetVariables((KEY | {"value": 60}, KEY | {"value": 61})), IMPOSSIBLE, ...),
        (GetBaseReport(5), ("GetConfiguration", {}),
         ("GetBaseReport", {"requestId": 5, "reportBase": "FullInventory"})),
        (DataTransfer("acme", "m", {"a": 1}),
         ("DataTransfer", {"vendorId": "acme", "messageId": "m", "data": '{"a":1}'}),
         ("DataTransfer", {"vendorId": "acme", "messageId": "m", "data": {"a": 1}})),
        (DataTransfer("acme"), ("DataTransfer", {"vendorId": "acme"}), ("DataTransfer", {"vendorId": "acme"})),
        (RawCall("GetLocalListVersion", {}), ("GetLocalListVersion", {}), ("GetLocalListVersion", {})),
        (RawCall("GetDiagnostics", {"location": "ftp://x"}), ("GetDiagnostics", {"location": "ftp://x"}), IMPOSSIBLE),
        (RawCall("Heartbeat", {}), IMPOSSIBLE, IMPOSSIBLE),
        (RawCall("Nonsense", {}), IMPOSSIBLE, IMPOSSIBLE),
    ],
)  # fmt: skip
def test_a_command_is_said_in_the_words_of_each_version(command, in_16, in_201):
    for version, expected in zip(VERSIONS, (in_16, in_201, in_201), strict=True):
        connection = connect(version)
        if expected is IMPOSSIBLE:
            with pytest.raises(CommandNotExpressible, match=r"\.$"):
                connection.send_command(command, "c1")
            assert connection.can_send
        elif expected is not ...:
            sent = connection.send_command(command, "c1")
            assert (sent.action, sent.payload) == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_every_command_of_the_language_can_be_said(version):
    said = {name for name in COMMANDS if name != "RawCall" and version >= SINCE.get(name, "")}
    said -= set() if version == "ocpp1.6" else ONLY_IN_16

    assert set(adapter_for(version).encode) == said


def result(version, command, response):
    connection = connect(version)
    connection.send_command(command, "c1")
    got = answer(connection, "c1", response)
    assert isinstance(got, CommandAnswered), got
    return got.result


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("command", "status", "accepted"),
    [
        (ClearCache(), "Accepted", True),
        (ClearCache(), "Rejected", False),
        (ChangeAvailability(True), "Scheduled", True),
        (UnlockConnector(1), "Unlocked", True),
        (UnlockConnector(1), "UnlockFailed", False),
        (TriggerMessage("Heartbeat"), "NotImplemented", False),
        (RequestStopTransaction("99"), "Rejected", False),
        (DataTransfer("v"), "UnknownVendorId", False),
    ],
)
def test_the_charger_s_own_word_is_kept_and_judged(version, command, status, accepted):
    assert result(version, command, {"status": status}) == CommandResult(accepted, status)


def test_reasons_and_further_fields_are_kept_for_people():
    info = {"reasonCode": "Busy", "additionalInfo": "try later"}

    assert result("ocpp2.0.1", ClearCache(), {"status": "Rejected", "statusInfo": info}).detail == "Busy: try later"
    assert result("ocpp2.0.1", RequestStartTransaction("T", 1), {"status": "Accepted", "transactionId": "X"}) == (
        CommandResult(True, "Accepted", '{"transactionId":"X"}')
    )
    asked = TransferAsked(None, "ftp://x/", "DiagnosticsLog")
    assert result("ocpp1.6", RawCall("GetDiagnostics", {"location": "ftp://x/"}), {"fileName": "a.zip"}) == (
        CommandResult(True, "", '{"fileName":"a.zip"}', learnt=(LogAnswered("Accepted", "a.zip", asked=asked),))
    )
    assert result("ocpp2.0.1", GetBaseReport(1), {"status": "EmptyResultSet"}).accepted


def test_configuration_of_1_6_becomes_variables():
    got = result(
        "ocpp1.6",
        GetBaseReport(1),
        {
            "configurationKey": [
                {"key": "HeartbeatInterval", "readonly": False, "value": "60"},
                {"key": "NumberOfConnectors", "readonly": True, "value": "2"},
                {"key": "Empty", "readonly": True},
                {"key": "AuthorizationKey", "readonly": False, "value": "secret"},
            ],
            "unknownKey": ["Foo"],
        },
    )

    assert got == CommandResult(
        True,
        "",
        "4 keys, unknown: Foo",
        (
            VariableReport("ConfigurationKey", "HeartbeatInterval", "60", mutability="ReadWrite"),
            VariableReport("ConfigurationKey", "NumberOfConnectors", "2", mutability="ReadOnly"),
            VariableReport("ConfigurationKey", "Empty", None, mutability="ReadOnly"),
            VariableReport("ConfigurationKey", "AuthorizationKey", None, mutability="ReadWrite"),
        ),
        ("Foo",),
        (InventoryAnswered(),),
    )


@pytest.mark.parametrize(
    ("key", "status", "accepted", "learnt", "unknown"),
    [
        ("MeterValueSampleInterval", "Accepted", True, ("30",), ()),
        ("MeterValueSampleInterval", "RebootRequired", True, (), ()),
        ("MeterValueSampleInterval", "Rejected", False, (), ()),
        ("MeterValueSampleInterval", "NotSupported", False, (), ("MeterValueSampleInterval",)),
        ("AuthorizationKey", "Accepted", True, (), ()),
    ],
)
def test_a_changed_key_of_1_6_is_learnt_only_when_it_is_in_force(key, status, accepted, learnt, unknown):
    command = SetVariables(({"component": "ConfigurationKey", "variable": key, "value": "30"},))

    got = result("ocpp1.6", command, {"status": status})

    assert (got.accepted, got.status, got.unknown_variables) == (accepted, status, unknown)
    assert tuple(variable.value for variable in got.variables) == learnt


def test_variables_of_2_0_1_are_read_one_by_one():
    items = [
        ADDRESS | {"attributeStatus": "Accepted", "attributeValue": "60"},
        FINE_ADDRESS | {"attributeStatus": "UnknownVariable", "attributeStatusInfo": {"reasonCode": "Nope"}},
    ]

    got = result("ocpp2.0.1", GetVariables((VARIABLE, FINE)), {"getVariableResult": items})

    assert got == CommandResult(
        True,
        "UnknownVariable",
        "EVSE[a]@1.2.Power[b]#MaxSet: UnknownVariable Nope",
        (VariableReport("OCPPCommCtrlr", "HeartbeatInterval", "60"),),
        ("EVSE[a]@1.2.Power[b]#MaxSet",),
        (
            ItemsAnswered(
                (ItemResult(VARIABLE, "Accepted", "", {"value": "60"}), ItemResult(FINE, "UnknownVariable", "Nope"))
            ),
        ),
    )


def test_variables_of_2_0_1_are_learnt_only_when_they_are_in_force():
    password = {"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": "secret"}
    reboot = {"component": "OCPPCommCtrlr", "variable": "NetworkTimeout", "value": "9"}
    command = SetVariables((VARIABLE | {"value": 30}, password, reboot))
    items = [
        ADDRESS | {"attributeStatus": "Accepted"},
        {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"},
         "attributeStatus": "Accepted"},
        {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "NetworkTimeout"},
         "attributeStatus": "RebootRequired"},
    ]  # fmt: skip

    got = result("ocpp2.0.1", command, {"setVariableResult": items})

    assert (got.accepted, got.status) == (True, "RebootRequired")
    assert got.variables == (VariableReport("OCPPCommCtrlr", "HeartbeatInterval", "30"),)


@pytest.mark.parametrize(
    ("version", "action", "payload", "problems"),
    [
        ("ocpp1.6", "Reset", {"type": "Hard"}, []),
        ("ocpp1.6", "Reset", {}, [("type", "is required")]),
        ("ocpp1.6", "Reset", {"type": 5}, [("type", "must be of type string"), ("type", "must be one of Hard, Soft")]),
        ("ocpp1.6", "Reset", {"type": "Hard", "x": 1}, [("x", "is not a field of this message")]),
        ("ocpp1.6", "Heartbeat", {}, [("action", "ocpp1.6 has no such call to a charging station")]),
        ("ocpp2.0.1", "GetVariables", {"getVariableData": []}, [("getVariableData", "must have at least 1 elements")]),
        ("ocpp2.0.1", "GetVariables", {"getVariableData": [{"component": {"name": "N" * 51}, "variable": {}}]},
         [("getVariableData[0].component.name", "must have at most 50 characters"),
          ("getVariableData[0].variable.name", "is required")]),
    ],
)  # fmt: skip
def test_a_call_is_checked_field_by_field_before_it_is_queued(version, action, payload, problems):
    assert sorted(adapter_for(version).validate_request(action, payload)) == sorted(problems)


@pytest.mark.parametrize(("limit", "fits"), [(16, True), (16.1, True), (0.1 * 3, True), (16.15, False)])
def test_limits_that_we_send_have_at_most_one_decimal_as_floating_point_has_them(limit, fits):
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
        },
    }
    problems = adapter_for("ocpp1.6").validate_request(
        "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile}
    )

    path = "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit"
    assert problems == ([] if fits else [(path, "must have at most one decimal")])


@pytest.mark.parametrize("version", VERSIONS)
def test_computed_limits_in_a_composite_schedule_are_accepted(version):
    period = {"startPeriod": 0, "limit": 53.37931034482759}
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
    raw, response = {
        "ocpp1.6": ({"connectorId": 1, "duration": 60}, {"status": "Accepted", "chargingSchedule": schedule}),
        "ocpp2.0.1": (
            {"evseId": 1, "duration": 60},
            {"status": "Accepted", "schedule": schedule | {"evseId": 1, "duration": 60,
             "scheduleStart": "2026-03-01T12:00:00Z"}},
        ),
    }[SHAPE.get(version, version)]  # fmt: skip

    assert result(version, RawCall("GetCompositeSchedule", raw), response).accepted
