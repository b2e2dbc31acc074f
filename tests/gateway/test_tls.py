"""TLS of our own: suites, versions, client certificates, and what the operator reads (TC_085…TC_087, TC_A_02…08)."""

import asyncio
import os
import signal
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import websockets
from cryptography.hazmat.primitives import hashes
from websockets.exceptions import InvalidStatus

from apps.chargers.engine.client_certificates import UNKNOWN_CA
from apps.chargers.models import (
    ConnectionEvent,
    FailedHandshake,
    SecurityAlarm,
    StationCertificate,
    StationConnection,
    StationNotice,
)
from apps.chargers.services.certificates import add_ca_certificate, remove_ca_certificate, revoke_certificate
from apps.core.models import OutboxEvent
from apps.gateway.door import REVOKED
from tests.gateway.conftest import PASSWORD, Place
from tests.gateway.test_handshake import basic
from tests.support.pki import DAY, Issued, client_context, issue, issue_server
from tests.support.server import ServerProcess, free_port
from tests.support.waiting import eventually

pytestmark = pytest.mark.server


@dataclass
class Secured:
    """A server with TLS, the place around it, and the CAs: its own, that of chargers, one that nobody knows."""

    place: Place
    tls_port: int
    ca: Issued
    charger_ca: Issued
    other_ca: Issued
    directory: Path

    @property
    def url(self) -> str:
        return f"wss://127.0.0.1:{self.tls_port}/ocpp"

    def context(self, own: Issued | None = None, **options) -> ssl.SSLContext:
        return client_context(self.ca, self.directory, own=own, **options)

    def dial(self, station, *, own: Issued | None = None, password: str | None = PASSWORD, plain=False, **options):
        url = self.place.server.socket_url if plain else self.url
        return websockets.connect(
            f"{url}/{station.identity}",
            subprotocols=["ocpp1.6"],
            additional_headers=basic(station.identity, password) if password else None,
            ssl=None if plain else self.context(own, **options),
            open_timeout=20,
        )

    async def refusal(self, station, **options) -> tuple[int, str]:
        with pytest.raises(InvalidStatus) as caught:
            await self.dial(station, **options)
        return caught.value.response.status_code, caught.value.response.body.decode()

    def connection(self, station) -> StationConnection:
        return self.place.database.do(lambda: StationConnection.objects.get(station=station))

    async def refused_with(self, station, reason: str) -> ConnectionEvent:
        events = ConnectionEvent.objects.filter(station=station, kind="refused", reason=reason)
        return await eventually(lambda: self.place.database.do(events.first), what=f"the refusal “{reason}”")


@pytest.fixture(scope="module")
def secured_server(tmp_path_factory, server_database):
    directory = tmp_path_factory.mktemp("pki")
    ca, charger_ca, other_ca = (issue(name, is_ca=True) for name in ("Server CA", "Charger CA", "Nobody's CA"))
    trusted = charger_ca.write(directory, "charger-ca")[0]
    port = free_port()
    arguments = ["--tls-port", str(port), "--client-ca", str(trusted)]
    for kind in ("rsa", "ec"):
        certificate, key = issue_server(ca, kind).write(directory, f"server-{kind}")
        arguments += ["--tls-cert", str(certificate), "--tls-key", str(key)]
    with ServerProcess(server_database, arguments=arguments) as server:
        yield server, port, ca, charger_ca, other_ca, directory


@pytest.fixture
def secured(secured_server, server_database, real_database_allowed) -> Secured:
    server, *rest = secured_server
    return Secured(Place(server, server_database), *rest)


async def test_a_charger_with_a_password_comes_in_over_tls_as_profile_2(secured):
    station = secured.place.enrol(security_profile=2)
    async with secured.dial(station) as charger:
        assert charger.subprotocol == "ocpp1.6"
        row = secured.connection(station)
        assert (row.is_tls, row.security_profile, row.certificate_fingerprint) == (True, 2, "")


async def test_a_certificate_of_the_station_opens_the_door_without_a_password_as_profile_3(secured):
    station = secured.place.enrol(security_profile=3)
    own = issue(station.identity, issuer=secured.charger_ca)
    async with secured.dial(station, own=own, password=None):
        row = secured.connection(station)
        assert (row.is_tls, row.security_profile) == (True, 3)
        assert len(row.certificate_fingerprint) == 64


async def test_the_serial_number_may_be_the_name_and_an_intermediate_the_issuer(secured):
    station = secured.place.enrol(security_profile=3, serial_number="SN-4711")
    intermediate = issue("Charger Sub-CA", issuer=secured.charger_ca, is_ca=True)
    own = issue("SN-4711", issuer=intermediate, kind="rsa")
    async with secured.dial(station, own=own, password=None):
        assert secured.connection(station).security_profile == 3


async def test_bad_certificates_are_refused_each_with_its_reason_and_a_good_one_then_is_not(secured):
    station = secured.place.enrol(security_profile=3)
    unknown = "The certificate of the charger is not signed by a CA that is trusted here."
    expired = issue(station.identity, issuer=secured.charger_ca, valid=(-3 * DAY, -DAY))
    cases = [
        (issue(station.identity, issuer=secured.other_ca), unknown),
        (issue(station.identity), unknown),
        (expired, f"The certificate of the charger expired on {expired.certificate.not_valid_after_utc:%Y-%m-%d}."),
        (
            issue("SOMEBODY-ELSE", issuer=secured.charger_ca),
            "The certificate of the charger belongs to “SOMEBODY-ELSE”, not to this station.",
        ),
    ]
    for own, reason in cases:
        assert await secured.refusal(station, own=own) == (403, reason)
    await secured.refused_with(station, cases[-1][1])
    async with secured.dial(station, own=issue(station.identity, issuer=secured.charger_ca), password=None):
        assert secured.connection(station).security_profile == 3


async def test_revoking_a_certificate_closes_the_socket_that_it_opened(secured):
    station = secured.place.enrol(security_profile=3)
    own, other = (issue(station.identity, issuer=secured.charger_ca) for _ in range(2))
    row = secured.place.database.do(lambda: StationCertificate.objects.create(
        station=station, state="accepted", fingerprint=own.certificate.fingerprint(hashes.SHA256()).hex(),
        expires_at=own.certificate.not_valid_after_utc,
    ))  # fmt: skip
    async with secured.dial(station, own=own, password=None) as charger:
        secured.place.database.do(lambda: revoke_certificate(certificate=row, actor=None, at=datetime.now(UTC)))
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(charger.recv(), 30)
        assert (charger.close_code, charger.close_reason) == (1008, REVOKED)
    await went_because(secured, station, REVOKED)
    assert await secured.refusal(station, own=own, password=None) == (403, REVOKED)
    async with secured.dial(station, own=other, password=None):
        assert secured.connection(station).security_profile == 3


async def test_a_ca_that_was_removed_closes_what_it_opened_and_nothing_else(secured):
    station, neighbour = (secured.place.enrol(security_profile=3) for _ in range(2))
    maker = issue("Maker", is_ca=True)
    kept = secured.place.database.do(lambda: add_ca_certificate(
        organisation=station.site.organisation, use="ManufacturerRootCertificate", certificate=maker.pem.decode(),
        actor=None, at=datetime.now(UTC),
    ))  # fmt: skip
    own = issue(station.identity, issuer=maker)

    async def comes_in():
        try:
            return await secured.dial(station, own=own, password=None)
        except InvalidStatus:
            return None

    charger = await eventually(comes_in, what="the CA that counts", within_s=30)
    async with secured.dial(
        neighbour, own=issue(neighbour.identity, issuer=secured.charger_ca), password=None
    ) as untouched:
        secured.place.database.do(lambda: remove_ca_certificate(ca_certificate=kept, actor=None))
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(charger.recv(), 30)
        assert (charger.close_code, charger.close_reason) == (1008, UNKNOWN_CA)
        await untouched.send('[2,"1","Heartbeat",{}]')
        assert "currentTime" in await asyncio.wait_for(untouched.recv(), 20)
    await went_because(secured, station, UNKNOWN_CA)
    assert await secured.refusal(station, own=own, password=None) == (403, UNKNOWN_CA)


async def went_because(secured: Secured, station, reason: str) -> None:
    events = ConnectionEvent.objects.filter(station=station, kind="disconnected", reason__startswith=reason)
    await eventually(lambda: secured.place.database.do(events.exists), what=f"the departure “{reason}”")


async def test_a_password_alone_is_no_profile_3(secured):
    station = secured.place.enrol(security_profile=3)
    assert await secured.refusal(station) == (403, "Security profile 3 asks for a client certificate.")


async def test_a_downgrade_is_refused_noticed_and_raises_one_alarm(secured):
    station = secured.place.enrol(security_profile=2)
    for _ in range(2):
        assert await secured.refusal(station, plain=True) == (403, "Security profile 2 asks for TLS.")
    await secured.refused_with(station, "Security profile 2 asks for TLS.")
    notice = secured.place.database.do(lambda: StationNotice.objects.get(station=station, kind="security"))
    assert (notice.title, notice.details["address"]) == ("DowngradeRefused", "127.0.0.1")
    alarms = SecurityAlarm.objects.filter(station=station)
    counted = await eventually(lambda: secured.place.database.do(lambda: alarms.get().count == 2), what="two attempts")
    assert counted
    events = OutboxEvent.objects.filter(name="station.security_event", subject_id=station.pk)
    assert [event.payload["type"] for event in secured.place.database.do(lambda: list(events))] == ["DowngradeRefused"]


async def test_a_foreign_certificate_beside_the_right_password_is_passed_over_where_a_password_suffices(secured):
    station = secured.place.enrol(security_profile=2)
    async with secured.dial(station, own=issue("Maker's own", issuer=secured.other_ca)):
        assert secured.connection(station).security_profile == 2


@pytest.mark.parametrize(
    "suite",
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    ],
)
async def test_every_suite_of_the_specification_is_spoken(secured, suite):
    station = secured.place.enrol(security_profile=2)
    async with secured.dial(station, ciphers=suite, newest="TLSv1_2") as charger:
        assert charger.transport.get_extra_info("cipher")[:2] == (suite, "TLSv1.2")


async def test_tls_1_3_is_spoken_where_the_charger_can(secured):
    station = secured.place.enrol(security_profile=2)
    async with secured.dial(station) as charger:
        assert charger.transport.get_extra_info("ssl_object").version() == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
async def test_tls_1_1_is_refused_and_shown_and_1_2_is_then_accepted(secured):
    station = secured.place.enrol(security_profile=2)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await secured.dial(station, ciphers="ALL:@SECLEVEL=0", oldest="TLSv1_1", newest="TLSv1_1")
    await failed_handshake(secured, "It speaks only TLS 1.1 or older.")
    async with secured.dial(station, newest="TLSv1_2") as charger:
        assert charger.transport.get_extra_info("ssl_object").version() == "TLSv1.2"


async def test_a_charger_that_does_not_trust_the_server_is_shown_by_its_address(secured):
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(handshake, secured.tls_port, client_context(secured.other_ca, secured.directory))
    await failed_handshake(secured, "It does not trust the certificate of this server: install its CA at the charger.")


def handshake(port: int, context: ssl.SSLContext) -> None:
    """Dial and say by an alert what is wrong, as chargers do (asyncio only hangs up)."""
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        context.wrap_socket(plain, server_hostname="127.0.0.1").close()


async def test_who_hangs_up_before_tls_stands_is_shown(secured):
    with socket.create_connection(("127.0.0.1", secured.tls_port), 10):
        pass
    await failed_handshake(secured, "It hung up before the connection was secured.")


async def test_ws_on_the_tls_port_is_shown(secured):
    with pytest.raises((websockets.InvalidMessage, ConnectionError)):
        await websockets.connect(f"ws://127.0.0.1:{secured.tls_port}/ocpp/CP1")
    await failed_handshake(secured, "It calls without TLS on the TLS port: ws:// instead of wss://.")


async def failed_handshake(secured: Secured, reason: str) -> None:
    rows = FailedHandshake.objects.filter(remote_address="127.0.0.1", reason=reason)
    await eventually(lambda: secured.place.database.do(rows.exists), what=f"the note “{reason}”")


async def test_large_frames_and_closing_work_through_tls(secured):
    station = secured.place.enrol(security_profile=2)
    async with secured.dial(station) as charger:
        await charger.send('[2,"1","DataTransfer",{"vendorId":"x","data":"%s"}]' % ("y" * 200_000))
        assert "UnknownVendorId" in await asyncio.wait_for(charger.recv(), 20)
        await charger.send(b"\x00binary")
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(charger.recv(), 20)
        assert charger.close_code == 1003


async def test_a_renewed_certificate_is_taken_on_a_signal_without_a_restart(
    tmp_path, server_database, real_database_allowed
):
    ca = issue("Server CA", is_ca=True)
    before, after = issue_server(ca), issue_server(ca)
    certificate, key = before.write(tmp_path, "server")
    port = free_port()
    arguments = ["--tls-only", "--tls-port", str(port), "--tls-cert", str(certificate), "--tls-key", str(key)]
    with ServerProcess(server_database, port=port, arguments=arguments) as server:
        assert await shown_by(port, ca, tmp_path) == before.der
        key.write_text("no key at all")
        os.kill(server.pid, signal.SIGHUP)
        await eventually(lambda: "the old one stays" in server.log, what="the refusal of a broken renewal")
        assert await shown_by(port, ca, tmp_path) == before.der
        after.write(tmp_path, "server")
        os.kill(server.pid, signal.SIGHUP)
        await eventually(lambda: "was read anew" in server.log, what="the renewal")
        assert await shown_by(port, ca, tmp_path) == after.der


async def shown_by(port: int, ca: Issued, directory: Path) -> bytes:
    """The certificate that the server shows."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context(ca, directory))
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    return shown
