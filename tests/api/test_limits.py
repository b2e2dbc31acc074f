"""Charging profiles by program: set, refused with the field named, cleared, asked back."""

import pytest

from apps.chargers.models import StationCommand
from apps.energy.models import InstalledProfile

pytestmark = pytest.mark.django_db
WANTED = {"evse": 1, "purpose": "TxDefaultProfile", "unit": "A", "periods": [{"start_s": 0, "limit": "10.5"}]}


def url(network, path):
    return f"/api/v1/stations/{network.harbour.identity}/{path}"


def test_a_profile_is_asked_and_listed(ada_api, network):
    answer = ada_api.post(url(network, "charging-profiles/"), WANTED, format="json")
    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["content"]["schedules"][0]["periods"]) == (
        "asked", [{"start_s": 0, "limit": "10.5"}],
    )  # fmt: skip
    listed = ada_api.get(f"/api/v1/charging-profiles/?station={network.harbour.identity}&state=asked").json()
    assert [row["id"] for row in listed["results"]] == [answer.json()["id"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"periods": [{"start_s": 5, "limit": "10"}]}, "periods"),
        ({"periods": [{"start_s": 0, "limit": "10.25"}]}, "periods"),
        ({"purpose": "ChargingStationMaxProfile"}, "evse"),
        ({"purpose": "TxProfile"}, "purpose"),
        ({"kind": "Recurring"}, "recurrency"),
        ({"evse": 9}, "evse"),
    ],
)
def test_a_bad_profile_is_refused_with_its_field(ada_api, network, change, field):
    answer = ada_api.post(url(network, "charging-profiles/"), {**WANTED, **change}, format="json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not InstalledProfile.objects.exists()


def test_setpoints_and_discharging_are_for_21(ada_api, network):
    period = {"start_s": 0, "operation_mode": "CentralSetpoint", "setpoint": "-5000.0", "discharge_limit": "-6000.0"}
    wanted = {**WANTED, "unit": "W", "periods": [period]}
    older = ada_api.post(url(network, "charging-profiles/"), wanted, format="json")
    assert (older.status_code, list(older.json()["fields"])) == (400, ["operation_mode"])
    type(network.harbour).objects.update(protocol="ocpp2.1")
    answer = ada_api.post(url(network, "charging-profiles/"), wanted, format="json")
    assert answer.json()["content"]["schedules"][0]["periods"] == [period]


def test_profiles_are_cleared_and_schedules_asked(ada_api, network):
    assert ada_api.post(url(network, "charging-profiles/clear/"), {"profile_id": 4}, format="json").status_code == 201
    assert ada_api.post(url(network, "composite-schedule/"), {"evse_number": 1}, format="json").status_code == 201
    commands = StationCommand.objects.order_by("pk").values_list("name", "arguments")
    assert list(commands) == [
        ("ClearChargingProfile", {"profile_id": 4}),
        ("GetCompositeSchedule", {"evse_id": 1, "duration_s": 86_400}),
    ]


def test_a_16_charger_cannot_be_read(ada_api, network):
    assert ada_api.post(url(network, "charging-profiles/read/")).status_code == 400
    assert not StationCommand.objects.exists()
