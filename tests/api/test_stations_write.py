"""Enrolling, changing and retiring stations from outside."""

import pytest

from apps.chargers.engine import passwords
from apps.chargers.models import ChargingStation
from apps.core.models import AuditEntry
from tests.api.conftest import fields_of
from tests.factories.places import AreaFactory, SiteFactory

URL = "/api/v1/stations/"
PASSWORD = "a-long-enough-password"


def test_a_station_is_enrolled_with_everything_it_needs(ada_api, ada, harbour):
    AreaFactory(site=harbour, name="Pier")
    response = ada_api.post(
        URL,
        {
            "identity": "CP1", "site": harbour.pk, "name": "First", "area": "Pier", "password": PASSWORD,
            "is_lenient": True, "provisioning_enabled": False, "registration": "Pending",
            "heartbeat_interval_s": 60, "security_profile": 1, "max_power_w": 22000,
        },
        format="json",
    )  # fmt: skip
    assert response.status_code == 201, response.content
    expected = {
        "identity": "CP1", "site": harbour.pk, "name": "First", "area": "Pier", "is_lenient": True,
        "provisioning_enabled": False, "registration": "Pending", "heartbeat_interval_s": 60, "security_profile": 1,
        "max_power_w": 22000, "is_online": False,
    }  # fmt: skip
    assert expected.items() <= response.json().items()
    assert "password" not in response.json()
    station = ChargingStation.objects.get(identity="CP1")
    assert passwords.matches(PASSWORD.encode(), station.password_hash)
    entry = AuditEntry.objects.get(action="station.created")
    assert (entry.actor, entry.address) == (ada, "127.0.0.1")


def test_identity_and_site_are_enough(ada_api, harbour):
    assert ada_api.post(URL, {"identity": "CP1", "site": harbour.pk}, format="json").status_code == 201
    station = ChargingStation.objects.get(identity="CP1")
    assert (station.registration, station.password_hash, station.provisioning_enabled) == ("Accepted", "", True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identity": ""}, "identity"),
        ({"identity": "x" * 49}, "identity"),
        ({"identity": "a:b"}, "identity"),
        ({"identity": "a\x00b"}, "identity"),
        ({"identity": ["CP1"]}, "identity"),
        ({"identity": None}, "identity"),
        ({"site": 0}, "site"),
        ({"site": "Harbour"}, "site"),
        ({"site": 10**30}, "site"),
        ({"site": True}, "site"),
        ({"area": "Nowhere"}, "area"),
        ({"password": "short"}, "password"),
        ({"password": "ä" * 20}, "password"),
        ({"registration": "Perhaps"}, "registration"),
        ({"heartbeat_interval_s": 0}, "heartbeat_interval_s"),
        ({"heartbeat_interval_s": "often"}, "heartbeat_interval_s"),
        ({"security_profile": 4}, "security_profile"),
        ({"max_power_w": -1}, "max_power_w"),
        ({"is_lenient": "perhaps"}, "is_lenient"),
        ({"lenient": True}, "lenient"),
        ({"status": "available"}, "status"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_enrolled(ada_api, harbour, changes, field):
    body = {"identity": "CP1", "site": harbour.pk, **changes}
    assert fields_of(ada_api.post(URL, body, format="json")) == {field}
    assert not ChargingStation.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="station.").exists()


def test_an_identity_is_enrolled_once_in_the_whole_system(ada_api, network, harbour):
    response = ada_api.post(URL, {"identity": "CP-rival", "site": harbour.pk}, format="json")
    assert fields_of(response) == {"identity"}
    assert response.json()["code"] == "identity_taken"


ALLOWED = {
    "POST": {"ada", "sam"},
    "PATCH": {"ada", "sam", "tess"},
    "DELETE": {"ada", "sam", "tess"},
}
PEOPLE = ("ada", "sam", "tess", "finn", "sue", "rita", "otto", "nobody")


@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_enrol_change_and_retire(as_person, network, harbour, person):
    client = as_person(person)
    url = f"{URL}CP-harbour/"
    before = ChargingStation.objects.values().get(identity="CP-harbour")
    answers = {
        "POST": client.post(URL, {"identity": "NEW", "site": harbour.pk}, format="json"),
        "PATCH": client.patch(url, {"name": "Changed"}, format="json"),
        "DELETE": client.delete(url),
    }
    good = {"POST": 201, "PATCH": 200, "DELETE": 204}
    for method, response in answers.items():
        if person in ALLOWED[method]:
            expected = good[method]
        elif person == "otto":
            expected = 400 if method == "POST" else 404
        else:
            expected = 401 if person == "nobody" else 403
        assert response.status_code == expected, method
    if person not in ALLOWED["PATCH"]:
        assert ChargingStation.objects.values().get(identity="CP-harbour") == before
    assert ChargingStation.objects.filter(identity="NEW").exists() == (person in ALLOWED["POST"])
    is_retired = ChargingStation.objects.get(identity="CP-harbour").retired_at is not None
    assert is_retired == (person in ALLOWED["DELETE"])


def test_a_site_manager_enrols_and_changes_at_the_own_site_only(as_person, network, linden_court):
    sam = as_person("sam")
    assert fields_of(sam.post(URL, {"identity": "NEW", "site": linden_court.pk}, format="json")) == {"site"}
    assert sam.patch(f"{URL}CP-linden/", {"name": "Mine"}, format="json").status_code == 404
    assert fields_of(sam.patch(f"{URL}CP-harbour/", {"site": linden_court.pk}, format="json")) == {"site"}
    assert network.harbour.site.stations.count() == 1


def test_only_what_is_given_is_changed(ada_api, network):
    before = ada_api.get(f"{URL}CP-harbour/").json()
    response = ada_api.patch(f"{URL}CP-harbour/", {"is_lenient": True}, format="json")
    assert response.json() == {**before, "is_lenient": True}
    entry = AuditEntry.objects.get(action="station.edited")
    assert entry.changes == {"is_lenient": ["False", "True"]}


def test_a_station_moves_within_its_organisation_and_leaves_its_area(ada_api, network, linden_court, rival_site):
    AreaFactory(site=linden_court, name="Yard")
    url = f"{URL}CP-harbour/"
    response = ada_api.patch(url, {"site": linden_court.pk, "area": "Yard"}, format="json")
    assert (response.json()["site"], response.json()["area"]) == (linden_court.pk, "Yard")
    assert ada_api.patch(url, {"area": None}, format="json").json()["area"] is None
    assert fields_of(ada_api.patch(url, {"site": rival_site.pk}, format="json")) == {"site"}


def test_registration_and_password_change(ada_api, network):
    url = f"{URL}CP-harbour/"
    assert ada_api.patch(url, {"registration": "Rejected"}, format="json").json()["registration"] == "Rejected"
    ada_api.patch(url, {"password": PASSWORD}, format="json")
    network.harbour.refresh_from_db()
    assert passwords.matches(PASSWORD.encode(), network.harbour.password_hash)
    ada_api.patch(url, {"password": ""}, format="json")
    network.harbour.refresh_from_db()
    assert network.harbour.password_hash == ""
    assert PASSWORD not in str(list(AuditEntry.objects.values("changes", "object_label")))


def test_a_refused_part_takes_the_whole_change_back(ada_api, network):
    response = ada_api.patch(f"{URL}CP-harbour/", {"name": "New", "password": "short"}, format="json")
    assert fields_of(response) == {"password"}
    network.harbour.refresh_from_db()
    assert network.harbour.name == ""


def test_the_identity_stays(ada_api, network):
    assert fields_of(ada_api.patch(f"{URL}CP-harbour/", {"identity": "X"}, format="json")) == {"identity"}
    assert ada_api.put(f"{URL}CP-harbour/", {}, format="json").status_code == 405


def test_a_retired_station_stays_visible_and_retiring_it_again_changes_nothing(ada_api, network):
    url = f"{URL}CP-harbour/"
    assert ada_api.delete(url).status_code == 204
    row = ada_api.get(url).json()
    assert row["status"] == "retired"
    assert ada_api.delete(url).status_code == 204
    assert ada_api.get(url).json()["retired_at"] == row["retired_at"]
    response = ada_api.patch(url, {"registration": "Pending"}, format="json")
    assert (response.status_code, response.json()["code"]) == (409, "station_retired")


def test_a_closed_site_takes_no_station(ada_api, voltwerk):
    closed = SiteFactory(organisation=voltwerk, closed_at="2026-01-01T00:00:00Z")
    assert fields_of(ada_api.post(URL, {"identity": "CP1", "site": closed.pk}, format="json")) == {"site"}
