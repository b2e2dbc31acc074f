"""The certificates of a station, and the catalogue of authorities, as people see and use them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.chargers.models import CaCertificate, ContractCertificate, StationCertificate, StationCommand
from tests.factories.chargers import (
    CaCertificateFactory,
    ContractCertificateFactory,
    InstalledCertificateFactory,
    OnlineStationFactory,
    OwnRootFactory,
    StationCertificateFactory,
)
from tests.support.certificates import Authority

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(harbour):
    return OnlineStationFactory(site=harbour, identity="CP-1", protocol="ocpp2.0.1")


def page(client, name, *args):
    return client.get(reverse(f"portal:{name}", args=args)).content.decode()


def test_the_sheet_shows_what_the_station_has_and_what_is_installed(client, ada, station, voltwerk):
    client.force_login(ada)
    StationCertificateFactory(station=station, serial_number="beef")
    hashes = {"SHA256": ["aa" * 32, "bb" * 32]}
    CaCertificateFactory(organisation=voltwerk, name="Our root", serial_number="77", hashes=hashes)
    InstalledCertificateFactory(station=station, serial_number="77")

    text = page(client, "station-certificates", station.pk)
    for words in ("Taken by the station", "beef", "Our root", "Root of this server", "Revoke", "Delete"):
        assert words in text


def test_an_empty_sheet_says_the_next_step(client, ada, station):
    client.force_login(ada)
    text = page(client, "station-certificates", station.pk)
    assert "has not asked for a certificate yet" in text
    assert "“Read again” asks the station" in text


def test_renewing_reading_and_installing_each_end_in_a_command(client, ada, station):
    client.force_login(ada)
    client.post(reverse("portal:station-certificate-renew", args=[station.pk]), {"kind": "ChargingStationCertificate"})
    client.post(reverse("portal:station-certificates-read", args=[station.pk]))
    data = {"use": "CSMSRootCertificate", "certificate": Authority.root().pem}
    client.post(reverse("portal:station-certificate-install", args=[station.pk]), data)

    names = StationCommand.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["TriggerMessage", "GetInstalledCertificateIds", "InstallCertificate"]


def test_a_text_that_is_no_certificate_is_refused_beside_its_field(client, ada, station):
    client.force_login(ada)
    data = {"use": "CSMSRootCertificate", "certificate": "hello"}
    response = client.post(reverse("portal:station-certificate-install", args=[station.pk]), data)
    assert response.status_code == 422
    assert "no certificate in PEM form" in response.content.decode()
    assert not StationCommand.objects.exists()


def test_an_installed_certificate_is_deleted_and_one_of_the_station_revoked(client, ada, station):
    client.force_login(ada)
    installed, own = InstalledCertificateFactory(station=station), StationCertificateFactory(station=station)
    client.post(reverse("portal:installed-certificate-delete", args=[installed.pk]))
    client.post(reverse("portal:station-certificate-revoke", args=[own.pk]))

    assert StationCommand.objects.get().name == "DeleteCertificate"
    assert StationCertificate.objects.get().state == "revoked"


def test_support_may_renew_but_not_revoke(client, sue, station):
    client.force_login(sue)
    own = StationCertificateFactory(station=station)
    assert client.post(reverse("portal:station-certificate-revoke", args=[own.pk])).status_code == 403
    assert StationCertificate.objects.get().state == "accepted"


def test_an_authority_is_uploaded_installed_on_stations_and_removed(client, ada, station, voltwerk):
    client.force_login(ada)
    pem = Authority.root("Provider").pem
    data = {"organisation": voltwerk.pk, "use": "MORootCertificate", "name": "Provider", "certificate": pem}
    client.post(reverse("portal:ca-certificate-new"), data)
    row = CaCertificate.objects.get()
    assert "Provider" in page(client, "certificates")

    client.post(reverse("portal:ca-certificate-install", args=[row.pk]), {"stations": [station.pk]})
    assert StationCommand.objects.get().arguments["certificate_type"] == "MORootCertificate"

    client.post(reverse("portal:ca-certificate-remove", args=[row.pk]))
    assert not CaCertificate.objects.exists()


def test_stations_elsewhere_cannot_be_chosen(client, ada, voltwerk, rival_site):
    client.force_login(ada)
    foreign = OnlineStationFactory(site=rival_site)
    row = CaCertificateFactory(organisation=voltwerk, certificate=Authority.root().pem)
    url = reverse("portal:ca-certificate-install", args=[row.pk])
    assert client.post(url, {"stations": [foreign.pk]}).status_code == 422
    assert not StationCommand.objects.exists()


def test_the_own_root_is_a_file_and_is_made_on_wish(client, ada):
    client.force_login(ada)
    assert client.get(reverse("portal:own-root")).status_code == 404
    client.post(reverse("portal:own-authority-new"))
    response = client.get(reverse("portal:own-root"))
    assert response.content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in response.content
    assert "attachment" in response["Content-Disposition"]


def test_the_catalogue_costs_the_same_at_any_length(client, ada, voltwerk, django_assert_max_num_queries):
    client.force_login(ada)
    OwnRootFactory()
    page(client, "certificates")
    CaCertificateFactory.create_batch(40, organisation=voltwerk)
    with django_assert_max_num_queries(20):
        page(client, "certificates")


def test_a_certificate_that_should_have_been_renewed_stands_in_the_queue(client, ada, station):
    client.force_login(ada)
    now = timezone.now()
    StationCertificateFactory(station=station, valid_from=now, expires_at=now + timedelta(days=20))
    assert "Its certificate (Station) expires on" in page(client, "home")


def test_a_certificate_that_was_replaced_does_not(client, ada, station):
    client.force_login(ada)
    now = timezone.now()
    StationCertificateFactory(station=station, state="expired", valid_from=now, expires_at=now)
    StationCertificateFactory(station=station, valid_from=now, expires_at=now + timedelta(days=300))
    assert "Its certificate" not in page(client, "home")


def test_a_contract_is_stored_shown_and_removed(client, ada, voltwerk):
    client.force_login(ada)
    assert "No contracts are stored" in page(client, "contracts")
    data = {
        "organisation": voltwerk.pk, "emaid": "DE-83D-UIEN83QGZ-D", "exi_response": "QUJD", "action": "Install",
        "expires_at": "2035-05-01T12:00",
    }  # fmt: skip
    client.post(reverse("portal:contract-new"), data)
    row = ContractCertificate.objects.get()
    assert (row.emaid, row.exi_response, row.action) == ("de83duien83qgz", "QUJD", "Install")
    text = page(client, "contracts")
    assert "DE83DUIEN83QGZ" in text
    assert "QUJD" not in text

    client.post(reverse("portal:contract-remove", args=[row.pk]))
    assert not ContractCertificate.objects.exists()


def test_a_contract_of_nobody_names_its_field_and_keeps_what_was_typed(client, ada, voltwerk):
    client.force_login(ada)
    data = {"organisation": voltwerk.pk, "emaid": "hello", "exi_response": "QUJD"}
    response = client.post(reverse("portal:contract-new"), data)
    assert response.status_code == 422
    assert "This is no eMAID" in response.content.decode()
    assert not ContractCertificate.objects.exists()


def test_the_list_of_contracts_costs_the_same_at_any_length(client, ada, voltwerk, django_assert_max_num_queries):
    client.force_login(ada)
    page(client, "contracts")
    ContractCertificateFactory.create_batch(40, organisation=voltwerk)
    with django_assert_max_num_queries(13):
        page(client, "contracts")
