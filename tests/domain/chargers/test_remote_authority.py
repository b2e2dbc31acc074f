"""Certificates signed by a PKI elsewhere, asked over HTTP."""

import json

import pytest

from apps.chargers.engine.certificates.reading import to_pem
from apps.chargers.messages.events import CertificateSigningRequested
from apps.chargers.models import StationCertificate, StationCommand
from apps.chargers.services.certificates import record_signing_requests, sign_requested
from apps.chargers.services.certificates.authority import AuthorityRefused, AuthorityUnavailable
from apps.chargers.services.certificates.own_authority import OwnAuthority
from apps.chargers.services.certificates.remote_authority import RemoteAuthority
from tests.factories.chargers import NOON, StationFactory, fact_of
from tests.support.certificates import Authority, request_pem
from tests.support.question_server import question_server

CSR = request_pem()


@pytest.fixture
def pki(settings):
    with question_server() as pki:
        settings.CERTIFICATE_AUTHORITY_URL = f"{pki.url}/sign?for=stations"
        settings.CERTIFICATE_AUTHORITY_TOKEN = "s3cret"
        yield pki


def sign():
    return RemoteAuthority().sign_csr(CSR, identity="CP-1", organisation="Voltwerk", kind="V2GCertificate")


def test_it_is_asked_with_the_request_the_names_and_the_token(pki):
    pki.say({"chain": "PEM"})
    assert sign() == "PEM"
    ((path, headers, body),) = pki.asked
    assert (path, headers["Authorization"]) == ("/sign?for=stations", "Bearer s3cret")
    assert json.loads(body) == {
        "csr": CSR, "identity": "CP-1", "organisation": "Voltwerk", "kind": "V2GCertificate"
    }  # fmt: skip


def test_without_a_token_none_is_sent(pki, settings):
    settings.CERTIFICATE_AUTHORITY_TOKEN = ""
    pki.say({"chain": "PEM"})
    sign()
    assert "Authorization" not in pki.asked[0][1]


@pytest.mark.parametrize(
    ("said", "why"),
    [({"reason": "Not this one."}, "Not this one."), ({}, "The certificate authority refuses to sign."),
     (["odd"], "The certificate authority refuses to sign."), ({"reason": "x" * 900}, "x" * 300)],
)  # fmt: skip
def test_a_refusal_comes_with_its_reason(pki, said, why):
    pki.say(said, status=422)
    with pytest.raises(AuthorityRefused) as refusal:
        sign()
    assert str(refusal.value) == why


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (200, b"<html>"), (200, b""), (200, b"[]"), (200, b'{"chain": 7}'), (302, b'{"chain": "PEM"}'),
     (200, b'{"chain": "' + b"x" * 100_000 + b'"}')],
    ids=["broken", "html", "empty", "list", "number", "elsewhere", "endless"],
)  # fmt: skip
def test_an_answer_that_is_none_is_asked_for_again_later(pki, status, body):
    pki.status, pki.body = status, body
    with pytest.raises(AuthorityUnavailable):
        sign()


def test_a_closed_port_is_no_refusal(settings):
    settings.CERTIFICATE_AUTHORITY_URL = "http://127.0.0.1:9/"
    with pytest.raises(AuthorityUnavailable, match="does not answer"):
        sign()


@pytest.fixture
def asked(db, pki, settings):
    settings.CERTIFICATE_AUTHORITY = "apps.chargers.services.certificates.remote_authority.RemoteAuthority"
    station = StationFactory(identity="CP-PKI")
    record_signing_requests([fact_of(station, CertificateSigningRequested(CSR, "ChargingStationCertificate"))])
    return station


def test_what_it_signed_goes_to_the_station(asked, pki):
    chain = OwnAuthority().sign_csr(
        CSR, identity="CP-PKI", organisation="Voltwerk", kind="ChargingStationCertificate"
    )  # fmt: skip
    pki.say({"chain": chain})
    assert sign_requested(at=NOON) == 1
    assert (StationCertificate.objects.get().state, StationCommand.objects.get().name) == (
        "signed",
        "CertificateSigned",
    )


def test_a_certificate_of_another_key_does_not(asked, pki):
    pki.say({"chain": to_pem([Authority.root().certificate])})
    assert sign_requested(at=NOON) == 0
    assert (StationCertificate.objects.get().state, StationCommand.objects.count()) == ("failed", 0)
