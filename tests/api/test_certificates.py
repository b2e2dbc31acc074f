"""Certificates for programs: what the portal can do, they can."""

import pytest

from apps.chargers.messages.events import ContractCertificateRequested
from apps.chargers.models import CaCertificate, ContractCertificate, StationCertificate, StationCommand
from apps.chargers.services.plug_and_charge import answer_contract_request
from tests.factories.chargers import (
    InstalledCertificateFactory,
    OnlineStationFactory,
    StationCertificateFactory,
    fact_of,
)
from tests.support.certificates import Authority

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, identity="CP-1", protocol="ocpp2.0.1")


def test_an_authority_is_kept_listed_and_removed(ada_api):
    given = {"use": "MORootCertificate", "name": "Provider", "certificate": Authority.root("P").pem}
    made = ada_api.post("/api/v1/ca-certificates/", given, format="json")
    assert (made.status_code, made.data["subject"], made.data["organisation"]) == (201, "CN=P", "voltwerk")
    (listed,) = ada_api.get("/api/v1/ca-certificates/").data["results"]
    assert listed["fingerprint"] == made.data["fingerprint"]
    assert ada_api.delete(f"/api/v1/ca-certificates/{made.data['id']}/").status_code == 204
    assert not CaCertificate.objects.exists()


def test_a_text_that_is_none_is_refused_by_its_field(ada_api):
    given = {"use": "MORootCertificate", "certificate": "hello"}
    answer = ada_api.post("/api/v1/ca-certificates/", given, format="json")
    assert answer.status_code == 400
    assert "certificate" in str(answer.data)


def test_a_station_is_asked_to_renew_read_and_install(ada_api, station):
    url = "/api/v1/stations/CP-1/certificates"
    install = {"use": "CSMSRootCertificate", "certificate": Authority.root().pem}
    for word, given in (("renew", {}), ("read", {}), ("install", install)):
        assert ada_api.post(f"{url}/{word}/", given, format="json").status_code == 202
    names = StationCommand.objects.order_by("pk").values_list("name", "origin")
    assert list(names) == [
        ("TriggerMessage", "api"), ("GetInstalledCertificateIds", "api"), ("InstallCertificate", "api")
    ]  # fmt: skip


def test_installed_ones_are_deleted_by_asking_and_own_ones_revoked(ada_api, station):
    installed, own = InstalledCertificateFactory(station=station), StationCertificateFactory(station=station)
    assert ada_api.delete(f"/api/v1/installed-certificates/{installed.pk}/").data["name"] == "DeleteCertificate"
    assert ada_api.post(f"/api/v1/station-certificates/{own.pk}/revoke/").data["state"] == "revoked"
    assert StationCertificate.objects.get().state == "revoked"
    assert ada_api.post(f"/api/v1/station-certificates/{own.pk}/revoke/").status_code in (400, 409)


def test_a_contract_is_kept_listed_found_by_a_vehicle_and_removed(ada_api, station):
    given = {"exi_response": "QUJD", "emaid": "DE-83D-UIEN83QGZ-D", "action": "Install"}
    made = ada_api.post("/api/v1/contracts/", given, format="json")
    assert (made.status_code, made.data["emaid"], made.data["organisation"]) == (201, "de83duien83qgz", "voltwerk")
    assert "exi_response" not in made.data
    (listed,) = ada_api.get("/api/v1/contracts/?emaid=de83duien83qgz").data["results"]
    assert listed == made.data
    event = ContractCertificateRequested("urn:iso:15118:2:2013:MsgDef", "Install", "eA==", None, ("DE83DUIEN83QGZ",))
    assert answer_contract_request(fact_of(station, event)).exi_response == "QUJD"
    assert ada_api.delete(f"/api/v1/contracts/{made.data['id']}/").status_code == 204
    assert ada_api.get("/api/v1/contracts/").data["results"] == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "exi_response"),
        ({"exi_response": "no base64!"}, "exi_response"),
        ({"exi_response": "QUJD", "emaid": "hello"}, "emaid"),
        ({"exi_response": "QUJD", "action": "Sell"}, "action"),
        ({"exi_response": "QUJD", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"exi_response": "QUJD", "exi_request": "?"}, "exi_request"),
        ({"exi_response": "QUJD", "price": 1}, "price"),
    ],
)
def test_a_contract_that_cannot_be_kept_names_its_field(ada_api, station, given, field):
    answer = ada_api.post("/api/v1/contracts/", given, format="json")
    assert (answer.status_code, list(answer.data["fields"])) == (400, [field])


def test_contracts_of_others_are_not_there(ada_api, rival):
    other = ContractCertificate.objects.create(organisation=rival, exi_response="QUJD")
    assert ada_api.get("/api/v1/contracts/").data["results"] == []
    assert ada_api.delete(f"/api/v1/contracts/{other.pk}/").status_code == 404
    assert ContractCertificate.objects.count() == 1
