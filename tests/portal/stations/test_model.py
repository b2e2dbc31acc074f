"""Variables, monitors, templates, differences and quirks as people see and change them."""

import pytest
from django.urls import reverse

from apps.chargers.models import (
    BulkItem,
    ConfigurationDrift,
    ConfigurationTemplate,
    DeviceVariable,
    QuirkProfile,
    StationAlarm,
    StationCommand,
    StationDeviation,
    StationOperation,
    StationProvisioning,
    VariableChange,
    VariableMonitor,
)
from apps.chargers.services.configuration_templates import save_template
from apps.chargers.services.drift import find_drift
from apps.portal.model.entries import read_entries, write_entries
from tests.factories.chargers import NOON, CommandFactory, OnlineStationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, identity="CP1", protocol="ocpp2.0.1", vendor="Acme")


@pytest.fixture
def variable(station):
    return DeviceVariable.objects.create(
        station=station, component="EVSE", evse_number=1, variable="Power", value="7000", mutability="ReadWrite",
        unit="W", max_limit=11000,
    )  # fmt: skip


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def page(client, name, *args):
    answer = client.get(reverse(f"portal:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_of_a_variable_tells_its_limits_history_and_monitors(as_ada, station, variable):
    VariableChange.objects.create(variable=variable, before="3000", after="7000", at=NOON)
    VariableMonitor.objects.create(
        station=station, monitor_id=77, component="EVSE", evse_number=1, variable="Power", type="Delta", value=500,
        severity=2,
    )  # fmt: skip
    text = page(as_ada, "variable", variable.pk)
    assert "to 11000 W" in text
    assert "3000" in text
    assert "System failure" in text


def test_a_monitor_is_added_from_the_page_of_its_variable(as_ada, variable):
    url = reverse("portal:monitor-new", args=[variable.pk])
    answer = as_ada.post(url, {"type": "UpperThreshold", "value": "9000", "severity": "3"})
    assert answer.status_code == 302
    (command,) = StationCommand.objects.all()
    assert command.arguments["monitors"] == [
        {"component": "EVSE", "evse_id": 1, "variable": "Power", "type": "UpperThreshold", "value": 9000.0,
         "severity": 3, "transaction": False}
    ]  # fmt: skip
    assert "EVSE.Power at EVSE 1" in page(as_ada, "operation", command.operation_id)


def test_a_template_is_written_in_lines_and_its_differences_are_applied(as_ada, station, variable, voltwerk):
    form = {"organisation": voltwerk.pk, "name": "Power", "family": "2.x", "vendor_pattern": "acme", "is_active": "on",
            "entries": "EVSE@* Power = 9000  // the house is weak"}  # fmt: skip
    assert as_ada.post(reverse("portal:configuration-template-new"), form).status_code == 302
    template = ConfigurationTemplate.objects.get()
    assert template.versions.get().entries == [
        {"component": "EVSE", "evse": "*", "variable": "Power", "value": "9000", "note": "the house is weak"}
    ]
    assert "EVSE@* Power = 9000" in page(as_ada, "configuration-template", template.pk)

    assert as_ada.post(reverse("portal:station-apply-templates", args=[station.pk])).status_code == 302
    assert StationCommand.objects.get().arguments["variables"][0]["value"] == "9000"
    text = page(as_ada, "drift")
    assert "9000" in text
    assert "7000" in text
    assert "differs" in page(as_ada, "station-variables", station.pk)


def test_a_line_that_is_none_is_named(as_ada, voltwerk):
    form = {"organisation": voltwerk.pk, "name": "X", "family": "1.6", "entries": "A = 1\nnonsense"}
    answer = as_ada.post(reverse("portal:configuration-template-new"), form)
    assert "Line 2" in answer.content.decode()
    assert not ConfigurationTemplate.objects.exists()


@pytest.mark.parametrize(
    ("line", "family"),
    [
        ("HeartbeatInterval = 300", "1.6"),
        ("OCPPCommCtrlr MessageAttempts[TransactionEvent] = 5", "2.x"),
        ("Connector[a]@1.2 Power#MaxSet = 7 000  // why", "2.x"),
        ("DisplayMessageCtrlr Text =", "2.x"),
    ],
)
def test_lines_survive_the_way_there_and_back(line, family):
    assert write_entries(read_entries(line, family)) == line


def test_a_site_manager_may_look_at_templates_but_not_change_them(client, sam, station):
    client.force_login(sam)
    assert "limited to a site" in page(client, "configuration-templates")
    client.post(reverse("portal:configuration-template-new"), {"name": "X", "family": "1.6"})
    assert not ConfigurationTemplate.objects.exists()


def test_a_quirk_profile_is_made_and_a_shipped_one_is_only_shown(as_ada, voltwerk):
    form = {"organisation": voltwerk.pk, "name": "Acme", "vendor_pattern": "acme", "is_active": "on",
            "quirk_tag_suffix": ";", "quirk_is_lenient": "on"}  # fmt: skip
    assert as_ada.post(reverse("portal:quirk-profile-new"), form).status_code == 302
    made = QuirkProfile.objects.get(organisation=voltwerk)
    assert made.quirks == {"tag_suffix": ";", "is_lenient": True}
    assert "Grizzl-E" in page(as_ada, "quirk-profiles")


def test_the_stations_page_tells_its_quirks_their_source_and_what_would_help(as_ada, station):
    station.quirks = {"tag_suffix": {"value": ";", "source": "Acme profile"}}
    station.save()
    StationDeviation.objects.create(station=station, code="extra-field:foo", count=7)
    text = page(as_ada, "station", station.pk)
    assert "Acme profile" in text
    assert "would forgive it" in text


def test_an_open_alarm_waits_on_the_first_page_until_it_is_over(as_ada, station):
    alarm = StationAlarm.objects.create(
        station=station, component="EVSE", variable="Temperature", evse_number=1, event_id=1, severity=1, value="95",
        raised_at=NOON,
    )  # fmt: skip
    assert "Hardware failure: EVSE Temperature at EVSE 1 (95)." in page(as_ada, "home")
    alarm.cleared_at = NOON
    alarm.save()
    assert "Temperature" not in page(as_ada, "home")


def test_a_chosen_report_is_asked_by_criteria_and_components(as_ada, station, variable):
    url = reverse("portal:station-report", args=[station.pk])
    assert as_ada.post(url, {}).status_code == 422
    assert as_ada.post(url, {"criteria": ["Problem"], "components": ["EVSE"]}).status_code == 302
    command = StationCommand.objects.get()
    assert command.name == "GetReport"
    assert command.arguments["criteria"] == ["Problem"]
    assert command.arguments["variables"] == [{"component": "EVSE"}]


@pytest.mark.parametrize(
    ("name", "form", "command", "arguments"),
    [
        ("station-monitoring-base", {"base": "HardWiredOnly"}, "SetMonitoringBase", {"base": "HardWiredOnly"}),
        ("station-monitoring-level", {"severity": "3"}, "SetMonitoringLevel", {"severity": 3}),
    ],
)
def test_how_much_monitors_tell_is_set(as_ada, station, name, form, command, arguments):
    answer = as_ada.post(reverse(f"portal:{name}", args=[station.pk]), form)
    assert answer["Location"] == reverse("portal:station-monitors", args=[station.pk])
    row = StationCommand.objects.get()
    assert (row.name, row.arguments) == (command, arguments)


@pytest.mark.parametrize("name", ["station-report", "station-monitoring-base", "station-monitoring-level"])
def test_a_1_6_station_is_not_asked_what_it_does_not_know(as_ada, station, name):
    station.protocol = "ocpp1.6"
    station.save()
    answer = as_ada.get(reverse(f"portal:{name}", args=[station.pk]))
    assert "OCPP 1.6 has no" in answer.content.decode()
    assert as_ada.post(answer.request["PATH_INFO"], {"criteria": "Problem"}).status_code == 422
    assert not StationCommand.objects.exists()


def template_for(voltwerk, ada):
    entries = [{"component": "EVSE", "evse": "*", "variable": "Power", "value": "9000"}]
    return save_template(organisation=voltwerk, name="Power", entries=entries, actor=ada, at=NOON)


def test_a_template_is_applied_from_its_page_to_every_station_that_differs(as_ada, ada, station, variable, voltwerk):
    OnlineStationFactory(site=station.site, identity="CP2", protocol="ocpp2.0.1")
    template = template_for(voltwerk, ada)
    assert "No station differs" in page(as_ada, "configuration-template", template.pk)
    find_drift([station.pk], at=NOON)
    text = page(as_ada, "configuration-template", template.pk)
    assert "Apply to 1 station" in text
    assert reverse("portal:configuration-template-remove", args=[template.pk]) in text
    url = reverse("portal:bulk-new") + f"?kind=apply_templates&template={template.pk}"
    assert as_ada.post(url, {"offline": "wait", "wait_s": "600"}).status_code == 302
    assert BulkItem.objects.get().station == station


def test_who_may_not_change_templates_sees_no_links_to_do_so(client, sue, ada, station, variable, voltwerk):
    template = template_for(voltwerk, ada)
    find_drift([station.pk], at=NOON)
    client.force_login(sue)
    text = page(client, "configuration-templates")
    assert "Power" in text
    assert reverse("portal:configuration-template", args=[template.pk]) not in text
    text = page(client, "drift")
    assert reverse("portal:station-apply-templates", args=[station.pk]) not in text
    assert "but not change it" in text


def test_a_built_in_monitor_offers_no_removal(as_ada, station, variable):
    monitor = VariableMonitor.objects.create(
        station=station, monitor_id=7, component="EVSE", evse_number=1, variable="Power", type="Delta", value=1,
        severity=5, origin="HardWiredMonitor",
    )  # fmt: skip
    url = reverse("portal:monitor-clear", args=[monitor.pk])
    for text in (page(as_ada, "station-monitors", station.pk), page(as_ada, "variable", variable.pk)):
        assert url not in text
        assert "It is built into the charger." in text


# --- provisioning ---------------------------------------------------------------------------------------


@pytest.fixture
def drift(station, variable, voltwerk, ada):
    template_for(voltwerk, ada)
    find_drift([station.pk], at=NOON)
    return ConfigurationDrift.objects.get()


def stage(station, stage, **fields):
    StationProvisioning.objects.create(station=station, stage=stage, began_at=NOON, **fields)


def test_the_stations_page_says_that_nothing_was_provisioned_yet(as_ada, station):
    assert "There is no template yet" in page(as_ada, "station", station.pk)


def test_it_says_what_provisioning_waits_for(as_ada, station, drift):
    reading = StationOperation.objects.create(station=station, kind="read_variables")
    CommandFactory(station=station, name="GetVariables", operation=reading)
    stage(station, "reading", reading=reading)
    text = page(as_ada, "station", station.pk)
    assert "Reading its settings" in text
    assert "It waits for the answer to 1 call." in text


def test_it_says_what_the_charger_refused_and_that_we_stopped_trying(as_ada, station, drift):
    ConfigurationDrift.objects.update(last_word="Rejected", attempts=3)
    stage(station, "differs", ended_at=NOON)
    text = page(as_ada, "station", station.pk)
    assert "EVSE.Power = 9000: the charger said Rejected, tried 3 times" in text
    assert "We have stopped trying by ourselves." in text
    assert "1 setting differs from its template" in text


def test_it_asks_for_a_restart_where_the_charger_does(as_ada, station, drift):
    ConfigurationDrift.objects.update(last_word="RebootRequired", attempts=1)
    stage(station, "differs", ended_at=NOON)
    assert "Reset the station" in page(as_ada, "station", station.pk)


def test_a_run_that_failed_says_what_to_do(as_ada, station):
    stage(station, "failed", ended_at=NOON)
    text = page(as_ada, "station", station.pk)
    assert "Its settings could not be read" in text
    assert "Read all variables once the station answers" in text
