"""Wishes for many variables, split as the station's limits ask for; what became of each."""

import pytest

from apps.chargers.choices import CommandOrigin, OperationState
from apps.chargers.engine.splitting import MessageLimits, split_items
from apps.chargers.facts import Lesson
from apps.chargers.messages.events.device_model import ItemResult
from apps.chargers.messages.lessons import ItemsAnswered
from apps.chargers.models import DeviceVariable, StationCommand
from apps.chargers.selectors.operations import commands_of, outcomes, state_of
from apps.chargers.services.commands import CommandRefused
from apps.chargers.services.operations import (
    clear_monitors,
    learn_items,
    read_variables,
    request_report,
    set_monitors,
    set_variables,
)
from apps.core.models import AuditEntry
from tests.factories.chargers import NOON, StationFactory, context_of

pytestmark = pytest.mark.django_db
ASKED = {"actor": None, "origin": CommandOrigin.API, "at": NOON}


def limit(station, message, value, controller="DeviceDataCtrlr", variable="ItemsPerMessage"):
    DeviceVariable.objects.create(
        station=station, component=controller, variable=variable, variable_instance=message, value=str(value)
    )


def variables(count, **more):
    return [{"component": "TxCtrlr", "variable": f"V{n}", **more} for n in range(count)]


def sizes(operation, field="variables"):
    return [len(command.arguments[field]) for command in commands_of(operation)]


def test_five_variables_at_four_per_message_are_read_in_two_calls():
    station = StationFactory(protocol="ocpp2.0.1")
    limit(station, "GetVariables", 4)
    operation = read_variables(station=station, variables=variables(5), **ASKED)
    assert sizes(operation) == [4, 1]


def test_each_kind_of_message_has_its_own_limit():
    station = StationFactory(protocol="ocpp2.0.1")
    limit(station, "GetVariables", 1)
    limit(station, "SetVariables", 2)
    limit(station, "GetReport", 3)
    limit(station, "SetVariableMonitoring", 4, "MonitoringCtrlr")
    limit(station, "ClearVariableMonitoring", 5, "MonitoringCtrlr")
    monitors = variables(5, type="Delta", value=1, severity=5)
    assert sizes(set_variables(station=station, variables=variables(5, value="1"), **ASKED)) == [2, 2, 1]
    assert sizes(request_report(station=station, variables=variables(5), **ASKED)) == [3, 2]
    assert sizes(set_monitors(station=station, monitors=monitors, **ASKED), "monitors") == [4, 1]
    assert sizes(clear_monitors(station=station, ids=range(6), **ASKED), "ids") == [5, 1]


def test_the_size_of_a_message_splits_too():
    items = [{"component": "A", "variable": "B", "value": "x" * 300}] * 3
    assert [len(part) for part in split_items(items, MessageLimits(items=10, size_bytes=1300))] == [2, 1]
    assert [len(part) for part in split_items(items, MessageLimits(size_bytes=10))] == [1, 1, 1]


def test_every_part_of_a_chosen_report_has_its_own_number():
    station = StationFactory(protocol="ocpp2.0.1")
    limit(station, "GetReport", 1)
    operation = request_report(station=station, variables=variables(2), **ASKED)
    one, two = commands_of(operation)
    assert one.correlation == str(one.arguments["request_id"]) != two.correlation


def test_a_1_6_station_changes_one_key_after_the_other_and_reads_as_many_as_it_takes():
    station = StationFactory(protocol="ocpp1.6")
    DeviceVariable.objects.create(
        station=station, component="ConfigurationKey", variable="GetConfigurationMaxKeys", value="2"
    )
    keys = [{"component": "ConfigurationKey", "variable": name, "value": "1"} for name in "CAB"]
    operation = set_variables(station=station, variables=keys, **ASKED)
    assert [c.arguments["variables"][0]["variable"] for c in commands_of(operation)] == ["C", "A", "B"]
    assert sizes(read_variables(station=station, variables=keys, **ASKED)) == [2, 1]


@pytest.mark.parametrize("count", [0, 1001])
def test_nothing_and_too_much_are_refused_without_a_trace(count):
    station = StationFactory(protocol="ocpp2.0.1")
    with pytest.raises(CommandRefused):
        read_variables(station=station, variables=variables(count), **ASKED)
    assert not StationCommand.objects.exists()


def answered(command, *statuses):
    station = command.station
    items = tuple(
        ItemResult({"component": "TxCtrlr", "variable": f"V{n}"}, status, "", {"value": "7"})
        for n, status in enumerate(statuses)
    )
    learn_items([Lesson(context_of(station), ItemsAnswered(items), command.pk, NOON)])
    StationCommand.objects.filter(pk=command.pk).update(state="accepted")


def test_what_became_of_each_variable_is_told_across_the_calls():
    station = StationFactory(protocol="ocpp2.0.1")
    limit(station, "SetVariables", 2)
    operation = set_variables(station=station, variables=variables(3, value="7"), **ASKED)
    first, second = commands_of(operation)
    answered(first, "Accepted", "RebootRequired")

    told = outcomes(commands_of(operation))
    assert [(o.address["variable"], o.status, o.is_answered) for o in told] == [
        ("V0", "Accepted", True),
        ("V1", "RebootRequired", True),
        ("V2", "Waiting", False),
    ]
    assert state_of(commands_of(operation)) is OperationState.RUNNING

    answered(second, "Rejected")
    assert state_of(commands_of(operation)) is OperationState.PARTLY


def test_all_refused_is_not_done_and_all_agreed_is_done():
    station = StationFactory(protocol="ocpp2.0.1")
    refused = set_variables(station=station, variables=variables(1, value="7"), **ASKED)
    agreed = set_variables(station=station, variables=variables(1, value="7"), **ASKED)
    answered(commands_of(refused)[0], "Rejected")
    answered(commands_of(agreed)[0], "RebootRequired")
    assert state_of(commands_of(refused)) is OperationState.FAILED
    assert state_of(commands_of(agreed)) is OperationState.DONE


def test_a_secret_is_nowhere_in_the_clear():
    station = StationFactory(protocol="ocpp2.0.1")
    password = {"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": "sixteen-characters"}
    operation = set_variables(station=station, variables=[password], **ASKED)
    kept = str([operation.wanted, [c.arguments for c in commands_of(operation)], AuditEntry.objects.last().changes])
    assert "sixteen" not in kept
    assert "•••" in kept
