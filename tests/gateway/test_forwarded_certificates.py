"""The certificate that a proxy passes on: believed from a trusted one, from nobody else."""

from urllib.parse import quote

import pytest
import websockets
from websockets.exceptions import InvalidStatus

from apps.chargers.models import StationConnection
from tests.gateway.conftest import Place
from tests.support.pki import Issued, issue
from tests.support.server import ServerProcess

pytestmark = pytest.mark.server
HEADER = "X-SSL-Client-Cert"


@pytest.fixture(scope="module")
def charger_ca() -> Issued:
    return issue("Charger CA", is_ca=True)


def behind(server_database, directory, ca: Issued, *, trusted: str) -> ServerProcess:
    return ServerProcess(
        server_database,
        TRUSTED_PROXIES=trusted,
        CLIENT_CERTIFICATE_HEADER=HEADER,
        CLIENT_CA_FILES=ca.write(directory, "charger-ca")[0],
    )


def dial(server: ServerProcess, station, own: Issued):
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9", HEADER: quote(own.pem.decode())}
    url = f"{server.socket_url}/{station.identity}"
    return websockets.connect(url, subprotocols=["ocpp1.6"], additional_headers=headers, open_timeout=20)


async def test_a_trusted_proxy_is_believed_and_its_certificate_judged(
    tmp_path, server_database, real_database_allowed, charger_ca
):
    with behind(server_database, tmp_path, charger_ca, trusted="127.0.0.1") as server:
        place = Place(server, server_database)
        station = place.enrol(security_profile=3)
        async with dial(server, station, issue(station.identity, issuer=charger_ca)):
            row = place.database.do(lambda: StationConnection.objects.get(station=station))
            assert (row.security_profile, row.remote_address) == (3, "192.0.2.9")
        with pytest.raises(InvalidStatus) as caught:
            await dial(server, station, issue("SOMEBODY-ELSE", issuer=charger_ca))
        assert caught.value.response.status_code == 403


async def test_from_anybody_else_the_header_counts_for_nothing(
    tmp_path, server_database, real_database_allowed, charger_ca
):
    with behind(server_database, tmp_path, charger_ca, trusted="192.0.2.1") as server:
        station = Place(server, server_database).enrol(security_profile=3)
        with pytest.raises(InvalidStatus) as caught:
            await dial(server, station, issue(station.identity, issuer=charger_ca))
        assert caught.value.response.body.decode() == "Security profile 3 asks for TLS."
