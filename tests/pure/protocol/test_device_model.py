"""The device model and its monitors: what is asked, what answers teach, what stations tell."""

import pytest

from apps.chargers.messages.commands import GetVariables, SetVariables
from apps.chargers.messages.commands.device_model import GetReport
from apps.chargers.messages.commands.monitoring import (
    ClearVariableMonitoring,
    GetMonitoringReport,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetVariableMonitoring,
)
from apps.chargers.messages.commands.transactions import GetTransactionStatus
from apps.chargers.messages.events.device_model import ItemResult, MonitoringReportNotified, MonitorReport
from apps.chargers.messages.lessons import InventoryAnswered, ItemsAnswered, MonitorsChanged, ReportPromised
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.outcomes import CommandAnswered, Inbound
from tests.pure.protocol.talk import answer, call, connect

POWER = {"component": "EVSE", "evse_id": 1, "variable": "Power"}
WIRE_POWER = {"component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Power"}}
MONITOR = {**POWER, "type": "UpperThreshold", "value": 11000.0, "severity": 4}
WIRE_MONITOR = {**WIRE_POWER, "type": "UpperThreshold", "severity": 4}


@pytest.mark.parametrize(
    ("command", "action", "payload"),
    [
        (GetReport(7, ("Problem",)), "GetReport", {"requestId": 7, "componentCriteria": ["Problem"]}),
        (GetReport(7, (), (POWER, {"component": "TxCtrlr"})), "GetReport",
             {"requestId": 7, "componentVariable": [WIRE_POWER, {"component": {"name": "TxCtrlr"}}]}),
        (SetMonitoringBase("FactoryDefault"), "SetMonitoringBase",
             {"monitoringBase": "FactoryDefault"}),
        (SetMonitoringLevel(4), "SetMonitoringLevel", {"severity": 4}),
        (SetVariableMonitoring((MONITOR, {**MONITOR, "id": 3, "transaction": True})),
             "SetVariableMonitoring",
             {"setMonitoringData": [
                 {**WIRE_MONITOR, "value": 11000.0},
                 {**WIRE_MONITOR, "value": 11000.0, "id": 3, "transaction": True},
             ]}),
        (ClearVariableMonitoring((3, 4)), "ClearVariableMonitoring", {"id": [3, 4]}),
        (GetMonitoringReport(8), "GetMonitoringReport", {"requestId": 8}),
        (GetMonitoringReport(8, ("DeltaMonitoring",), (POWER,)), "GetMonitoringReport",
             {"requestId": 8, "monitoringCriteria": ["DeltaMonitoring"], "componentVariable": [WIRE_POWER]}),
        (GetTransactionStatus("tx1"), "GetTransactionStatus", {"transactionId": "tx1"}),
        (GetTransactionStatus(), "GetTransactionStatus", {}),
    ],
)  # fmt: skip
@pytest.mark.ocpp(
    "2.0.1",
    "GetReport",
    "SetMonitoringBase",
    "SetMonitoringLevel",
    "SetVariableMonitoring",
    "ClearVariableMonitoring",
    "GetMonitoringReport",
    "GetTransactionStatus",
)
@pytest.mark.ocpp(
    "2.1",
    "GetReport",
    "SetMonitoringBase",
    "SetMonitoringLevel",
    "SetVariableMonitoring",
    "ClearVariableMonitoring",
    "GetMonitoringReport",
    "GetTransactionStatus",
)
@pytest.mark.parametrize("version", ["ocpp2.0.1", "ocpp2.1"])
def test_what_is_asked_in_2_x(version, command, action, payload):
    sent = connect(version).send_command(command, "c1")
    assert (sent.action, sent.payload) == (action, payload)


@pytest.mark.ocpp("2.1", "SetVariableMonitoring")
def test_a_monitor_of_2_1_may_feed_a_stream():
    monitor = {**MONITOR, "type": "Periodic", "periodic_event_stream": {"interval": 60, "values": 5}}
    sent = connect("ocpp2.1").send_command(SetVariableMonitoring((monitor,)), "c1")
    assert sent.payload["setMonitoringData"][0]["periodicEventStream"] == {"interval": 60, "values": 5}
    with pytest.raises(CommandNotExpressible):
        connect("ocpp2.0.1").send_command(SetVariableMonitoring((monitor,)), "c1")


@pytest.mark.parametrize(
    "command", [GetReport(1, ("Problem",)), SetMonitoringBase("All"), GetTransactionStatus("5")], ids=lambda c: c.name
)
def test_what_1_6_has_no_words_for_is_refused_in_a_sentence(command):
    with pytest.raises(CommandNotExpressible, match=r"\.$"):
        connect("ocpp1.6").send_command(command, "c1")


def result(version, command, response):
    connection = connect(version)
    connection.send_command(command, "c1")
    got = answer(connection, "c1", response)
    assert isinstance(got, CommandAnswered), got
    return got.result


@pytest.mark.ocpp("2.0.1", "SetVariableMonitoring")
def test_a_monitor_is_learnt_with_the_value_that_was_asked_for():
    refused = {**POWER, "type": "Delta", "value": 5.0, "severity": 9}
    items = [
        {**WIRE_POWER, "type": "Delta", "severity": 9, "status": "UnsupportedMonitorType"},
        {**WIRE_MONITOR, "status": "Accepted", "id": 12},
    ]

    got = result("ocpp2.0.1", SetVariableMonitoring((MONITOR, refused)), {"setMonitoringResult": items})

    assert (got.accepted, got.status) == (False, "UnsupportedMonitorType")
    assert got.detail == "EVSE@1.Power Delta: UnsupportedMonitorType"
    assert got.learnt == (
        ItemsAnswered(
            (
                ItemResult(POWER, "UnsupportedMonitorType", "", {"type": "Delta", "severity": 9}),
                ItemResult(POWER, "Accepted", "", {"type": "UpperThreshold", "severity": 4, "id": 12}),
            )
        ),
        MonitorsChanged(monitors=(MonitorReport(12, "EVSE", "Power", "UpperThreshold", 11000.0, 4, evse_id=1),)),
    )


@pytest.mark.ocpp("2.0.1", "ClearVariableMonitoring")
def test_a_monitor_that_is_not_found_is_none_any_more():
    items = [{"id": 1, "status": "Accepted"}, {"id": 2, "status": "Rejected"}, {"id": 3, "status": "NotFound"}]

    got = result("ocpp2.0.1", ClearVariableMonitoring((1, 2, 3)), {"clearMonitoringResult": items})

    assert (got.accepted, got.status, got.detail) == (False, "Rejected", "2: Rejected; 3: NotFound")
    assert got.learnt[1] == MonitorsChanged(cleared=(1, 3))


@pytest.mark.ocpp("2.0.1", "GetReport")
@pytest.mark.parametrize(
    ("status", "accepted", "learnt"),
    [
        ("Accepted", True, (ReportPromised(7, "variables", ""),)),
        ("EmptyResultSet", True, ()),
        ("NotSupported", False, ()),
    ],
)
def test_an_empty_report_is_an_answer_and_no_refusal(status, accepted, learnt):
    got = result("ocpp2.0.1", GetReport(7, ("Problem",)), {"status": status})
    assert (got.accepted, got.status, got.learnt) == (accepted, status, learnt)


@pytest.mark.ocpp("2.0.1", "GetMonitoringReport")
def test_only_a_report_about_all_monitors_tells_which_have_gone():
    assert result("ocpp2.0.1", GetMonitoringReport(8), {"status": "Accepted"}).learnt == (
        ReportPromised(8, "monitors", "All"),
    )
    assert result("ocpp2.0.1", GetMonitoringReport(8, (), (POWER,)), {"status": "Accepted"}).learnt == (
        ReportPromised(8, "monitors", ""),
    )


@pytest.mark.ocpp("2.0.1", "GetTransactionStatus")
@pytest.mark.parametrize(
    ("response", "detail"),
    [
        ({"ongoingIndicator": True, "messagesInQueue": True},
         "The transaction runs. Messages about it wait at the charger."),
        ({"ongoingIndicator": False, "messagesInQueue": False},
         "The transaction does not run. No messages about it wait at the charger."),
        ({"messagesInQueue": False}, "No messages about it wait at the charger."),
    ],
)  # fmt: skip
def test_the_state_of_a_transaction_is_said_in_sentences(response, detail):
    got = result("ocpp2.0.1", GetTransactionStatus("tx1"), response)
    assert (got.accepted, got.detail) == (True, detail)


@pytest.mark.ocpp("1.6", "GetConfiguration")
def test_only_keys_that_were_named_are_answered_one_by_one():
    named = {"configurationKey": [{"key": "A", "readonly": False, "value": "1"}], "unknownKey": ["B"]}
    keys = tuple({"component": "ConfigurationKey", "variable": name} for name in ("A", "B"))
    assert result("ocpp1.6", GetVariables(keys), named).learnt == (
        ItemsAnswered(
            (ItemResult(keys[0], "Accepted", "", {"value": "1"}), ItemResult(keys[1], "UnknownVariable")),
        ),
    )
    assert result("ocpp1.6", GetVariables(), named).learnt == (InventoryAnswered(),)
    assert result("ocpp1.6", GetVariables(), {}).learnt == ()


@pytest.mark.ocpp("1.6", "ChangeConfiguration")
def test_a_changed_key_is_answered_in_the_chargers_word():
    key = {"component": "ConfigurationKey", "variable": "A"}
    got = result("ocpp1.6", SetVariables(({**key, "value": "1"},)), {"status": "RebootRequired"})
    assert got.learnt == (ItemsAnswered((ItemResult(key, "RebootRequired"),)),)


@pytest.mark.ocpp("2.0.1", "NotifyMonitoringReport")
def test_a_part_of_a_monitoring_report():
    connection = connect("ocpp2.0.1")
    monitoring = [
        {"id": 1, "transaction": False, "value": 5, "type": "Delta", "severity": 2},
        {"id": 2, "transaction": True, "value": 60, "type": "Periodic", "severity": 8},
    ]
    payload = {
        "requestId": 8, "seqNo": 1, "tbc": True, "generatedAt": "2026-03-14T12:00:00Z",
        "monitor": [{**WIRE_POWER, "variableMonitoring": monitoring}],
    }  # fmt: skip

    got = call(connection, "NotifyMonitoringReport", payload)

    assert isinstance(got, Inbound), got
    assert isinstance(got.event, MonitoringReportNotified)
    assert (got.event.request_id, got.event.seq_no, got.event.to_be_continued) == (8, 1, True)
    assert got.event.monitors == (
        MonitorReport(1, "EVSE", "Power", "Delta", 5.0, 2, evse_id=1),
        MonitorReport(2, "EVSE", "Power", "Periodic", 60.0, 8, evse_id=1, transaction=True),
    )


def test_a_pending_station_may_send_the_monitoring_report_that_it_was_asked_for():
    assert adapter_for("ocpp2.0.1").invited_by("GetMonitoringReport", {}) == frozenset({"NotifyMonitoringReport"})
