"""Whose signature under a charger's certificate counts."""

from datetime import UTC, datetime

import pytest

from apps.chargers.choices import CertificateState, CertificateUse
from apps.chargers.engine.client_certificates import judge_certificate
from apps.chargers.models import AuthorityKey, CaCertificate, StationCertificate
from apps.chargers.services.certificates.revocation import note_certificates_used
from apps.chargers.services.connections import NewConnection, load_trust, register_connections
from tests.factories.chargers import NOON, GatewayFactory, StationFactory
from tests.support.pki import DAY, issue

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
CA = issue("CA", is_ca=True)
OWN = issue("CP1", issuer=CA)


def is_good(trust, organisation) -> bool:
    store = trust.store_for(organisation.pk)
    return judge_certificate([OWN.der], trust=store, names=["CP1"], at=NOW).is_good


def keep(organisation, use, ca=CA, until=NOW + DAY):
    CaCertificate.objects.create(
        organisation=organisation, use=use, certificate=ca.pem.decode(), subject="CN=CA", issuer="CN=CA",
        serial_number="1", fingerprint="f", key="ec", valid_from=NOW - DAY, expires_at=until,
    )  # fmt: skip


def test_a_manufacturers_root_counts_for_the_stations_of_its_organisation_alone(voltwerk, rival):
    keep(voltwerk, CertificateUse.MANUFACTURER_ROOT)
    trust = load_trust()
    assert is_good(trust, voltwerk)
    assert not is_good(trust, rival)


def test_a_root_that_stations_check_us_with_does_not_count(voltwerk):
    keep(voltwerk, CertificateUse.CSMS_ROOT)
    assert not is_good(load_trust(), voltwerk)


def test_a_root_past_its_time_does_not_count(voltwerk):
    keep(voltwerk, CertificateUse.MANUFACTURER_ROOT, until=NOW)
    assert not is_good(load_trust(), voltwerk)


def test_our_own_authority_counts_for_everybody_though_retired(voltwerk, rival):
    AuthorityKey.objects.create(
        role="root", algorithm="ec", certificate=CA.pem.decode(), sealed_key="", fingerprint="f",
        expires_at=NOW + DAY, retired_at=NOW - DAY,
    )  # fmt: skip
    trust = load_trust()
    assert is_good(trust, voltwerk)
    assert is_good(trust, rival)


def test_files_count_for_everybody_and_one_that_cannot_be_read_spoils_nothing(settings, tmp_path, voltwerk):
    (tmp_path / "broken.pem").write_text("nothing")
    good = CA.write(tmp_path, "ca")[0]
    settings.CLIENT_CA_FILES = [str(tmp_path / "absent.pem"), str(tmp_path / "broken.pem"), str(good)]
    assert is_good(load_trust(), voltwerk)


def test_revoked_certificates_are_known():
    station = StationFactory()
    common = {"station": station, "expires_at": NOW + DAY}
    StationCertificate.objects.create(state=CertificateState.REVOKED, fingerprint="aa", **common)
    StationCertificate.objects.create(state=CertificateState.ACTIVE, fingerprint="bb", **common)
    assert load_trust().revoked == {"aa"}


def test_a_certificate_that_opens_the_door_is_in_use_from_then_on():
    station = StationFactory()
    row = StationCertificate.objects.create(station=station, state=CertificateState.ACCEPTED, fingerprint="aa")
    new = NewConnection(station.pk, 10**12, "ocpp1.6", NOON, security_profile=3, certificate_fingerprint="aa")
    register_connections([new], gateway_id=GatewayFactory().pk)
    row.refresh_from_db()
    assert (row.state, row.used_at) == (CertificateState.ACTIVE, NOON)


def test_a_certificate_that_was_used_before_costs_one_query_for_all_who_come(django_assert_num_queries):
    stations = StationFactory.create_batch(5)
    for station in stations:
        StationCertificate.objects.create(
            station=station, state=CertificateState.ACTIVE, fingerprint=f"f{station.pk}", used_at=NOON
        )
    with django_assert_num_queries(1):
        note_certificates_used({station.pk: f"f{station.pk}" for station in stations}, at=NOON)
