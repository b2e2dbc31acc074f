"""The device model for programs: variables, monitors, templates, drift, quirks."""

import pytest

from apps.chargers.models import (
    ConfigurationDrift,
    ConfigurationTemplate,
    DeviceVariable,
    QuirkProfile,
    StationAlarm,
    StationCommand,
    VariableMonitor,
)
from tests.factories.chargers import NOON, OnlineStationFactory

pytestmark = pytest.mark.django_db
POWER = {"component": "EVSE", "evse_id": 1, "variable": "Power"}
DELTA = {**POWER, "type": "Delta", "value": 5, "severity": 4}


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, identity="CP1", protocol="ocpp2.0.1", vendor="Acme")


def url(path):
    return f"/api/v1/stations/CP1/{path}/"


def sent():
    return [(c.name, c.arguments) for c in StationCommand.objects.order_by("pk")]


def test_what_is_known_can_be_prepared_and_splits_what_is_read(ada_api, station):
    known = [{"component": "DeviceDataCtrlr", "variable": "ItemsPerMessage", "variable_instance": "GetVariables",
              "value": "4"}]  # fmt: skip
    assert ada_api.put(url("variables/known"), {"variables": known}, format="json").status_code == 204
    assert sent() == []

    answer = ada_api.post(url("variables/read"), {"variables": [POWER] * 5}, format="json")

    assert answer.status_code == 201
    assert [len(arguments["variables"]) for _, arguments in sent()] == [4, 1]
    shown = ada_api.get(f"/api/v1/operations/{answer.json()['id']}/").json()
    assert (shown["state"], len(shown["items"]), len(shown["commands"])) == ("running", 5, 2)


def test_variables_are_set_one_key_each_in_1_6(ada_api, station):
    station.protocol = "ocpp1.6"
    station.save()
    keys = [{"component": "ConfigurationKey", "variable": name, "value": "1"} for name in "AB"]
    assert ada_api.post(url("variables/set"), {"variables": keys}, format="json").status_code == 201
    assert [name for name, _ in sent()] == ["SetVariables", "SetVariables"]


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        ("reports", {"base": "SummaryInventory"}, "GetBaseReport"),
        ("reports", {"criteria": ["Problem"]}, "GetReport"),
        (
            "monitors/set",
            {"monitors": [{**POWER, "type": "Delta", "value": 5, "severity": 4}]},
            "SetVariableMonitoring",
        ),
        ("monitors/clear", {"ids": [1]}, "ClearVariableMonitoring"),
        ("monitoring", {"base": "All"}, "SetMonitoringBase"),
        ("monitoring", {"level": 4}, "SetMonitoringLevel"),
        ("monitoring", {}, "GetMonitoringReport"),
    ],
)
def test_every_wish_becomes_its_command(ada_api, station, path, body, name):
    assert ada_api.post(url(path), body, format="json").status_code == 201
    assert [command for command, _ in sent()] == [name]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("variables/read", {"variables": []}),
        ("variables/read", {"variables": [{"component": "A"}]}),
        ("variables/set", {"variables": [POWER]}),
        ("reports", {}),
        ("reports", {"base": "Everything"}),
        ("monitors/set", {"monitors": [{**POWER, "type": "Odd", "value": 5, "severity": 4}]}),
        ("monitors/set", {"monitors": [{**POWER, "type": "Delta", "value": 5, "severity": 10}]}),
        ("monitors/clear", {"ids": []}),
        ("monitoring", {"level": 10}),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_sent(ada_api, station, path, body):
    assert ada_api.post(url(path), body, format="json").status_code in (400, 409, 422)
    assert sent() == []


def test_templates_are_made_changed_applied_and_removed(ada_api, station):
    DeviceVariable.objects.create(station=station, component="TxCtrlr", variable="EVConnectionTimeOut", value="60")
    entry = {"component": "TxCtrlr", "variable": "EVConnectionTimeOut", "value": "90"}
    body = {"name": "Basics", "family": "2.x", "vendor_pattern": "acme", "entries": [entry]}
    made = ada_api.post("/api/v1/configuration-templates/", body, format="json")
    assert (made.status_code, made.json()["version"], made.json()["entries"]) == (201, 1, [entry])

    assert ada_api.post(url("templates/apply"), format="json").status_code == 201
    assert sent() == [("SetVariables", {"variables": [entry]})]
    (drift,) = ada_api.get("/api/v1/drift/", {"station": "CP1"}).json()["results"]
    assert (drift["wanted"], drift["actual"], drift["template"]) == ("90", "60", "Basics")

    path = f"/api/v1/configuration-templates/{made.json()['id']}/"
    changed = ada_api.put(path, {**body, "entries": []}, format="json").json()
    assert (changed["version"], changed["entries"]) == (2, [])
    assert ada_api.delete(path).status_code == 204
    assert not ConfigurationTemplate.objects.exists()
    assert not ConfigurationDrift.objects.exists()


def test_quirk_profiles_are_made_and_shipped_ones_stay(ada_api, station):
    body = {"name": "Acme", "vendor_pattern": "acme", "quirks": {"tag_suffix": ";"}}
    made = ada_api.post("/api/v1/quirk-profiles/", body, format="json")
    assert made.status_code == 201
    wrong = ada_api.post("/api/v1/quirk-profiles/", {**body, "quirks": {"flies": True}}, format="json")
    assert wrong.status_code in (400, 409, 422)
    shipped = QuirkProfile.objects.get(name="Grizzl-E")
    assert ada_api.delete(f"/api/v1/quirk-profiles/{shipped.pk}/").status_code == 404
    assert QuirkProfile.objects.filter(name="Grizzl-E").exists()


def test_monitors_alarms_and_quirks_are_looked_at(ada_api, station):
    station.quirks = {"tag_suffix": {"value": ";", "source": "Acme"}}
    station.save()
    VariableMonitor.objects.create(
        station=station, monitor_id=3, component="EVSE", variable="Power", type="Delta", value=5, severity=2
    )
    StationAlarm.objects.create(station=station, component="EVSE", variable="Power", event_id=1, raised_at=NOON)
    assert [m["monitor_id"] for m in ada_api.get("/api/v1/monitors/").json()["results"]] == [3]
    assert len(ada_api.get("/api/v1/alarms/", {"is_open": "true"}).json()["results"]) == 1
    assert ada_api.get("/api/v1/alarms/", {"is_open": "false"}).json()["results"] == []
    assert ada_api.get(url("quirks")).json()["quirks"] == [
        {"name": "tag_suffix", "value": ";", "source": "Acme", "is_applied": True}
    ]
