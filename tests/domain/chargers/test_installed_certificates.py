"""The catalogue of authorities, and what is installed in stations."""

from datetime import timedelta

import pytest

from apps.chargers.choices import CommandOrigin
from apps.chargers.engine.certificates.hashing import hash_of
from apps.chargers.facts import Lesson
from apps.chargers.messages.certificate_lessons import (
    CertificateDeleted,
    CertificateInstalled,
    CertificatesListed,
    InstalledCertificate,
)
from apps.chargers.messages.certificates import HashData
from apps.chargers.models import CaCertificate, StationCommand
from apps.chargers.models import InstalledCertificate as Row
from apps.chargers.services.certificates import (
    CaCertificateRefused,
    add_ca_certificate,
    delete_installed_certificate,
    install_certificate,
    install_on_stations,
    read_installed_certificates,
    record_deleted_certificates,
    record_installed_certificates,
    record_listed_certificates,
    remove_ca_certificate,
)
from apps.core.models import AuditEntry
from tests.factories.chargers import NOON, StationFactory, context_of
from tests.support.certificates import Authority, now

pytestmark = pytest.mark.django_db
CSMS, MO, CHAIN = "CSMSRootCertificate", "MORootCertificate", "V2GCertificateChain"
PORTAL = CommandOrigin.PORTAL


@pytest.fixture
def station(db):
    return StationFactory(protocol="ocpp2.0.1")


def data(serial="0A", algorithm="SHA256"):
    return HashData(algorithm, "AA" * 32, "bb" * 32, serial)


def teach(station, service, learnt):
    service([Lesson(context_of(station), learnt, 1, NOON)])


def listed(station, *entries, types=()):
    teach(station, record_listed_certificates, CertificatesListed(types, entries))


def rows():
    return sorted(Row.objects.values_list("use", "serial_number", "position"))


# --- what the station tells ----------------------------------------------------------------------------


def test_what_the_station_names_is_kept_and_said_again_in_its_own_words(station, ada):
    listed(station, InstalledCertificate(CSMS, data("0A")))

    (row,) = Row.objects.all()
    assert (row.issuer_name_hash, row.serial_number) == ("aa" * 32, "a")
    delete_installed_certificate(installed=row, actor=ada, origin=PORTAL, at=NOON)
    assert StationCommand.objects.get().arguments == {
        "hash_algorithm": "SHA256", "issuer_name_hash": "AA" * 32, "issuer_key_hash": "bb" * 32,
        "serial_number": "0A", "certificate_type": CSMS,
    }  # fmt: skip


def test_a_new_answer_takes_the_place_of_the_old_one_for_the_types_asked_for(station):
    listed(station, InstalledCertificate(CSMS, data("1")), InstalledCertificate(MO, data("2")))
    listed(station, InstalledCertificate(CSMS, data("3")), types=(CSMS,))
    assert rows() == [(CSMS, "3", 0), (MO, "2", 0)]

    listed(station, types=(MO,))
    assert rows() == [(CSMS, "3", 0)]
    listed(station)
    assert rows() == []


def test_the_same_answer_twice_and_entries_said_twice_are_one(station):
    entry = InstalledCertificate(CSMS, data("1"))
    listed(station, entry, InstalledCertificate(CSMS, data("01")))
    listed(station, entry)
    assert rows() == [(CSMS, "1", 0)]


def test_the_chain_of_a_vehicle_certificate_keeps_its_order(station):
    listed(station, InstalledCertificate(CHAIN, data("1"), (data("2"), data("3"), data("2"))))

    assert rows() == [(CHAIN, "1", 0), (CHAIN, "2", 1), (CHAIN, "3", 2)]
    assert {child.parent.serial_number for child in Row.objects.filter(position__gt=0)} == {"1"}


def test_stations_do_not_disturb_each_other(station):
    other = StationFactory()
    listed(station, InstalledCertificate(CSMS, data("1")))
    listed(other, InstalledCertificate(CSMS, data("1")))
    listed(station)
    assert Row.objects.get().station_id == other.pk


@pytest.mark.parametrize(
    "odd",
    [
        HashData("SHA256", "\x00", "\x00", "\x00"),
        HashData("SHA1", "z", "z", "not hexadecimal"),
        HashData("X" * 40, "a" * 500, "b" * 500, "c" * 500),
        HashData("", "", "", ""),
    ],
)
def test_hash_data_that_can_be_none_are_kept_as_far_as_they_fit(station, odd):
    listed(station, InstalledCertificate("Perhaps" * 9, odd))
    assert Row.objects.count() == 1


def test_deleting_is_learnt_whatever_the_spelling(station):
    listed(station, InstalledCertificate(CSMS, data("0A")), InstalledCertificate(CSMS, data("B")))
    teach(station, record_deleted_certificates, CertificateDeleted(HashData("SHA256", "aa" * 32, "BB" * 32, "a")))
    assert rows() == [(CSMS, "b", 0)]


def test_an_installed_certificate_is_known_by_the_hash_that_we_compute(station):
    root = Authority.root()
    teach(station, record_installed_certificates, CertificateInstalled(MO, root.pem))
    teach(station, record_installed_certificates, CertificateInstalled(MO, root.pem))

    (row,) = Row.objects.all()
    expected = hash_of(root.certificate, root.certificate)
    assert (row.issuer_key_hash, row.serial_number, row.is_told) == (
        expected.issuer_key_hash, expected.serial_number, False
    )  # fmt: skip


def test_an_installed_text_that_is_no_certificate_is_passed_over(station):
    teach(station, record_installed_certificates, CertificateInstalled(MO, "\x00"))
    assert rows() == []


def test_a_1_6_station_is_asked_for_its_two_types_one_after_the_other(ada):
    old = StationFactory(protocol="ocpp1.6")
    read_installed_certificates(station=old, actor=ada, origin=PORTAL, at=NOON)
    asked = StationCommand.objects.order_by("pk").values_list("arguments__certificate_types", flat=True)
    assert list(asked) == [[CSMS], ["ManufacturerRootCertificate"]]


def test_a_2_x_station_is_asked_for_all_at_once(station, ada):
    read_installed_certificates(station=station, actor=ada, origin=PORTAL, at=NOON)
    assert StationCommand.objects.get().arguments == {"certificate_types": []}


# --- the catalogue -------------------------------------------------------------------------------------


def keep(voltwerk, ada, pem, use=MO, **fields):
    return add_ca_certificate(organisation=voltwerk, use=use, certificate=pem, actor=ada, at=now(), **fields)


def test_a_root_is_kept_with_what_people_and_stations_call_it(voltwerk, ada):
    root = Authority.root("Contracts AG")
    row = keep(voltwerk, ada, root.pem.replace("\n", "\r\n"), name="Contracts")

    assert (row.name, row.subject, row.key, row.certificate) == ("Contracts", "CN=Contracts AG", "EC 256", root.pem)
    for algorithm in ("SHA256", "SHA384", "SHA512"):
        expected = hash_of(root.certificate, root.certificate, algorithm)
        assert row.hashes[algorithm] == [expected.issuer_name_hash, expected.issuer_key_hash]
    assert AuditEntry.objects.get().action == "ca_certificate.added"


def test_an_authority_below_a_root_has_hashes_once_its_root_is_known(voltwerk, ada):
    root = Authority.root()
    below = root.below()
    assert keep(voltwerk, ada, below.pem, use="Intermediate").hashes == {}

    keep(voltwerk, ada, root.pem)
    second = keep(voltwerk, ada, root.below("Other").pem, use="Intermediate")
    assert second.hashes["SHA256"][1] == hash_of(below.certificate, root.certificate).issuer_key_hash


def refusal(voltwerk, ada, pem, use=MO):
    with pytest.raises(CaCertificateRefused) as refused:
        keep(voltwerk, ada, pem, use)
    assert not CaCertificate.objects.exists()
    return refused.value.field, refused.value.message


def test_what_is_no_certificate_of_an_authority_is_refused(voltwerk, ada):
    root = Authority.root()
    from apps.chargers.engine.certificates.reading import to_pem

    assert refusal(voltwerk, ada, "\x00 hello")[0] == "certificate"
    assert refusal(voltwerk, ada, "x" * 200_000)[1].startswith("The text is too long")
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    assert refusal(voltwerk, ada, broken)[1].startswith("The certificate cannot be read")
    assert refusal(voltwerk, ada, to_pem([root.contract()]))[1] == "This is not the certificate of an authority."
    assert refusal(voltwerk, ada, root.below().pem)[1] == "A root signs itself; this one was signed by another."
    assert refusal(voltwerk, ada, root.pem * 2)[1] == "One certificate is expected here, not a chain."
    assert refusal(voltwerk, ada, root.pem, "Perhaps")[0] == "use"
    old = Authority.root(at=now() - timedelta(days=365 * 21))
    assert refusal(voltwerk, ada, old.pem)[1] == "The certificate has expired."


def test_the_same_certificate_is_kept_once_for_each_use(voltwerk, ada):
    root = Authority.root()
    keep(voltwerk, ada, root.pem)
    keep(voltwerk, ada, root.pem, use="V2GRootCertificate")
    with pytest.raises(CaCertificateRefused, match="kept already"):
        keep(voltwerk, ada, root.pem)
    assert CaCertificate.objects.count() == 2


def test_it_is_installed_on_many_and_says_where_it_cannot_be(voltwerk, ada):
    row = keep(voltwerk, ada, Authority.root().pem)
    good, gone = StationFactory(), StationFactory(retired_at=NOON)
    asked, refused = install_on_stations(
        ca_certificate=row, stations=[good, gone], actor=ada, origin=PORTAL, at=now()
    )  # fmt: skip

    assert [command.station_id for command in asked] == [good.pk]
    assert asked[0].arguments == {"certificate_type": MO, "certificate": row.certificate}
    assert refused == [(gone, "This station is retired; nothing can be asked of it.")]


def test_an_authority_below_a_root_is_not_installed(station, ada):
    with pytest.raises(CaCertificateRefused, match="not installed in stations"):
        install_certificate(
            station=station, use="Intermediate", certificate=Authority.root().below().pem, actor=ada, origin=PORTAL,
            at=now(),
        )  # fmt: skip


def test_removing_leaves_a_line_in_the_audit_log(voltwerk, ada):
    row = keep(voltwerk, ada, Authority.root().pem)
    remove_ca_certificate(ca_certificate=row, actor=ada)
    assert not CaCertificate.objects.exists()
    assert AuditEntry.objects.latest("pk").action == "ca_certificate.removed"
