"""Where contracts for vehicles come from: the stored pool, and one elsewhere over HTTP."""

import json
from datetime import timedelta

import pytest

from apps.chargers.messages.events import ContractCertificateRequested
from apps.chargers.models import ContractCertificate
from apps.chargers.services.plug_and_charge import (
    ContractRefused,
    answer_contract_request,
    remove_contract,
    store_contract,
)
from apps.chargers.services.plug_and_charge.pools import HttpPool, PooledContract
from apps.core.guarded_http import FetchFailed
from apps.core.models import AuditEntry
from tests.factories.chargers import NOON, StationFactory, fact_of
from tests.support.certificates import EMAID
from tests.support.question_server import question_server

SCHEMA = "urn:iso:15118:2:2013:MsgDef"
WANTED = ContractCertificateRequested(SCHEMA, "Install", "QUJD", 3, (EMAID,))


@pytest.fixture
def pool(settings):
    with question_server() as pool:
        settings.CONTRACT_POOL_URL, settings.CONTRACT_POOL_TOKEN = f"{pool.url}/contracts", "s3cret"
        yield pool


def find():
    return HttpPool().find_contract(WANTED, organisation_id=1, identity="CP-1")


def test_a_pool_elsewhere_is_asked_with_the_words_of_ocpp(pool):
    pool.say({"status": "Accepted", "exiResponse": "RVhJ", "remainingContracts": 2})
    assert find() == PooledContract("RVhJ", 2)
    ((path, headers, body),) = pool.asked
    assert (path, headers["Authorization"]) == ("/contracts", "Bearer s3cret")
    assert json.loads(body) == {
        "iso15118SchemaVersion": SCHEMA, "action": "Install", "exiRequest": "QUJD",
        "maximumContractCertificateChains": 3, "prioritizedEMAIDs": [EMAID], "station": "CP-1",
    }  # fmt: skip


@pytest.mark.parametrize("said", [{"status": "Failed"}, {}, ["odd"], "odd"])
def test_a_pool_that_has_none_gives_none(pool, said):
    pool.say(said)
    with pytest.raises(FetchFailed):
        find()


@pytest.mark.parametrize("said", [{"status": "Accepted"}, {"status": "Accepted", "exiResponse": 7}])
def test_an_acceptance_without_an_answer_is_none(pool, said):
    pool.say(said)
    with pytest.raises(FetchFailed):
        find()


@pytest.mark.parametrize(("status", "body"), [(500, b"{}"), (200, b""), (200, b"<html>"), (200, b"0" * 200_000)])
def test_what_is_no_answer_is_none(pool, status, body):
    pool.status, pool.body = status, body
    with pytest.raises((FetchFailed, ValueError)):
        find()


@pytest.mark.django_db
def test_the_pool_elsewhere_goes_before_what_is_stored(pool, voltwerk, harbour, ada):
    store_contract(organisation=voltwerk, exi_response="QUJD", actor=ada, at=NOON)
    pool.say({"status": "Accepted", "exiResponse": "RVhJ"})
    reply = answer_contract_request(fact_of(StationFactory(site=harbour), WANTED))
    assert (reply.status, reply.exi_response) == ("Accepted", "RVhJ")


@pytest.mark.django_db
class TestTheStoredPool:
    def test_what_is_stored_is_in_the_audit_without_its_content(self, voltwerk, ada):
        row = store_contract(organisation=voltwerk, exi_response="QU JD\n", emaid=EMAID, actor=ada, at=NOON)
        assert (row.exi_response, row.emaid) == ("QUJD", "de83duien83qgz")
        remove_contract(contract=row, actor=ada)
        entries = AuditEntry.objects.order_by("pk")
        assert [entry.action for entry in entries] == ["contract.stored", "contract.removed"]
        assert "QUJD" not in str([entry.changes for entry in entries])

    def test_an_answer_for_one_request_is_given_to_that_request_only(self, voltwerk, harbour, ada):
        store_contract(organisation=voltwerk, exi_response="RVhJ", exi_request="QUJD", actor=ada, at=NOON)
        station = StationFactory(site=harbour)
        other = ContractCertificateRequested(SCHEMA, "Install", "eA==")
        assert answer_contract_request(fact_of(station, WANTED)).exi_response == "RVhJ"
        assert answer_contract_request(fact_of(station, other)).status == "Failed"

    def test_one_for_the_same_is_refused_until_the_first_has_expired(self, voltwerk, ada):
        keep = {"organisation": voltwerk, "emaid": EMAID, "actor": ada}
        store_contract(exi_response="QUJD", at=NOON, expires_at=NOON + timedelta(days=1), **keep)
        with pytest.raises(ContractRefused) as refusal:
            store_contract(exi_response="eA==", at=NOON, **keep)
        assert refusal.value.field == "emaid"
        store_contract(exi_response="eA==", at=NOON + timedelta(days=1), **keep)
        assert ContractCertificate.objects.get().exi_response == "eA=="

    @pytest.mark.parametrize("text", ["", " ", "no!", "\x00", "ü", "A" * 17_004])
    def test_what_no_vehicle_can_get_is_refused(self, voltwerk, ada, text):
        with pytest.raises(ContractRefused) as refusal:
            store_contract(organisation=voltwerk, exi_response=text, actor=ada, at=NOON)
        assert refusal.value.field == "exi_response"
