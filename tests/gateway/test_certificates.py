"""Certificates over the wire: asked for, signed, taken, installed, judged, in every version."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.x509 import ocsp

from apps.chargers.choices import CommandOrigin
from apps.chargers.engine.certificates.reading import facts_of, to_pem
from apps.chargers.messages.commands import RawCall
from apps.chargers.models import ContractCertificate, InstalledCertificate, StationCertificate, StationCommand
from apps.chargers.services.certificates import (
    add_ca_certificate,
    delete_installed_certificate,
    end_certificate_command,
    install_certificate,
    read_installed_certificates,
    renew_expiring,
    request_renewal,
    sign_requested,
)
from apps.chargers.services.commands import enqueue
from tests.factories.drivers import IdTokenFactory
from tests.support.certificates import EMAID, Authority, now, ocsp_json, responding
from tests.support.server import ServerProcess
from tests.support.waiting import eventually

pytestmark = pytest.mark.server
BOTH = pytest.mark.parametrize("version", ["1.6", "2.0.1"])
VERSIONS = pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
PNC = "org.openchargealliance.iso15118pnc"
ROOT = "CSMSRootCertificate"


class Own:
    """A booted station, its row, and what the database says of its certificates."""

    def __init__(self, place, charger, station):
        self.place, self.charger, self.station = place, charger, station
        self.store = charger.station.certificates

    def do(self, function):
        return self.place.database.do(function)

    @property
    def rows(self):
        return self.do(lambda: list(StationCertificate.objects.filter(station=self.station).order_by("pk")))

    async def state_is(self, *states):
        await eventually(lambda: [row.state for row in self.rows] == list(states), what=f"certificates {states}")

    async def sign(self):
        await eventually(lambda: any(row.state == "requested" for row in self.rows), what="a request")
        return self.do(lambda: sign_requested(at=now() + timedelta(seconds=1)))

    def ask(self, service, **arguments):
        arguments = {"actor": None, "origin": CommandOrigin.PORTAL, "at": datetime.now(UTC), **arguments}
        return self.do(lambda: service(**arguments))


@pytest.fixture
def own(place):
    def make(charger, station):
        return Own(place, charger, station)

    return make


@VERSIONS
@pytest.mark.ocpp("1.6", "SignCertificate", "CertificateSigned", "ExtendedTriggerMessage")
@pytest.mark.ocpp("2.0.1", "SignCertificate", "CertificateSigned", "TriggerMessage")
@pytest.mark.ocpp("2.1", "SignCertificate", "CertificateSigned")
async def test_a_station_gets_the_certificate_that_it_was_asked_to_ask_for(place, own, version):
    station = place.enrol()
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        mine = own(charger, station)
        mine.ask(request_renewal, station=station)
        await mine.sign()
        await mine.state_is("accepted")

        leaf = mine.store.chains["ChargingStationCertificate"][0]
        assert facts_of(leaf).common_name == station.identity
        assert leaf.public_key() == mine.store.keys["ChargingStationCertificate"].public_key()
        assert facts_of(leaf).fingerprint == mine.rows[0].fingerprint


@BOTH
async def test_a_station_that_refuses_keeps_what_it_had(place, own, version):
    station = place.enrol()
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        mine = own(charger, station)
        mine.ask(request_renewal, station=station)
        await mine.sign()
        await mine.state_is("accepted")
        mine.store.fault = "refuses"
        mine.ask(request_renewal, station=station)
        await mine.sign()
        await mine.state_is("accepted", "rejected")


@BOTH
async def test_a_bad_request_is_answered_and_nothing_is_signed(place, own, version):
    station = place.enrol()
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        mine = own(charger, station)
        mine.store.fault = "bad-request"
        answer = await charger.call("SignCertificate", {"csr": mine.store.new_request()})
        assert answer["status"] == "Rejected"
        assert mine.rows == []


@BOTH
async def test_a_station_that_does_not_answer_is_asked_again(place, own, version):
    station = place.enrol()
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        mine = own(charger, station)
        charger.on("CertificateSigned", lambda payload: None)
        mine.ask(request_renewal, station=station)
        await mine.sign()
        await charger.expect_call("CertificateSigned", timeout_s=10)
        row = mine.rows[0]
        mine.do(lambda: end_certificate_command(command_id=row.command_id, state="timed_out", at=datetime.now(UTC)))
        commands = mine.do(lambda: StationCommand.objects.filter(station=station, name="CertificateSigned").count())
        assert (commands, mine.rows[0].state) == (2, "signed")


@BOTH
async def test_a_station_that_accepts_the_trigger_and_never_asks_has_no_row(place, own, version):
    station = place.enrol()
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        mine = own(charger, station)
        mine.store.fault = "silent"
        command = mine.ask(request_renewal, station=station)
        await eventually(lambda: place.reload(command).state == "accepted", what="the trigger's answer")
        assert mine.rows == []


@BOTH
async def test_a_certificate_that_expires_soon_is_renewed_by_itself(place, own, version):
    station = place.enrol(provisioning_enabled=True)
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        mine = own(charger, station)
        mine.ask(request_renewal, station=station)
        await mine.sign()
        await mine.state_is("accepted")
        soon = datetime.now(UTC) + timedelta(days=29)
        mine.do(lambda: StationCertificate.objects.filter(station=station).update(expires_at=soon))
        assert mine.do(lambda: renew_expiring(at=datetime.now(UTC))) == 1
        await mine.sign()
        await mine.state_is("superseded", "accepted")


@VERSIONS
@pytest.mark.ocpp(None, "InstallCertificate", "GetInstalledCertificateIds", "DeleteCertificate")
async def test_certificates_are_installed_read_and_deleted(place, own, version):
    station, root = place.enrol(), Authority.root()
    async with place.dial(station, version=version) as charger:
        await charger.boot()
        mine = own(charger, station)
        station = place.reload(station)

        def installed():
            return mine.do(lambda: list(InstalledCertificate.objects.filter(station=station)))

        mine.ask(install_certificate, station=station, use=ROOT, certificate=root.pem)
        await eventually(lambda: [row.is_told for row in installed()] == [False], what="what was installed")
        computed = installed()[0]
        mine.ask(read_installed_certificates, station=station)
        await eventually(lambda: [row.is_told for row in installed()] == [True], what="what the station names")
        told = installed()[0]
        assert (told.issuer_key_hash, told.serial_number) == (computed.issuer_key_hash, computed.serial_number)
        mine.ask(delete_installed_certificate, installed=told)
        await eventually(lambda: installed() == [], what="nothing installed")
        assert mine.store.roots[ROOT] == []


async def test_a_raw_call_teaches_the_same(place, own):
    station, root = place.enrol(), Authority.root()
    async with place.dial(station, version="2.0.1") as charger:
        await charger.boot()
        mine = own(charger, station)
        mine.store.install("MORootCertificate", root.pem)
        mine.ask(enqueue, station=station, command=RawCall("GetInstalledCertificateIds", {}))
        rows = InstalledCertificate.objects.filter(station=station, use="MORootCertificate")
        await eventually(lambda: mine.do(rows.count) == 1, what="what the answer taught")


@pytest.mark.ocpp("1.6", "DataTransfer")
async def test_the_certificate_for_vehicles_comes_over_1_6_too(place, own):
    station = place.enrol()
    async with place.dial(station, version="1.6") as charger:
        await charger.boot()
        mine = own(charger, station)
        mine.ask(request_renewal, station=station, kind="V2GCertificate")
        await mine.sign()
        await mine.state_is("accepted")
        assert [row.kind for row in mine.rows] == ["V2GCertificate"]
        assert facts_of(mine.store.chains["V2GCertificate"][0]).key == "EC 256"


# --- questions that others are asked ------------------------------------------------------------------


@pytest.fixture(scope="module")
def provider():
    return Authority.root("MO")


@pytest.fixture(scope="module")
def online(server_database):
    """A server that may ask responders on the loopback, and does not wait for long."""
    with ServerProcess(
        server_database, OUTBOUND_ALLOWED_HOSTS="127.0.0.1", OCPP_ONLINE_TIMEOUT_S="1.5"
    ) as server:  # fmt: skip
        yield server


async def ask(charger, version, action, payload):
    """The answer of 2.x, whichever way the question goes."""
    if version != "1.6":
        return await charger.call(action, payload)
    answer = await charger.call(
        "DataTransfer", {"vendorId": PNC, "messageId": action, "data": json.dumps(payload)}
    )  # fmt: skip
    assert answer["status"] == "Accepted"
    return json.loads(answer["data"])


def trust(place, station, provider):
    """The organisation knows the provider, and a driver with the contract."""

    def store():
        organisation = type(station).objects.get(pk=station.pk).site.organisation
        add_ca_certificate(
            organisation=organisation, use="MORootCertificate", certificate=provider.pem, actor=None, at=now()
        )  # fmt: skip
        IdTokenFactory(organisation=organisation, value="DE-83D-UIEN83QGZ-D")

    place.database.do(store)


TOKEN = {"idToken": EMAID, "type": "eMAID"}


@BOTH
@pytest.mark.ocpp(None, "Authorize")
@pytest.mark.ocpp("2.0.1", "GetCertificateStatus")
@pytest.mark.ocpp("1.6", "DataTransfer")
async def test_a_contract_is_judged_by_its_responder(place, online, provider, version):
    station = place.enrol()
    trust(place, station, provider)
    with responding(provider) as responder:
        good, bad = provider.contract(ocsp_url=responder.url), provider.contract(ocsp_url=responder.url)
        responder.know(good, bad)
        responder.revoked.add(bad.serial_number)
        async with place.dial(station, version=version, server=online) as charger:
            await charger.boot()

            async def present(**fields):
                answer = await ask(charger, version, "Authorize", {"idToken": TOKEN, **fields})
                return answer["idTokenInfo"]["status"], answer["certificateStatus"]

            hashes = {"iso15118CertificateHashData": [ocsp_json(good, provider, responder.url)]}
            assert await present(**hashes) == ("Accepted", "Accepted")
            hashes = {"iso15118CertificateHashData": [ocsp_json(bad, provider, responder.url)]}
            assert await present(**hashes) == ("Invalid", "CertificateRevoked")
            assert await present(certificate=to_pem([good])) == ("Accepted", "Accepted")
            status = await ask(
                charger, version, "GetCertificateStatus", {"ocspRequestData": ocsp_json(bad, provider, responder.url)}
            )
            told = ocsp.load_der_ocsp_response(base64.b64decode(status["ocspResult"]))
            assert (status["status"], told.certificate_status) == ("Accepted", ocsp.OCSPCertStatus.REVOKED)


@BOTH
async def test_a_silent_responder_costs_nobody_else_anything(place, online, provider, version):
    first, second = place.enrol(), place.enrol()
    with responding(provider) as responder:
        contract = provider.contract()
        responder.know(contract)
        responder.may_speak.clear()
        async with (
            place.dial(first, version=version, server=online) as asking,
            place.dial(second, version=version, server=online) as other,
        ):
            await asking.boot()
            await other.boot()
            import asyncio

            question = {"ocspRequestData": ocsp_json(contract, provider, responder.url)}
            answer = asyncio.create_task(ask(asking, version, "GetCertificateStatus", question))
            await eventually(lambda: not answer.done(), what="a question under way")
            await other.heartbeat()
            assert await other.authorise("NOBODY") in {"Invalid", "Unknown"}
            assert not answer.done()
            assert await answer == {"status": "Failed"}


@BOTH
@pytest.mark.ocpp("2.0.1", "Get15118EVCertificate")
async def test_a_vehicle_gets_its_contract_from_the_pool(place, online, version):
    station = place.enrol()
    question = {"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "action": "Install", "exiRequest": "QUJD"}
    async with place.dial(station, version=version, server=online) as charger:
        await charger.boot()
        assert await ask(charger, version, "Get15118EVCertificate", question) == {
            "status": "Failed", "exiResponse": ""
        }  # fmt: skip
        organisation = place.database.do(lambda: type(station).objects.get(pk=station.pk).site.organisation_id)
        place.database.do(
            lambda: ContractCertificate.objects.create(organisation_id=organisation, exi_response="REVG")
        )  # fmt: skip
        assert await ask(charger, version, "Get15118EVCertificate", question) == {
            "status": "Accepted", "exiResponse": "REVG"
        }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"messageId": "Teapot", "data": "{}"}, "UnknownMessageId"),
        ({"messageId": "Authorize", "data": "{"}, "Rejected"),
        ({"messageId": "Authorize"}, "Rejected"),
        ({"messageId": "Authorize", "data": '{"idToken":"\\u0000","certificate":"\\u0000"}'}, "Accepted"),
    ],
)
async def test_odd_messages_of_the_extension_are_answered(place, online, message, status):
    async with place.dial(place.enrol(), version="1.6", server=online) as charger:
        await charger.boot()
        answer = await charger.call("DataTransfer", {"vendorId": PNC, **message})
        assert answer["status"] == status
        assert (await charger.call("DataTransfer", {"vendorId": "acme"}))["status"] == "UnknownVendorId"
