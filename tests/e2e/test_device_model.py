"""The device model through real sockets: wishes split, reports in parts, monitors that tell, templates after a boot."""

from datetime import UTC, datetime

import pytest

from apps.chargers.choices import CommandOrigin, OperationState
from apps.chargers.messages.commands import GetBaseReport
from apps.chargers.messages.commands.monitoring import GetMonitoringReport, SetMonitoringLevel
from apps.chargers.messages.events import VariableReport
from apps.chargers.models import (
    Connector,
    DeviceModelReport,
    DeviceVariable,
    StationAlarm,
    StationCommand,
    StationNotice,
    StationProvisioning,
    VariableMonitor,
)
from apps.chargers.selectors.operations import commands_of, outcomes, state_of
from apps.chargers.services.configuration_templates import save_template
from apps.chargers.services.operations import clear_monitors, read_variables, set_monitors, set_variables
from apps.chargers.services.variables import store_variables
from apps.core import outbox
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
NAMES = ("HeartbeatInterval", "OfflineThreshold", "ResetRetries", "WebSocketPingInterval", "Nonsense")


def calls(charger, action):
    return [frame.message[3] for frame in charger.frames if not frame.sent and frame.message[2:3] == [action]]


async def done(network, ask, station, **what):
    """The operation once every call of it has ended."""

    def enter():
        now = datetime.now(UTC)
        return ask(station=station, actor=network.operator, origin=CommandOrigin.API, at=now, **what)

    operation = network.database.do(enter)

    def ended():
        commands = commands_of(operation)
        return commands if state_of(commands) is not OperationState.RUNNING else None

    return await eventually(lambda: network.database.do(ended), what=f"the end of {operation}")


def prepare(network, station, variable, instance, value, component="DeviceDataCtrlr"):
    report = VariableReport(component, variable, value, variable_instance=instance)
    network.database.do(lambda: store_variables(station=station, variables=[report], at=datetime.now(UTC)))


@pytest.mark.ocpp("2.0.1", "GetVariables")
async def test_five_variables_at_four_per_message_are_two_calls_and_one_answer(network):
    station = network.enrol(protocol="ocpp2.0.1")
    async with network.dial(station, version="2.0.1") as charger:
        await charger.boot()
        prepare(network, station, "ItemsPerMessage", "GetVariables", "4")
        limits = charger.station.settings
        next(v for v in limits.values() if v.instance == "GetVariables").value = "4"
        wanted = [{"component": "OCPPCommCtrlr", "variable": name} for name in NAMES]
        commands = await done(network, read_variables, station, variables=wanted)
    sent = calls(charger, "GetVariables")
    assert [len(payload["getVariableData"]) for payload in sent] == [4, 1]
    assert [outcome.status for outcome in outcomes(commands)] == ["Accepted"] * 4 + ["UnknownVariable"]


@pytest.mark.ocpp("2.0.1", "SetVariables")
async def test_a_station_refuses_more_than_it_takes_so_that_splitting_matters(network):
    station = network.enrol(protocol="ocpp2.0.1")
    async with network.dial(station, version="2.0.1") as charger:
        await charger.boot()
        next(v for v in charger.station.settings.values() if v.instance == "SetVariables").value = "1"
        wanted = [{"component": "OCPPCommCtrlr", "variable": name, "value": "7"} for name in NAMES[:2]]
        (refused,) = await done(network, set_variables, station, variables=wanted)
        assert refused.error_code == "OccurrenceConstraintViolation"
        prepare(network, station, "ItemsPerMessage", "SetVariables", "1")
        commands = await done(network, set_variables, station, variables=wanted)
        assert [outcome.status for outcome in outcomes(commands)] == ["Accepted", "Accepted"]


@pytest.mark.ocpp("1.6", "ChangeConfiguration")
async def test_1_6_changes_one_key_after_the_other_in_order(network):
    station = network.enrol(protocol="ocpp1.6")
    values = {"HeartbeatInterval": "77", "NumberOfConnectors": "9", "ChargeNetSimulatedVendorKey": "red", "Foo": "1"}
    async with network.dial(station) as charger:
        await charger.boot()
        wanted = [{"component": "ConfigurationKey", "variable": name, "value": v} for name, v in values.items()]
        commands = await done(network, set_variables, station, variables=wanted)
    assert [payload["key"] for payload in calls(charger, "ChangeConfiguration")] == list(values)
    words = ["Accepted", "Rejected", "RebootRequired", "NotSupported"]
    assert [outcome.status for outcome in outcomes(commands)] == words
    stored = network.rows(DeviceVariable.objects.filter(station=station))
    assert [(row.variable, row.value) for row in stored] == [("HeartbeatInterval", "77")]


@pytest.mark.ocpp("2.0.1", "GetBaseReport", "NotifyReport")
async def test_a_report_in_parts_out_of_order_replaces_what_has_gone(network):
    station = network.enrol(protocol="ocpp2.0.1")
    async with network.dial(station, version="2.0.1") as charger:
        await charger.boot()
        prepare(network, station, "Gone", "", "1", component="Old")
        charger.on("GetBaseReport", {"status": "Accepted"})
        row = await network.ask(station, GetBaseReport(request_id=41))
        assert row.state == "accepted"
        for seq_no in (2, 0, 1):
            await charger.call("NotifyReport", part(seq_no, last=seq_no == 2, name=f"V{seq_no}"))
    (report,) = network.rows(DeviceModelReport.objects.filter(station=station))
    assert (report.parts, report.base, report.completed_at is not None) == ([0, 1, 2], "FullInventory", True)
    names = [row.variable for row in network.rows(DeviceVariable.objects.filter(station=station).order_by("variable"))]
    assert names == ["V0", "V1", "V2"]
    assert network.rows(StationCommand.objects.filter(pk=row.pk))[0].state == "confirmed"


def part(seq_no, *, last, name, request_id=41):
    return {
        "requestId": request_id, "seqNo": seq_no, "tbc": not last, "generatedAt": "2026-05-01T10:00:00Z",
        "reportData": [{
            "component": {"name": "Ctrlr"}, "variable": {"name": name}, "variableAttribute": [{"value": "1"}],
        }],
    }  # fmt: skip


@pytest.mark.ocpp("2.0.1", "SetVariableMonitoring", "NotifyEvent", "SetMonitoringLevel")
async def test_a_monitor_that_is_set_tells_when_its_limit_is_crossed_and_when_it_is_over(network):
    station = network.enrol(protocol="ocpp2.0.1")
    async with network.dial(station, version="2.0.1") as charger:
        await charger.boot()
        monitor = {"component": "EVSE", "evse_id": 1, "variable": "Power", "type": "UpperThreshold",
                   "value": 12000, "severity": 2}  # fmt: skip
        commands = await done(network, set_monitors, station, monitors=[monitor, {**monitor, "variable": "Nothing"}])
        assert [outcome.status for outcome in outcomes(commands)] == ["Accepted", "UnknownVariable"]
        await charger.set_variable("EVSE", "Power", "15000", evse=1)
        (alarm,) = network.rows(StationAlarm.objects.filter(station=station))
        assert (alarm.severity, alarm.value, alarm.cleared_at) == (2, "15000", None)
        await charger.set_variable("EVSE", "Power", "9000", evse=1)
        assert not network.rows(StationAlarm.objects.open().filter(station=station))
        assert (await network.ask(station, SetMonitoringLevel(1))).state == "accepted"
        await charger.set_variable("EVSE", "Power", "15000", evse=1)
        assert len(network.rows(StationNotice.objects.filter(station=station, kind="event"))) == 2


@pytest.mark.ocpp("2.0.1", "GetMonitoringReport", "NotifyMonitoringReport", "ClearVariableMonitoring")
async def test_monitors_are_reported_in_parts_and_cleared(network):
    station = network.enrol(protocol="ocpp2.0.1")
    async with network.dial(station, version="2.0.1") as charger:
        await charger.boot()
        base = {"component": "EVSE", "evse_id": 1, "variable": "Power", "type": "Delta", "value": 500}
        await done(network, set_monitors, station, monitors=[{**base, "severity": n} for n in (5, 6, 7)])
        network.database.do(lambda: VariableMonitor.objects.filter(station=station).delete())
        row = await network.ask(station, GetMonitoringReport(request_id=42))

        def confirmed():
            return StationCommand.objects.get(pk=row.pk).state == "confirmed"

        await eventually(lambda: network.database.do(confirmed), what="the whole report")
        stored = network.rows(VariableMonitor.objects.filter(station=station).order_by("monitor_id"))
        assert [(m.type, m.value, m.severity) for m in stored] == [("Delta", 500.0, n) for n in (5, 6, 7)]
        commands = await done(network, clear_monitors, station, ids=[1, 2, 99])
        assert [outcome.status for outcome in outcomes(commands)] == ["Accepted", "Accepted", "NotFound"]
        assert [m.monitor_id for m in network.rows(VariableMonitor.objects.filter(station=station))] == [3]


@pytest.mark.ocpp("2.0.1", "NotifyEvent")
async def test_a_problem_told_by_an_event_alone_faults_the_connector(network):
    station = network.enrol(protocol="ocpp2.0.1")

    def event(number, value):
        return {
            "generatedAt": "2026-05-01T10:00:00Z", "seqNo": 0,
            "eventData": [{
                "eventId": number, "timestamp": datetime.now(UTC).isoformat(), "trigger": "Alerting",
                "actualValue": value, "eventNotificationType": "HardWiredNotification",
                "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
                "variable": {"name": "Problem"},
            }],
        }  # fmt: skip

    def status():
        return network.rows(Connector.objects.filter(evse__station=station))[0].status

    async with network.dial(station, version="2.0.1") as charger:
        await charger.boot()
        assert await charger.call("NotifyEvent", event(1, "true")) == {}
        assert status() == "Faulted"
        assert await charger.call("NotifyEvent", event(2, "false")) == {}
        assert status() == "Available"


TEMPLATES = pytest.mark.parametrize(
    ("version", "family", "component"), [("1.6", "1.6", "ConfigurationKey"), ("2.0.1", "2.x", "OCPPCommCtrlr")]
)


def template(network, family, component):
    entry = {"component": component, "variable": "HeartbeatInterval", "value": "777"}
    network.database.do(
        lambda: save_template(
            organisation=network.site.organisation, name="All", family=family, vendor_pattern="*", entries=[entry],
            actor=network.operator, at=datetime.now(UTC),
        )
    )  # fmt: skip


@TEMPLATES
async def test_a_template_is_applied_once_after_a_boot(network, version, family, component):
    template(network, family, component)
    station = network.enrol(provisioning_enabled=True)
    async with network.dial(station, version=version) as charger:
        await charger.boot()

        def provisioned():
            while outbox.relay():
                pass
            run = StationProvisioning.objects.filter(station=station).first()
            return run if run is not None and run.ended_at else None

        run = await eventually(lambda: network.database.do(provisioned), what="the end of provisioning")
        assert run.stage == "done"
        sets = calls(charger, "ChangeConfiguration" if version == "1.6" else "SetVariables")
        assert len(sets) == 1
        assert "777" in str(sets)
        assert charger.station.heartbeat_interval_s == 777


@TEMPLATES
async def test_no_unasked_frame_goes_to_a_station_that_does_not_provision(network, version, family, component):
    template(network, family, component)
    station = network.enrol(provisioning_enabled=False)
    async with network.dial(station, version=version) as charger:
        await charger.boot()
        network.database.deliver_events()
        await charger.heartbeat()
        assert [frame for frame in charger.frames if not frame.sent and frame.message[0] == 2] == []
