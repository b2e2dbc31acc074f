"""What each role sees of each resource."""

import pytest

from apps.gateway.models import JournalEntry
from apps.sessions.models import MeterValue
from tests.api.conftest import rows_of
from tests.factories.chargers import NOON, CommandFactory
from tests.factories.sessions import SessionFactory

ALL = {"harbour", "linden"}
STAFF = {"ada": ALL, "sam": {"harbour"}, "tess": ALL, "finn": ALL, "sue": ALL, "otto": {"rival"}}
OFFICE = {name: STAFF[name] for name in ("ada", "sam", "finn", "sue", "otto")}
LISTS = {
    "sites": STAFF,
    "stations": STAFF,
    "evses": STAFF,
    "connectors": STAFF,
    "sessions": STAFF,
    "commands": STAFF,
    "drivers": OFFICE,
    "tokens": OFFICE,
}
PEOPLE = ("ada", "sam", "tess", "finn", "sue", "rita", "otto", "nobody")


@pytest.fixture
def rows(network) -> dict[str, dict[str, object]]:
    """Of each resource, the key of the row of each site."""
    stations = network.stations
    evses = {name: station.evses.get() for name, station in stations.items()}
    found = {
        "sites": {name: station.site for name, station in stations.items()},
        "evses": evses,
        "connectors": {name: evse.connectors.get() for name, evse in evses.items()},
        "sessions": {name: SessionFactory(station=station) for name, station in stations.items()},
        "commands": {name: CommandFactory(station=station) for name, station in stations.items()},
        "drivers": network.drivers,
        "tokens": network.cards,
    }
    keys = {resource: {name: row.pk for name, row in by_site.items()} for resource, by_site in found.items()}
    return {**keys, "stations": {name: station.identity for name, station in stations.items()}}


@pytest.mark.parametrize("person", ["ada", "sam", "tess"])
def test_who_charged_is_told_to_people_who_may_look_at_drivers(as_person, network, person):
    driver = network.drivers["harbour"]
    session = SessionFactory(station=network.stations["harbour"], driver=driver, token_value="04AB")
    api = as_person(person)
    told = ("", None) if person == "tess" else ("04AB", driver.pk)
    for row in (rows_of(api.get("/api/v1/sessions/"))[0], api.get(f"/api/v1/sessions/{session.pk}/").json()):
        assert (row["token_value"], row["driver"]) == told


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("resource", LISTS)
def test_a_list_holds_the_rows_of_the_persons_sites(as_person, rows, resource, person):
    response = as_person(person).get(f"/api/v1/{resource}/")
    if person == "nobody":
        assert response.status_code == 401
    elif person not in LISTS[resource]:
        assert response.status_code == 403
        assert response.json() == {"code": "permission_denied", "message": "Your role does not allow this."}
    else:
        key = "identity" if resource == "stations" else "id"
        assert {row[key] for row in rows_of(response)} == {rows[resource][site] for site in LISTS[resource][person]}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("resource", LISTS)
def test_a_single_row_of_elsewhere_does_not_exist(as_person, rows, resource, person):
    client = as_person(person)
    for site, key in rows[resource].items():
        response = client.get(f"/api/v1/{resource}/{key}/")
        if person == "nobody":
            assert response.status_code == 401
        elif person not in LISTS[resource]:
            assert response.status_code == 403
        elif site in LISTS[resource][person]:
            assert response.status_code == 200
            assert key in response.json().values()
        else:
            assert response.status_code == 404
            assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("resource", LISTS)
def test_a_row_that_never_was_is_not_found(ada_api, network, resource):
    for key in ("0", "999999999", "99999999999999999999999", "nonsense", "%00"):
        assert ada_api.get(f"/api/v1/{resource}/{key}/").status_code == 404


PER_STATION = {
    "meter-values": {name: STAFF[name] for name in STAFF},
    "journal": {name: STAFF[name] for name in ("ada", "sam", "tess", "sue", "otto")},
}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("resource", PER_STATION)
def test_telemetry_is_shown_for_the_stations_of_the_persons_sites(as_person, network, resource, person):
    for number, station in enumerate(network.stations.values(), 1):
        MeterValue.objects.create(station_id=station.pk, evse_number=1, at=NOON, received_at=NOON, power_w=number)
        JournalEntry.objects.create(
            id=number, station_id=station.pk, at=NOON, is_inbound=True, kind="call", payload=f"[{number}]"
        )
    client = as_person(person)
    for number, (site, station) in enumerate(network.stations.items(), 1):
        response = client.get(f"/api/v1/{resource}/", {"station": station.identity})
        if person == "nobody":
            assert response.status_code == 401
        elif person not in PER_STATION[resource]:
            assert response.status_code == 403
        elif site not in PER_STATION[resource][person]:
            assert response.status_code == 404
        else:
            column, value = ("power_w", number) if resource == "meter-values" else ("payload", f"[{number}]")
            assert [row[column] for row in rows_of(response)] == [value]


def test_a_station_shows_its_equipment_and_its_connection(ada_api, network):
    row = ada_api.get("/api/v1/stations/CP-harbour/").json()
    expected = {"identity": "CP-harbour", "status": "available", "is_online": True, "site": network.harbour.site_id}
    assert expected.items() <= row.items()
    assert row["last_seen_at"] == "2026-03-14T12:00:00Z"
    assert "password_hash" not in row


def test_a_station_that_never_called_is_not_online(ada_api, network):
    network.harbour.connection.delete()
    row = ada_api.get("/api/v1/stations/CP-harbour/").json()
    assert (row["is_online"], row["last_seen_at"]) == (False, None)


def test_a_session_shows_energy_cost_and_flags(ada_api, network):
    session = SessionFactory(
        station=network.harbour, energy_wh=7000, cost_net="2.5", cost_gross="3.0", flags=["offline"]
    )
    row = ada_api.get(f"/api/v1/sessions/{session.pk}/").json()
    assert (row["energy_wh"], row["cost_net"], row["cost_gross"]) == (7000, "2.500000", "3.000000")
    assert (row["flags"], row["station"], row["currency"]) == (["offline"], "CP-harbour", "EUR")
