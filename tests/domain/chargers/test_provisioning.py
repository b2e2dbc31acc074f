"""Templates: what they ask for, where stations differ, and bringing them there once per boot."""

from datetime import timedelta

import pytest

from apps.chargers.choices import CommandOrigin, ProvisioningStage
from apps.chargers.engine.templates import Entry, problem_with, same_value, wishes
from apps.chargers.facts import Lesson
from apps.chargers.messages.events import BootNotified, VariableReport
from apps.chargers.messages.events.device_model import ItemResult
from apps.chargers.messages.lessons import ItemsAnswered
from apps.chargers.models import ConfigurationDrift, ConfigurationTemplate, StationCommand, StationProvisioning
from apps.chargers.services.configuration_templates import (
    NothingToApply,
    TemplateInvalid,
    apply_templates,
    find_drift_of_organisation,
    remove_template,
    save_template,
)
from apps.chargers.services.operations import learn_items
from apps.chargers.services.provisioning import record_boots
from apps.chargers.services.provisioning_runs import begin_run, continue_run, end_forgotten_runs, note_answers
from apps.chargers.services.variables import store_variables
from tests.factories.chargers import NOON, OnlineStationFactory, context_of, fact_of
from tests.factories.places import OrganisationFactory

pytestmark = pytest.mark.django_db
KEY = "ConfigurationKey"
HEARTBEAT = {"component": KEY, "variable": "HeartbeatInterval", "value": "300"}


@pytest.fixture
def station():
    return OnlineStationFactory(vendor="Acme", model="One", firmware_version="1.0")


def template(station, entries=(HEARTBEAT,), **fields):
    values = {"name": "Basics", "family": "1.6", "vendor_pattern": "ac*", **fields}
    return save_template(organisation=station.site.organisation, entries=entries, actor=None, at=NOON, **values)


def tells(station, value, name="HeartbeatInterval", at=NOON, **more):
    store_variables(station=station, variables=[VariableReport(KEY, name, value, **more)], at=at)


def drift(station):
    rows = ConfigurationDrift.objects.filter(station=station).select_related("variable")
    return [(row.variable.variable, row.wanted, row.variable.value) for row in rows]


def asked(station, name):
    return list(StationCommand.objects.filter(station=station, name=name).order_by("pk"))


def settle(command, *statuses, value=None, state="accepted"):
    """As the gateway does: the answer, what it teaches, and the end of the command."""
    for item, status in zip(command.arguments["variables"], statuses, strict=True):
        if status == "Accepted":
            tells(command.station, item.get("value", value), item["variable"], at=NOON + timedelta(seconds=9))
    items = tuple(
        ItemResult({k: v for k, v in item.items() if k != "value"}, status)
        for item, status in zip(command.arguments["variables"], statuses, strict=True)
    )
    learn_items([Lesson(context_of(command.station), ItemsAnswered(items), command.pk, NOON)])
    StationCommand.objects.filter(pk=command.pk).update(state=state, status_word=statuses[0])
    note_answers(command_id=command.pk, at=NOON)
    continue_run(station_id=command.station_id, at=NOON)


def stage(station):
    return StationProvisioning.objects.get(station=station).stage


# --- drift


def test_a_difference_is_listed_since_it_is_known_and_gone_when_it_is(station):
    template(station)
    tells(station, "60")
    assert drift(station) == [("HeartbeatInterval", "300", "60")]
    tells(station, "90", at=NOON + timedelta(hours=1))
    assert ConfigurationDrift.objects.get().since == NOON
    tells(station, "300")
    assert drift(station) == []


def test_another_template_changes_what_is_wanted(station):
    first = template(station)
    tells(station, "60")
    special = template(station, [{**HEARTBEAT, "value": "30"}], name="Special")
    find_drift_of_organisation(station.site.organisation_id, at=NOON)
    assert drift(station) == [("HeartbeatInterval", "30", "60")]
    remove_template(template=special, actor=None, at=NOON)
    save_template(
        template=first, name="Basics", family="1.6", entries=[HEARTBEAT], vendor_pattern="other", actor=None, at=NOON
    )
    find_drift_of_organisation(station.site.organisation_id, at=NOON)
    assert drift(station) == []


@pytest.mark.parametrize(
    "patterns", [{"vendor_pattern": "x*"}, {"model_pattern": "two"}, {"firmware_pattern": "2.*"}, {"family": "2.x"}]
)
def test_a_template_of_another_kind_asks_for_nothing(station, patterns):
    entry = HEARTBEAT if patterns.get("family") != "2.x" else {**HEARTBEAT, "component": "OCPPCommCtrlr"}
    template(station, [entry], **patterns)
    tells(station, "60")
    assert drift(station) == []


def test_a_template_of_another_organisation_asks_for_nothing(station):
    save_template(
        organisation=OrganisationFactory(), name="Theirs", family="1.6", entries=[HEARTBEAT], actor=None, at=NOON
    )
    tells(station, "60")
    assert drift(station) == []


def test_each_change_of_the_entries_is_a_version(station):
    made = template(station)
    for value in ("300", "600"):
        save_template(
            template=made, name="Basics", family="1.6", entries=[{**HEARTBEAT, "value": value}], actor=None, at=NOON
        )
    versions = made.versions.order_by("number")
    assert [(v.number, v.entries[0]["value"]) for v in versions] == [(1, "300"), (2, "600")]


@pytest.mark.parametrize(
    ("entry", "family"),
    [
        ({"component": KEY, "variable": "AuthorizationKey", "value": "x"}, "1.6"),
        ({"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": "x"}, "2.x"),
        ({"component": "TxCtrlr", "variable": "X", "value": "x"}, "1.6"),
        ({"component": "EVSE", "variable": "X", "value": "x", "evse": "first"}, "2.x"),
        ({"component": "", "variable": "X", "value": "x"}, "2.x"),
        ({"component": "A", "variable": "X", "value": "x", "colour": "red"}, "2.x"),
    ],
)
def test_entries_that_cannot_be_are_refused_with_a_reason(station, entry, family):
    assert problem_with(entry, family).endswith(".")
    with pytest.raises(TemplateInvalid):
        template(station, [entry], family=family)
    assert not ConfigurationTemplate.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "actual", "same"),
    [("300", "300.0", True), ("true", "True", True), ("A,B", "B, A", True), ("A,B", "A", False), ("1", None, False)],
)
def test_values_are_compared_by_what_they_mean(wanted, actual, same):
    assert same_value(wanted, actual) is same


def test_an_entry_for_each_evse_means_those_that_have_it():
    keys = [("EVSE", "", n, 0, "Power", "", "Actual") for n in (0, 1, 2)]
    found = wishes([(1, [Entry("evse", "POWER", "5", evse="*")])], keys)
    assert sorted(key[2] for key in found) == [1, 2]


# --- by hand


def test_applying_sets_what_differs_and_keeps_the_stations_word(station):
    template(station)
    tells(station, "60")
    apply_templates(station=station, actor=None, origin=CommandOrigin.PORTAL, at=NOON)
    (command,) = asked(station, "SetVariables")
    assert command.arguments["variables"] == [HEARTBEAT]
    settle(command, "RebootRequired")
    assert ConfigurationDrift.objects.get().last_word == "RebootRequired"


def test_where_nothing_differs_nothing_is_sent(station):
    template(station)
    tells(station, "300")
    with pytest.raises(NothingToApply):
        apply_templates(station=station, actor=None, origin=CommandOrigin.PORTAL, at=NOON)
    assert not StationCommand.objects.exists()


# --- after a boot


def boots(station, at=NOON):
    record_boots([fact_of(station, BootNotified("Acme", "One", firmware_version="1.0"), at)])
    begin_run(station_id=station.pk, booted_at=at, at=at)


def test_after_a_boot_the_settings_are_read_and_what_differs_is_set_exactly_once(station):
    template(station)
    tells(station, "300")
    boots(station)
    begin_run(station_id=station.pk, booted_at=NOON, at=NOON)
    (read,) = asked(station, "GetVariables")
    assert read.arguments["variables"] == [{"component": KEY, "variable": "HeartbeatInterval"}]

    settle(read, "Accepted", value="60")
    continue_run(station_id=station.pk, at=NOON)
    (write,) = asked(station, "SetVariables")
    assert write.arguments["variables"] == [HEARTBEAT]
    assert stage(station) == ProvisioningStage.APPLYING

    settle(write, "Accepted")
    assert stage(station) == ProvisioningStage.DONE
    assert len(asked(station, "SetVariables")) == 1


def test_nothing_is_sent_to_a_station_that_does_not_provision_by_itself(station):
    station.provisioning_enabled = False
    station.save()
    template(station)
    tells(station, "60")
    boots(station)
    assert not StationCommand.objects.exists()


def test_switching_provisioning_off_in_the_middle_stops_it(station):
    template(station)
    tells(station, "60")
    boots(station)
    station.provisioning_enabled = False
    station.save()
    settle(asked(station, "GetVariables")[0], "Accepted", value="60")
    assert asked(station, "SetVariables") == []


def test_a_station_that_never_takes_the_value_is_asked_three_times_at_most(station):
    template(station)
    tells(station, "60")
    for hour in range(5):
        at = NOON + timedelta(hours=hour)
        boots(station, at)
        settle(asked(station, "GetVariables")[-1], "Accepted", value="60")
        for command in asked(station, "SetVariables"):
            if command.state == "pending":
                settle(command, "RebootRequired")
    assert len(asked(station, "SetVariables")) == 3
    assert stage(station) == ProvisioningStage.DIFFERS


def test_a_new_station_tells_everything_first(station):
    template(station)
    boots(station)
    (inventory,) = asked(station, "GetVariables")
    assert inventory.arguments["variables"] == []
    tells(station, "60")
    StationCommand.objects.filter(pk=inventory.pk).update(state="accepted")
    continue_run(station_id=station.pk, at=NOON)
    assert [c.arguments["variables"] for c in asked(station, "SetVariables")] == [[HEARTBEAT]]


def test_a_station_that_cannot_be_read_is_left_alone(station):
    template(station)
    boots(station)
    StationCommand.objects.update(state="failed")
    continue_run(station_id=station.pk, at=NOON)
    assert (stage(station), asked(station, "SetVariables")) == (ProvisioningStage.FAILED, [])


def test_a_run_that_nothing_moves_ends(station):
    template(station)
    boots(station)
    assert end_forgotten_runs(NOON + timedelta(minutes=31)) == 1
    assert stage(station) == ProvisioningStage.FAILED
