"""Security of stations by programs: profiles, passwords, events, alarms."""

import pytest

from apps.chargers.engine import passwords
from apps.chargers.models import SecurityAlarm, SecurityProfileChange, StationCommand, StationConnection, StationNotice
from tests.api.conftest import client_of, fields_of
from tests.factories.chargers import NOON, OnlineStationFactory

OLD = "the-old-password-0"
STATIONS = "/api/v1/stations"


@pytest.fixture
def pier(harbour):
    return OnlineStationFactory(
        site=harbour, identity="PIER-1", protocol="ocpp2.0.1", security_profile=1,
        password_hash=passwords.hash_password(OLD),
    )  # fmt: skip


def test_the_profile_is_raised_and_followed(ada_api, pier):
    wish = {"profile": 2, "url": "wss://charge.example/ocpp", "slot": 3}
    response = ada_api.post(f"{STATIONS}/PIER-1/security-profile/", wish, format="json")
    assert response.status_code == 201, response.content
    expected = {"station": "PIER-1", "profile_before": 1, "profile_wanted": 2, "state": "planned", "slot": 3}
    assert expected.items() <= response.json().items()
    found = ada_api.get("/api/v1/profile-changes/?station=PIER-1").json()["results"]
    assert [row["id"] for row in found] == [response.json()["id"]]
    assert StationCommand.objects.get().origin == "api"


def test_a_wish_that_cannot_be_names_its_field(ada_api, pier):
    response = ada_api.post(f"{STATIONS}/PIER-1/security-profile/", {"profile": 3}, format="json")
    assert response.status_code == 400
    assert "certificate_is_installed" in fields_of(response)
    assert not SecurityProfileChange.objects.exists()


def test_a_station_is_sent_to_another_system(ada_api, pier):
    wish = {"profile": 2, "url": "wss://other.example/ocpp"}
    response = ada_api.post(f"{STATIONS}/PIER-1/send-elsewhere/", wish, format="json")
    assert (response.status_code, response.json()["is_migration"]) == (201, True)


def test_a_password_is_made_told_to_the_charger_and_shown_once(ada_api, pier):
    response = ada_api.post(f"{STATIONS}/PIER-1/password/", {}, format="json")
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    made = response.json()
    assert len(made["password"]) == 40
    command = StationCommand.objects.get(pk=made["command"])
    assert made["password"] not in str(command.arguments)
    pier.refresh_from_db()
    assert passwords.matches(OLD.encode(), pier.password_hash)
    assert passwords.matches(made["password"].encode(), pier.pending_password_hash)


def test_a_password_that_is_entered_by_hand_is_asked_for_at_once(ada_api, pier):
    response = ada_api.post(f"{STATIONS}/PIER-1/password/", {"tell_charger": False}, format="json")
    pier.refresh_from_db()
    assert passwords.matches(response.json()["password"].encode(), pier.password_hash)
    assert StationCommand.objects.count() == 0


def test_a_password_that_the_charger_cannot_take_is_refused(ada_api, pier):
    response = ada_api.post(f"{STATIONS}/PIER-1/password/", {"password": "short"}, format="json")
    assert (response.status_code, list(fields_of(response))) == (400, ["password"])


def test_events_and_alarms_are_read_and_looked_at(ada_api, pier):
    StationNotice.objects.create(
        station=pier, kind="security", title="TamperDetectionActivated", occurred_at=NOON, received_at=NOON
    )
    StationNotice.objects.create(station=pier, kind="firmware", title="Installed", occurred_at=NOON)
    SecurityAlarm.objects.create(station=pier, type="TamperDetectionActivated", first_at=NOON, last_at=NOON)
    events = ada_api.get("/api/v1/security-events/?station=PIER-1").json()["results"]
    assert [event["type"] for event in events] == ["TamperDetectionActivated"]
    assert ada_api.get("/api/v1/security-events/?type=Other").json()["results"] == []
    assert len(ada_api.get("/api/v1/security-alarms/?is_open=true").json()["results"]) == 1

    assert ada_api.post(f"{STATIONS}/PIER-1/alarms-seen/").status_code == 204
    assert ada_api.get("/api/v1/security-alarms/?is_open=true").json()["results"] == []


def test_the_profile_a_station_came_with_is_told(ada_api, pier):
    StationConnection.objects.filter(station=pier).update(security_profile=2)
    station = ada_api.get(f"{STATIONS}/PIER-1/").json()
    assert (station["security_profile"], station["observed_security_profile"]) == (1, 2)
    assert station["wanted_security_profile"] is None


@pytest.mark.parametrize("act", ["security-profile", "send-elsewhere", "password", "alarms-seen"])
def test_strangers_find_nothing_and_who_may_not_edit_is_refused(otto, finn, pier, act):
    assert client_of(otto).post(f"{STATIONS}/PIER-1/{act}/", {}, format="json").status_code == 404
    assert client_of(finn).post(f"{STATIONS}/PIER-1/{act}/", {}, format="json").status_code == 403
    assert StationCommand.objects.count() == 0
