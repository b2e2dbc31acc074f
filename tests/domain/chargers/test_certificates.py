"""The life of a station's certificate: asked for, signed, taken or refused, renewed, revoked."""

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import call_command

from apps.chargers.choices import CommandOrigin, CommandState
from apps.chargers.engine.certificates.reading import facts_of, read_chain
from apps.chargers.engine.client_certificates import UNKNOWN_CA, judge_certificate
from apps.chargers.facts import Lesson
from apps.chargers.messages.certificate_lessons import CertificateAnswered
from apps.chargers.messages.events import CertificateSigningRequested
from apps.chargers.models import AuthorityKey, DeviceVariable, StationCertificate, StationCommand, StationNotice
from apps.chargers.services.certificates import (
    CertificateNotRevocable,
    add_ca_certificate,
    end_certificate_command,
    expire_certificates,
    note_certificates_used,
    record_certificate_answers,
    record_signing_requests,
    renew_expiring,
    request_renewal,
    revoke_certificate,
    sign_requested,
)
from apps.chargers.services.certificates.authority import AuthorityRefused, AuthorityUnavailable
from apps.chargers.services.certificates.requests import MOST_REQUESTS
from apps.chargers.services.connections import load_trust
from apps.core.models import AuditEntry
from tests.factories.chargers import NOON, OnlineStationFactory, StationFactory, context_of, fact_of
from tests.support.certificates import Authority, now, of_version_two, request_pem, weak_request_pem

pytestmark = pytest.mark.django_db
V2G = "V2GCertificate"
HERE = "tests.domain.chargers.test_certificates"


@pytest.fixture
def station(db):
    return StationFactory(identity="CP-PKI", provisioning_enabled=True)


def ask(station, csr=None, at=NOON, kind="ChargingStationCertificate"):
    (reply,) = record_signing_requests(
        [fact_of(station, CertificateSigningRequested(request_pem() if csr is None else csr, kind), at)]
    )
    return reply


def certificate_of(station, at=NOON, **fields):
    """Signed and taken."""
    ask(station, at=at)
    sign_requested(at=at)
    row = StationCertificate.objects.filter(station=station).latest("pk")
    answer(station, row, at=at)
    StationCertificate.objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()
    return row


def answer(station, row, *, accepted=True, at=NOON):
    word = "Accepted" if accepted else "Rejected"
    learnt = CertificateAnswered(row.chain, accepted, word)
    record_certificate_answers([Lesson(context_of(station), learnt, row.command_id or 0, at)])
    row.refresh_from_db()


# --- the request -------------------------------------------------------------------------------------


def test_a_good_request_is_accepted_at_once_and_waits_to_be_signed(station):
    assert ask(station).status == "Accepted"

    (row,) = StationCertificate.objects.all()
    assert (row.state, row.key, row.chain) == ("requested", "EC 256", "")


@pytest.mark.parametrize(
    "csr",
    [
        pytest.param(request_pem(names=False), id="without a name"),
        pytest.param(request_pem().replace("\n", "\r\n"), id="CRLF"),
        pytest.param("\x00 before " + request_pem() + "after \x00", id="NUL around it"),
        pytest.param(request_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)), id="RSA"),
    ],
)
def test_odd_but_sound_requests_are_signed(station, csr):
    assert ask(station, csr).status == "Accepted"
    assert sign_requested(at=NOON) == 1


@pytest.mark.parametrize(
    ("csr", "why"),
    [
        pytest.param(of_version_two(request_pem()), "cannot be read", id="version 2"),
        pytest.param(weak_request_pem(), "2048 to 8192 bits; this one has 1024", id="weak"),
        pytest.param("", "cannot be read", id="empty"),
        pytest.param("\x00", "cannot be read", id="NUL"),
        pytest.param("A" * 20_000, "too long", id="huge"),
        pytest.param(
            "-----BEGIN CERTIFICATE REQUEST-----\n!!!!\n-----END CERTIFICATE REQUEST-----", "cannot be read",
            id="no base64",
        ),
        pytest.param(Authority.root().pem, "cannot be read", id="a certificate"),
    ],
)  # fmt: skip
def test_a_bad_request_is_rejected_and_noted_at_the_station(station, csr, why):
    reply = ask(station, csr)

    assert reply.status == "Rejected"
    assert why in reply.reason
    (notice,) = StationNotice.objects.filter(station=station)
    assert (notice.kind, notice.title) == ("security", "Certificate request refused")
    assert why in notice.details["info"]
    assert not StationCertificate.objects.exists()


def test_a_request_whose_signature_does_not_fit_is_rejected(station):
    good, other = (x509.load_pem_x509_csr(request_pem().encode()) for _ in range(2))
    der = good.public_bytes(Encoding.DER).replace(good.signature, other.signature)
    text = base64.encodebytes(der).decode()
    forged = f"-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n"
    assert ask(station, forged).status == "Rejected"


def test_a_type_that_nobody_knows_is_rejected(station):
    assert ask(station, kind="Perhaps").status == "Rejected"


def test_a_newer_request_replaces_one_that_is_under_way(station):
    ask(station)
    ask(station)

    assert sorted(StationCertificate.objects.values_list("state", flat=True)) == ["requested", "superseded"]


def test_requests_of_different_kinds_go_beside_each_other(station):
    ask(station)
    ask(station, kind=V2G)

    assert set(StationCertificate.objects.values_list("kind", "state")) == {
        ("ChargingStationCertificate", "requested"), (V2G, "requested")
    }  # fmt: skip


def test_a_station_that_never_stops_asking_is_refused_for_an_hour(station):
    for _ in range(MOST_REQUESTS):
        assert ask(station).status == "Accepted"

    assert ask(station).status == "Rejected"
    assert ask(station, at=NOON + timedelta(hours=1)).status == "Accepted"
    assert ask(StationFactory()).status == "Accepted"


def test_requests_of_many_stations_cost_the_same_number_of_queries(django_assert_max_num_queries):
    facts = [fact_of(StationFactory(), CertificateSigningRequested(request_pem())) for _ in range(20)]
    with django_assert_max_num_queries(8):
        record_signing_requests(facts)


# --- signing -----------------------------------------------------------------------------------------


def test_the_certificate_names_the_station_whatever_it_called_itself(station):
    ask(station, request_pem(common_name="ADMIN"))
    assert sign_requested(at=NOON) == 1

    row = StationCertificate.objects.get()
    leaf, issuing = read_chain(row.chain)
    assert facts_of(leaf).common_name == "CP-PKI"
    assert leaf.signature_hash_algorithm.name == "sha256"
    assert facts_of(issuing).key == "RSA 2048"
    assert leaf.signature_algorithm_parameters.name == "EMSA-PKCS1-v1_5"
    assert (row.state, row.serial_number) == ("signed", f"{leaf.serial_number:x}")
    assert row.command.arguments == {"certificate_chain": row.chain, "certificate_type": "ChargingStationCertificate"}


def test_a_certificate_for_vehicles_is_signed_with_an_elliptic_key(station):
    ask(station, kind=V2G)
    sign_requested(at=NOON)

    leaf, issuing = read_chain(StationCertificate.objects.get().chain)
    assert facts_of(issuing).key == "EC 256"
    assert "DC=CPO" in facts_of(leaf).subject


def test_the_number_of_the_request_goes_back_with_the_certificate(station):
    record_signing_requests([fact_of(station, CertificateSigningRequested(request_pem(), request_id=77))])
    sign_requested(at=NOON)

    assert StationCommand.objects.get().arguments["request_id"] == 77


def test_signing_twice_signs_once(station):
    ask(station)

    assert (sign_requested(at=NOON), sign_requested(at=NOON)) == (1, 0)
    assert StationCommand.objects.count() == 1


def test_the_own_keys_lie_encrypted_and_are_made_once(station):
    ask(station)
    sign_requested(at=NOON)
    ask(StationFactory())
    sign_requested(at=NOON)

    rows = AuthorityKey.objects.all()
    assert sorted(row.role for row in rows) == ["issuing", "root"]
    assert not any("PRIVATE" in row.sealed_key for row in rows)


def test_without_the_old_secret_key_nothing_is_signed_and_it_is_tried_again(station, settings):
    certificate_of(station)
    settings.SECRET_KEY = "another one"
    ask(station)

    assert sign_requested(at=NOON) == 0
    row = StationCertificate.objects.get(state="requested")
    assert "secret key is another one" in row.explanation
    assert row.signing_due_at > NOON


def test_a_retired_authority_signs_no_more_and_the_next_request_founds_another(station, capsys):
    old = certificate_of(station, at=now())
    call_command("retire_authority", "rsa")
    told = capsys.readouterr().out
    retired = AuthorityKey.objects.exclude(retired_at=None)
    assert sorted(row.role for row in retired) == ["issuing", "root"]
    assert all(row.fingerprint in told for row in retired)
    assert AuditEntry.objects.filter(action="authority.retired").count() == 2

    new = certificate_of(StationFactory(), at=now())
    assert read_chain(new.chain)[1] != read_chain(old.chain)[1]
    assert AuthorityKey.objects.filter(retired_at=None).count() == 2
    assert (door(old), door(new, identity=new.station.identity)) == ("", "")


def test_a_distrusted_authority_opens_no_door_and_the_next_one_does(station, capsys):
    old = certificate_of(station, at=now())
    call_command("retire_authority", "rsa")
    assert door(old) == ""
    new = certificate_of(StationFactory(), at=now())
    capsys.readouterr()
    call_command("retire_authority", "rsa", "--distrust")

    assert capsys.readouterr().out.count("Distrusted:") == 4
    assert AuditEntry.objects.filter(action="authority.distrusted").count() == 4
    assert door(old) == door(new, identity=new.station.identity) == UNKNOWN_CA
    last = certificate_of(StationFactory(), at=now())
    assert door(last, identity=last.station.identity) == ""


def test_retiring_helps_where_the_secret_key_was_lost(station, settings):
    certificate_of(station)
    settings.SECRET_KEY = "another one"
    call_command("retire_authority", "rsa", verbosity=0)
    ask(station)
    assert sign_requested(at=NOON) == 1


def test_where_there_is_no_authority_nothing_is_retired(db, capsys):
    call_command("retire_authority", "ec")
    assert capsys.readouterr().out == "There is no such authority in use.\n"
    assert not AuditEntry.objects.exists()


def test_a_chain_is_cut_to_what_the_station_takes(station):
    DeviceVariable.objects.create(
        station=station, component="SecurityCtrlr", variable="MaxCertificateChainSize", value="1600"
    )
    ask(station)
    sign_requested(at=NOON)

    chain = StationCertificate.objects.get().chain
    assert len(chain) <= 1600
    assert [facts_of(one).common_name for one in read_chain(chain)] == ["CP-PKI"]


def test_a_station_that_takes_less_than_one_certificate_gets_none(station):
    DeviceVariable.objects.create(
        station=station, component="ConfigurationKey", variable="CertificateSignedMaxChainSize", value="300"
    )
    ask(station)

    assert sign_requested(at=NOON) == 0
    row = StationCertificate.objects.get()
    assert (row.state, row.explanation) == (
        "failed", "The certificate is longer than the 300 characters that the station takes."
    )  # fmt: skip


class Refusing:
    def sign_csr(self, *args, **kwargs):
        raise AuthorityRefused("Not this one.")


class Away:
    def sign_csr(self, *args, **kwargs):
        raise AuthorityUnavailable("Nobody is there.")


class Broken:
    def sign_csr(self, *args, **kwargs):
        raise ZeroDivisionError


class SignsSomethingElse:
    def sign_csr(self, *args, **kwargs):
        return Authority.root().pem


@pytest.mark.parametrize(
    ("authority", "why"),
    [("Refusing", "Not this one."), ("SignsSomethingElse", "The authority signed another key than the station's.")],
)
def test_another_authority_may_refuse_and_is_checked(station, settings, authority, why):
    settings.CERTIFICATE_AUTHORITY = f"{HERE}.{authority}"
    ask(station)

    assert sign_requested(at=NOON) == 0
    row = StationCertificate.objects.get()
    assert (row.state, row.explanation) == ("failed", why)
    assert not StationCommand.objects.exists()
    assert StationNotice.objects.get().details["info"] == why


@pytest.mark.parametrize("authority", ["Away", "Broken"])
def test_an_authority_that_is_away_is_asked_again_five_times_with_growing_pauses(station, settings, authority):
    settings.CERTIFICATE_AUTHORITY = f"{HERE}.{authority}"
    ask(station)
    at, pauses = NOON, []
    while (row := StationCertificate.objects.get()).state == "requested":
        at = row.signing_due_at
        sign_requested(at=at)
        row.refresh_from_db()
        pauses.append((row.signing_due_at - at) // timedelta(minutes=1))

    assert pauses[:4] == [2, 4, 8, 16]
    assert (row.state, row.attempts) == ("failed", 5)


# --- the station's answer ----------------------------------------------------------------------------


def test_what_the_station_takes_replaces_what_it_had(station):
    old = certificate_of(station)
    new = certificate_of(station, at=NOON + timedelta(days=1))

    old.refresh_from_db()
    assert (old.state, new.state) == ("superseded", "accepted")


def test_what_the_station_refuses_leaves_the_old_one_in_place(station):
    old = certificate_of(station)
    ask(station)
    sign_requested(at=NOON)
    new = StationCertificate.objects.latest("pk")
    answer(station, new, accepted=False)

    old.refresh_from_db()
    assert (old.state, new.state) == ("accepted", "rejected")
    assert new.explanation == "The station refused it (Rejected)."


def test_the_same_answer_twice_is_the_same(station):
    row = certificate_of(station)
    answer(station, row)
    assert row.state == "accepted"


@pytest.mark.parametrize("chain", ["", "\x00", "no PEM", "A" * 200_000])
def test_an_answer_about_no_certificate_of_ours_changes_nothing(station, chain):
    learnt = CertificateAnswered(chain, True, "Accepted")
    record_certificate_answers([Lesson(context_of(station), learnt, 1, NOON)])
    assert not StationCertificate.objects.exists()


def test_without_an_answer_it_is_sent_three_times_and_no_more(station):
    ask(station)
    sign_requested(at=NOON)
    for _ in range(5):
        row = StationCertificate.objects.get()
        end_certificate_command(command_id=row.command_id, state=CommandState.TIMED_OUT.value, at=NOON)

    row.refresh_from_db()
    assert (row.state, row.explanation) == ("failed", "The station did not answer 3 times.")
    assert StationCommand.objects.count() == 3


def test_a_command_that_was_taken_back_is_not_sent_again(station):
    ask(station)
    sign_requested(at=NOON)
    row = StationCertificate.objects.get()
    end_certificate_command(command_id=row.command_id, state=CommandState.SUPERSEDED.value, at=NOON)

    row.refresh_from_db()
    assert (row.state, row.explanation) == ("failed", "Sending it was cancelled.")


# --- renewal -----------------------------------------------------------------------------------------


@pytest.fixture
def online(db):
    return OnlineStationFactory(identity="CP-ON", provisioning_enabled=True)


def triggers():
    return list(StationCommand.objects.filter(name="TriggerMessage").values_list("arguments__message", flat=True))


def test_a_certificate_that_expires_soon_is_renewed_by_itself(online):
    certificate_of(online, expires_at=NOON + timedelta(days=29))

    assert renew_expiring(at=NOON) == 1
    assert triggers() == ["SignChargingStationCertificate"]
    assert StationCommand.objects.get(name="TriggerMessage").origin == CommandOrigin.AUTOMATION


def test_it_is_asked_once_a_day_and_three_times_at_most(online):
    certificate_of(online, expires_at=NOON + timedelta(days=29))

    asked = [renew_expiring(at=NOON + timedelta(hours=hour)) for hour in (0, 1, 24, 48, 72, 96)]
    assert asked == [1, 0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    "fields", [{"provisioning_enabled": False}, {"retired_at": NOON}, {"registration": "Pending"}]
)  # fmt: skip
def test_nothing_is_asked_of_a_station_that_is_not_to_be_provisioned(online, fields):
    certificate_of(online, expires_at=NOON + timedelta(days=29))
    type(online).objects.filter(pk=online.pk).update(**fields)

    assert renew_expiring(at=NOON) == 0
    assert triggers() == []


def test_nothing_is_asked_of_a_station_that_is_offline_or_already_asks(station, online):
    certificate_of(station, expires_at=NOON + timedelta(days=29))
    certificate_of(online, expires_at=NOON + timedelta(days=29))
    ask(online)

    assert renew_expiring(at=NOON) == 0


def test_a_certificate_with_time_left_is_left_alone(online):
    certificate_of(online, expires_at=NOON + timedelta(days=31))
    assert renew_expiring(at=NOON) == 0


def test_renewal_by_hand_asks_for_the_kind_that_is_wanted(station, ada):
    request_renewal(station=station, kind=V2G, actor=ada, origin=CommandOrigin.PORTAL, at=NOON)
    assert triggers() == ["SignV2GCertificate"]


def test_what_has_expired_is_marked(station):
    row = certificate_of(station, expires_at=NOON)
    assert expire_certificates(at=NOON) == 1
    row.refresh_from_db()
    assert row.state == "expired"


# --- the door ----------------------------------------------------------------------------------------


def door(row, *, identity="CP-PKI", chain=None, at=None):
    """What the door says to whoever shows the certificate."""
    trust = load_trust()
    shown = read_chain(row.chain) if chain is None else chain
    store = trust.store_for(row.station.site.organisation_id)
    der = [one.public_bytes(Encoding.DER) for one in shown]
    verdict = judge_certificate(der, trust=store, names=(identity,), at=at or now())
    return "revoked" if verdict.fingerprint in trust.revoked else verdict.problem


def test_a_certificate_of_ours_opens_the_door_to_its_station_only(station):
    row = certificate_of(station, at=now())

    assert door(row) == ""
    assert door(row, identity="CP-OTHER") == "The certificate of the charger belongs to “CP-PKI”, not to this station."


def test_a_revoked_certificate_is_refused_at_the_door(station, ada):
    row = certificate_of(station, at=now())
    revoke_certificate(certificate=row, actor=ada, at=NOON)

    assert door(row) == "revoked"
    assert AuditEntry.objects.get(action="certificate.revoked").changes == {"state": ["accepted", "revoked"]}
    with pytest.raises(CertificateNotRevocable):
        revoke_certificate(certificate=row, actor=ada, at=NOON)


def test_an_expired_certificate_and_one_of_strangers_are_refused(station):
    row = certificate_of(station, at=now())
    assert door(row, at=row.expires_at).startswith("The certificate of the charger expired on")

    stranger = Authority.root()
    foreign = [stranger.contract("CP-PKI"), stranger.certificate]
    assert door(row, chain=foreign) == "The certificate of the charger is not signed by a CA that is trusted here."


def test_a_manufacturer_is_trusted_for_stations_of_the_organisation_that_knows_it(station, ada):
    maker = Authority.root("Maker")
    other = StationFactory(identity="CP-PKI-2")
    keep = {"use": "ManufacturerRootCertificate", "certificate": maker.pem, "actor": ada, "at": now()}
    add_ca_certificate(organisation=station.site.organisation, **keep)
    leaf = [maker.contract("CP-PKI")]

    assert door(StationCertificate(station=station), chain=leaf) == ""
    assert door(StationCertificate(station=other), chain=leaf) != ""


def test_the_first_use_of_a_new_certificate_replaces_the_old_one(station):
    old = certificate_of(station)
    ask(station)
    sign_requested(at=NOON)
    new = StationCertificate.objects.latest("pk")

    note_certificates_used({station.pk: new.fingerprint}, at=NOON)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state, new.used_at) == ("superseded", "active", NOON)
