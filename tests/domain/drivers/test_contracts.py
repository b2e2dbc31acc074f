"""Plug & Charge: what a vehicle's contract certificate is worth, asked of a real responder on the loopback."""

import base64
from datetime import timedelta

import pytest
from django.core.cache import cache

from apps.chargers.engine.certificates.reading import to_pem
from apps.chargers.messages.certificates import HashData, StatusQuery
from apps.chargers.messages.events import (
    CertificateStatusRequested,
    ContractAuthorizeRequested,
    ContractCertificateRequested,
)
from apps.chargers.messages.events.certificate_chains import CertificateChainStatusAsked, CertificateQuestion
from apps.chargers.messages.tokens import IdToken
from apps.chargers.models import ContractCertificate
from apps.chargers.services.certificates import add_ca_certificate
from apps.chargers.services.plug_and_charge import (
    answer_chain_status,
    answer_contract_request,
    answer_status,
    no_chain_status,
    responders,
)
from apps.drivers.choices import TokenStatus
from apps.sessions.services.authorising import authorise_contract
from tests.factories.chargers import StationFactory, fact_of
from tests.factories.drivers import IdTokenFactory
from tests.support.certificates import EMAID, Authority, Responder, hash_data, now, responding
from tests.support.question_server import question_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten(settings):
    cache.clear()
    settings.OUTBOUND_ALLOWED_HOSTS = ["127.0.0.1"]


@pytest.fixture
def station(harbour):
    return StationFactory(site=harbour)


@pytest.fixture
def root(voltwerk, ada):
    root = Authority.root("MO root")
    keep(voltwerk, ada, root.pem, "MORootCertificate")
    return root


@pytest.fixture
def provider(voltwerk, ada, root):
    below = root.below("MO sub")
    keep(voltwerk, ada, below.pem, "Intermediate")
    return below


@pytest.fixture
def responder(provider):
    with responding(provider) as responder:
        yield responder


@pytest.fixture
def card(voltwerk):
    return IdTokenFactory(organisation=voltwerk, value="DE-83D-UIEN83QGZ-D")


def keep(voltwerk, ada, pem, use):
    add_ca_certificate(organisation=voltwerk, use=use, certificate=pem, actor=ada, at=now())


def query(certificate, issuer, url):
    return StatusQuery(hash_data(certificate, issuer), (url,))


def present(station, *queries, chain="", emaid=EMAID):
    event = ContractAuthorizeRequested(IdToken(emaid, "eMAID"), tuple(queries), chain)
    reply = authorise_contract(fact_of(station, event, now()))
    return reply.info.status.value, reply.certificate_status


def contract_with(responder: Responder, provider, **fields):
    certificate = provider.contract(ocsp_url=responder.url, **fields)
    responder.know(certificate)
    return certificate


# --- hash data ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("emaid", [EMAID, "DE83DUIEN83QGZ", "DE-83D-UIEN83QGZ-D", "de*83d*uien83qgz"])
def test_a_good_contract_is_accepted_however_it_is_spelled(station, provider, responder, card, emaid):
    contract = contract_with(responder, provider)
    assert present(station, query(contract, provider, responder.url), emaid=emaid) == ("Accepted", "Accepted")


def test_a_revoked_contract_is_invalid(station, provider, responder, card):
    contract = contract_with(responder, provider)
    responder.revoked.add(contract.serial_number)
    assert present(station, query(contract, provider, responder.url)) == ("Invalid", "CertificateRevoked")


def test_a_contract_that_the_responder_does_not_know_is_invalid(station, provider, responder, card):
    contract = contract_with(responder, provider)
    responder.unknown.add(contract.serial_number)
    assert present(station, query(contract, provider, responder.url)) == ("Invalid", "NoCertificateAvailable")


def test_a_good_certificate_does_not_make_up_for_a_blocked_or_unknown_token(station, provider, responder, card):
    contract = contract_with(responder, provider)
    asked = query(contract, provider, responder.url)
    type(card).objects.update(status=TokenStatus.BLOCKED)
    assert present(station, asked) == ("Blocked", "Accepted")
    type(card).objects.all().delete()
    assert present(station, asked) == ("Unknown", "Accepted")


def test_one_bad_certificate_of_the_chain_is_enough(station, provider, responder, card):
    good, bad = contract_with(responder, provider), contract_with(responder, provider)
    responder.revoked.add(bad.serial_number)
    asked = (query(good, provider, responder.url), query(bad, provider, responder.url))
    assert present(station, *asked) == ("Invalid", "CertificateRevoked")


def test_a_responder_that_a_vehicle_brings_along_is_not_believed(station, provider, card):
    stranger = Authority.root("Stranger")
    with responding(stranger) as responder:
        contract = contract_with(responder, stranger)
        assert present(station, query(contract, stranger, responder.url)) == ("Invalid", "CertChainError")


def test_an_answer_signed_by_somebody_else_is_not_believed(station, provider, responder, card):
    contract = contract_with(responder, provider)
    responder.signer = Authority.root("Forger")
    assert present(station, query(contract, provider, responder.url)) == ("Invalid", "CertChainError")


@pytest.mark.parametrize("said", [b"", b"\x00" * 10, b"<html>", b"0" * 200_000])
def test_an_answer_that_cannot_be_read_is_no_answer(station, provider, responder, card, said):
    contract = contract_with(responder, provider)
    responder.answer = said
    assert present(station, query(contract, provider, responder.url)) == ("Invalid", "NoCertificateAvailable")


def test_a_silent_responder_is_waited_for_no_longer_than_is_allowed(station, provider, responder, card, monkeypatch):
    monkeypatch.setattr(responders, "TIMEOUT_S", 0.2)
    contract = contract_with(responder, provider)
    responder.may_speak.clear()
    assert present(station, query(contract, provider, responder.url)) == ("Invalid", "NoCertificateAvailable")


@pytest.mark.parametrize(
    "odd",
    [
        HashData("SHA1", "aa", "bb", "c"),
        HashData("SHA256", "aa", "bb", "c"),
        HashData("SHA256", "\x00" * 64, "b" * 64, "1"),
        HashData("SHA256", "z" * 64, "b" * 64, "1"),
        HashData("SHA256", "a" * 64, "b" * 64, "f" * 4000),
        HashData("SHA256", "a" * 64, "b" * 64, ""),
    ],
)
def test_hash_data_that_are_none_are_refused_without_asking(station, responder, card, odd):
    assert present(station, StatusQuery(odd, (responder.url,)))[0] == "Invalid"
    assert responder.questions == []


# --- where we go ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://0.0.0.0:{port}/",
        "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/",
        "http://user:pw@127.0.0.1:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://127.0.0.1:{port}/\r\nX: y",
        "http://", "", "http://2130706433:{port}/",
    ],
)  # fmt: skip
def test_no_address_of_our_own_network_is_asked(station, provider, responder, card, settings, url):
    settings.OUTBOUND_ALLOWED_HOSTS = []
    contract = contract_with(responder, provider)
    port = responder.url.rsplit(":", 1)[1].strip("/")
    assert present(station, query(contract, provider, url.format(port=port))) == (
        "Invalid", "NoCertificateAvailable"
    )  # fmt: skip
    assert responder.questions == []


def test_an_answer_is_remembered_as_long_as_it_holds(station, provider, responder, card):
    contract = contract_with(responder, provider)
    asked = query(contract, provider, responder.url)
    assert present(station, asked) == present(station, asked) == ("Accepted", "Accepted")
    assert len(responder.questions) == 1


def test_an_answer_that_does_not_say_how_long_it_holds_is_not_remembered(station, provider, responder, card):
    responder.next_update = None
    asked = query(contract_with(responder, provider), provider, responder.url)
    assert present(station, asked) == present(station, asked) == ("Accepted", "Accepted")
    assert len(responder.questions) == 2


# --- the certificate itself ----------------------------------------------------------------------------


def test_a_certificate_alone_says_itself_where_it_is_judged(station, provider, responder, card):
    chain = to_pem([contract_with(responder, provider), provider.certificate])
    assert present(station, chain=chain) == ("Accepted", "Accepted")
    assert len(responder.questions) == 1


def test_a_revoked_certificate_alone_is_found_out_too(station, provider, responder, card):
    contract = contract_with(responder, provider)
    responder.revoked.add(contract.serial_number)
    assert present(station, chain=to_pem([contract])) == ("Invalid", "CertificateRevoked")


def test_an_authority_that_the_vehicle_brings_may_stand_between_it_and_our_root(station, root, card):
    below = root.below("Unlisted")
    with responding(below) as responder:
        chain = to_pem([contract_with(responder, below), below.certificate])
        assert present(station, chain=chain) == ("Accepted", "Accepted")


def test_an_expired_certificate_is_said_to_be_expired(station, provider, responder, card):
    contract = contract_with(responder, provider, valid_from=now() - timedelta(days=200))
    assert present(station, chain=to_pem([contract])) == ("Expired", "CertificateExpired")
    assert responder.questions == []


def test_a_certificate_of_strangers_and_one_of_another_contract_are_refused(station, provider, responder, card):
    stranger = Authority.root("Stranger")
    foreign = to_pem([stranger.contract(ocsp_url=responder.url), stranger.certificate])
    assert present(station, chain=foreign) == ("Invalid", "CertChainError")
    other = to_pem([contract_with(responder, provider, name="DE8AAC12345678")])
    assert present(station, chain=other) == ("Invalid", "CertChainError")


def test_a_certificate_that_does_not_say_who_judges_it_is_not_believed(station, provider, card):
    assert present(station, chain=to_pem([provider.contract()])) == ("Invalid", "NoCertificateAvailable")


@pytest.mark.parametrize("text", ["\x00", "x" * 300_000, "-----BEGIN CERTIFICATE-----\n$$\n-----END CERTIFICATE-----"])
def test_a_text_that_is_no_certificate_breaks_nothing(station, provider, card, text):
    assert present(station, chain=text) == ("Invalid", "CertChainError")


# --- GetCertificateStatus, GetCertificateChainStatus -----------------------------------------------------


def status_of(station, asked):
    return answer_status(fact_of(station, CertificateStatusRequested(asked), now()))


def test_a_vehicle_gets_the_responders_own_words_even_bad_ones(station, provider, responder):
    contract = contract_with(responder, provider)
    responder.revoked.add(contract.serial_number)
    reply = status_of(station, query(contract, provider, responder.url))

    from cryptography.x509 import ocsp

    told = ocsp.load_der_ocsp_response(base64.b64decode(reply.ocsp_result))
    assert (reply.status, told.certificate_status) == ("Accepted", ocsp.OCSPCertStatus.REVOKED)


def test_without_a_responder_the_status_is_failed(station, provider, responder):
    contract = contract_with(responder, provider)
    responder.answer = b"no"
    assert status_of(station, query(contract, provider, responder.url)).status == "Failed"
    assert status_of(station, StatusQuery(HashData("SHA256", "a", "b", "c"), ())).status == "Failed"


def test_the_status_of_a_chain_is_told_one_by_one(station, provider, responder):
    good, bad = contract_with(responder, provider), contract_with(responder, provider)
    responder.revoked.add(bad.serial_number)

    def question(certificate, url):
        data = hash_data(certificate, provider)
        parts = (data.algorithm, data.issuer_name_hash, data.issuer_key_hash, data.serial_number)
        return CertificateQuestion(*parts, "OCSP", (url,))

    nowhere = "http://10.0.0.1/"
    event = CertificateChainStatusAsked(
        (question(good, responder.url), question(bad, responder.url), question(good, nowhere))
    )  # fmt: skip
    fact = fact_of(station, event, now())
    assert [status for _, status, _ in answer_chain_status(fact).statuses] == ["Good", "Revoked", "Failed"]
    assert [status for _, status, _ in no_chain_status(fact).statuses] == ["Failed"] * 3


@pytest.fixture
def lists():
    with question_server() as lists:
        yield lists


def listed(station, provider, certificate, url):
    data = hash_data(certificate, provider)
    parts = (data.algorithm, data.issuer_name_hash, data.issuer_key_hash, data.serial_number)
    event = CertificateChainStatusAsked((CertificateQuestion(*parts, "CRL", (url,)),))
    ((_, word, until),) = answer_chain_status(fact_of(station, event, now())).statuses
    return word, until


def test_a_revocation_list_tells_good_from_revoked_and_until_when(station, provider, lists):
    good, bad = provider.contract(), provider.contract()
    lists.body = provider.revocation_list(bad)
    (word, until), (bad_word, _) = (listed(station, provider, one, lists.url) for one in (good, bad))
    assert (word, bad_word) == ("Good", "Revoked")
    assert timedelta(hours=23) < until - now() <= timedelta(days=1)
    assert len(lists.asked) == 1  # remembered


def test_a_list_that_should_have_been_renewed_says_nothing(station, provider, lists):
    lists.body = provider.revocation_list(days=-1)
    assert listed(station, provider, provider.contract(), lists.url)[0] == "Unknown"


def test_a_list_of_somebody_else_is_not_believed(station, provider, lists):
    lists.body = Authority.root("Forger").revocation_list()
    assert listed(station, provider, provider.contract(), lists.url)[0] == "Failed"


@pytest.mark.parametrize(("status", "body"), [(200, b""), (200, b"<html>"), (404, b""), (200, b"0" * 1_100_000)])
def test_what_is_no_list_is_no_answer(station, provider, lists, status, body):
    lists.status, lists.body = status, body
    assert listed(station, provider, provider.contract(), lists.url)[0] == "Failed"


def test_a_list_within_our_own_network_is_not_fetched(station, provider, lists, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = []
    lists.body = provider.revocation_list()
    assert listed(station, provider, provider.contract(), lists.url)[0] == "Failed"
    assert lists.asked == []


# --- Get15118EVCertificate ----------------------------------------------------------------------------------


def ask_for_contract(station, exi="QUJD", action="Install", emaids=(), protocol="ocpp2.1"):
    event = ContractCertificateRequested("urn:iso:15118:2:2013:MsgDef", action, exi, None, emaids)
    reply = answer_contract_request(fact_of(station, event, now(), protocol=protocol))
    return reply.status, reply.exi_response


def store(voltwerk, exi_response, **fields):
    return ContractCertificate.objects.create(organisation=voltwerk, exi_response=exi_response, **fields)


def test_without_a_stored_contract_there_is_none(station):
    assert ask_for_contract(station) == ("Failed", "")


def test_the_closest_of_the_stored_contracts_is_given(station, voltwerk):
    import hashlib

    store(voltwerk, "ANY")
    assert ask_for_contract(station) == ("Accepted", "ANY")
    store(voltwerk, "MINE", emaid="de83duien83qgz")
    assert ask_for_contract(station, emaids=("DE8AAC12345678", EMAID)) == ("Accepted", "MINE")
    assert ask_for_contract(station) == ("Accepted", "ANY")
    store(voltwerk, "EXACT", request_digest=hashlib.sha256(b"QUJD").hexdigest())
    assert ask_for_contract(station, emaids=(EMAID,)) == ("Accepted", "EXACT")


def test_contracts_of_another_action_organisation_or_time_are_not_given(station, voltwerk, rival):
    store(voltwerk, "A", action="Update")
    store(voltwerk, "B", expires_at=now() - timedelta(days=1))
    store(rival, "C")
    assert ask_for_contract(station) == ("Failed", "")
    assert ask_for_contract(station, action="Update") == ("Accepted", "A")


def test_an_answer_that_is_too_long_for_the_version_is_none(station, voltwerk):
    store(voltwerk, "x" * 8000)
    assert ask_for_contract(station, protocol="ocpp2.0.1") == ("Failed", "")
    assert ask_for_contract(station, protocol="ocpp2.1")[0] == "Accepted"
