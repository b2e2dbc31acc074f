"""The door: who is let in, by which words, and what the others are told (OCPP-J 1.6 §3, OCTT TC_088, TC_A_02…)."""

import base64

import pytest
import websockets
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from apps.chargers.models import ConnectionEvent, StationConnection, UnknownStation
from tests.gateway.conftest import PASSWORD
from tests.support.waiting import eventually

pytestmark = pytest.mark.server


def basic(user: str | bytes, password: str | bytes) -> dict[str, str]:
    user, password = (part.encode() if isinstance(part, str) else part for part in (user, password))
    return {"Authorization": "Basic " + base64.b64encode(user + b":" + password).decode()}


def connect(url: str, *, subprotocols=("ocpp1.6",), headers=None):
    return websockets.connect(
        url, subprotocols=list(subprotocols) or None, additional_headers=headers, compression=None, open_timeout=20
    )


async def status_of(url: str, **options) -> InvalidStatus:
    with pytest.raises(InvalidStatus) as caught:
        await connect(url, **options)
    return caught.value.response


async def test_the_right_password_opens_the_door(place):
    station = place.enrol()
    url = f"{place.server.socket_url}/{station.identity}"
    async with connect(url, headers=basic(station.identity, PASSWORD)) as socket:
        assert socket.subprotocol == "ocpp1.6"
        row = place.database.do(lambda: StationConnection.objects.get(station=station))
        assert (row.is_online, row.protocol, row.remote_address) == (True, "ocpp1.6", "127.0.0.1")


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["ocpp0.1", "ocpp1.6"], "ocpp1.6"),
        (["ocpp0.1", "ocpp2.0.1"], "ocpp2.0.1"),
        (["ocpp2.0.1", "ocpp1.6"], "ocpp2.0.1"),
        (["ocpp1.6", "ocpp2.0.1"], "ocpp1.6"),
        (["ocpp2.1", "ocpp2.0.1", "ocpp1.6"], "ocpp2.1"),
        (["ocpp2.0.1", "ocpp2.1"], "ocpp2.0.1"),
    ],
)
async def test_the_clients_first_supported_version_is_spoken(place, offered, chosen):
    station = place.enrol()
    url = f"{place.server.socket_url}/{station.identity}"
    async with connect(url, subprotocols=offered, headers=basic(station.identity, PASSWORD)) as socket:
        assert socket.subprotocol == chosen


@pytest.mark.parametrize("offered", [["ocpp0.1"], ["ocpp2.0.1.1", "OCPP1.6"], []])
async def test_a_version_nobody_speaks_is_refused_with_the_reason(place, offered):
    station = place.enrol()
    url = f"{place.server.socket_url}/{station.identity}"
    response = await status_of(url, subprotocols=offered, headers=basic(station.identity, PASSWORD))
    assert response.status_code == 400
    assert b"This system speaks ocpp2.1, ocpp2.0.1, ocpp1.6" in response.body

    def refusal():
        return ConnectionEvent.objects.filter(station=station, kind="refused").first()

    event = await eventually(lambda: place.database.do(refusal))
    assert event.offered_protocols == ",".join(offered)
    assert "This system speaks" in event.reason


async def test_no_version_offered_is_taken_as_1_6_where_the_site_says_so(place):
    station = place.enrol(site_fields={"assumed_protocol": "ocpp1.6"})
    url = f"{place.server.socket_url}/{station.identity}"
    async with connect(url, subprotocols=[], headers=basic(station.identity, PASSWORD)) as socket:
        assert socket.subprotocol is None
        await socket.send('[2,"1","Heartbeat",{}]')
        assert (await socket.recv()).startswith('[3,"1",{"currentTime":')


async def test_an_unknown_station_gets_404_and_waits_to_be_adopted(place):
    response = await status_of(f"{place.server.socket_url}/STRANGER-7", headers=basic("STRANGER-7", "whatever-it-is"))
    assert response.status_code == 404

    def stranger():
        return UnknownStation.objects.filter(identity="STRANGER-7").first()

    row = await eventually(lambda: place.database.do(stranger))
    assert (row.path, row.offered_protocols, row.offered_password) == ("/ocpp/STRANGER-7", "ocpp1.6", True)


async def test_wrong_or_missing_credentials_get_401(place):
    station, other = place.enrol(), place.enrol()
    url = f"{place.server.socket_url}/{station.identity}"
    attempts = [
        None,
        basic(station.identity, "wrong-password-0000"),
        basic(other.identity, PASSWORD),
        basic("", PASSWORD),
        {"Authorization": "Basic %%%"},
        {"Authorization": "Bearer abc"},
        basic(station.identity, b"\xff\xfe:\x00binary"),
    ]
    for headers in attempts:
        response = await status_of(url, headers=headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
    row = place.database.do(lambda: StationConnection.objects.filter(station=station).first())
    assert row is None


async def test_many_failures_of_one_identity_are_throttled_and_of_no_other(place):
    station, neighbour = place.enrol(), place.enrol()
    url = f"{place.server.socket_url}/{station.identity}"
    for _ in range(10):
        assert (await status_of(url, headers=basic(station.identity, "wrong"))).status_code == 401
    response = await status_of(url, headers=basic(station.identity, PASSWORD))
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    async with connect(
        f"{place.server.socket_url}/{neighbour.identity}", headers=basic(neighbour.identity, PASSWORD)
    ) as socket:
        assert socket.subprotocol == "ocpp1.6"


@pytest.mark.parametrize(
    "path",
    [
        "/ocpp/{slug}/{identity}",
        "/ocpp/{identity}/",
        "//ocpp//{identity}",
        "/ocpp/{escaped}",
        "/ocpp/{slug}//{identity}/",
    ],
)
async def test_a_charger_may_write_its_path_in_many_ways(place, path):
    station = place.enrol()
    slug = place.database.do(lambda: station.site.organisation.slug)
    escaped = "%" + f"{ord(station.identity[0]):02X}" + station.identity[1:]
    path = path.format(slug=slug, identity=station.identity, escaped=escaped)
    url = place.server.socket_url.removesuffix("/ocpp") + path
    async with connect(url, headers=basic(station.identity, PASSWORD)) as socket:
        assert socket.subprotocol == "ocpp1.6"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ocpp/" + "X" * 49, 400),
        ("/ocpp/a%3Ab", 400),
        ("/ocpp/", 400),
        ("/ocpp/%00", 400),
        ("/ocpp/%FF%FE", 400),
        ("/ocpp/%25%34%31", 404),
    ],
)
async def test_an_impossible_identity_is_refused(place, path, status):
    url = place.server.socket_url.removesuffix("/ocpp") + path
    assert (await status_of(url, headers=basic("x", "y"))).status_code == status


async def test_another_letter_case_is_another_station(place):
    station = place.enrol(identity="CaseMatters-1")
    url = f"{place.server.socket_url}/{station.identity.lower()}"
    assert (await status_of(url, headers=basic(station.identity.lower(), PASSWORD))).status_code == 404


async def test_a_path_that_names_another_organisation_leads_nowhere(place):
    station = place.enrol()
    url = f"{place.server.socket_url}/somebody-else/{station.identity}"
    assert (await status_of(url, headers=basic(station.identity, PASSWORD))).status_code == 404


async def test_a_station_that_must_use_tls_is_refused_without(place):
    station = place.enrol(security_profile=2)
    url = f"{place.server.socket_url}/{station.identity}"
    response = await status_of(url, headers=basic(station.identity, PASSWORD))
    assert (response.status_code, response.body) == (403, b"Security profile 2 asks for TLS.")


async def test_a_client_cannot_claim_tls_by_a_header_of_its_own(place):
    station = place.enrol(security_profile=2)
    url = f"{place.server.socket_url}/{station.identity}"
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    response = await status_of(url, headers=basic(station.identity, PASSWORD) | forged)
    assert (response.status_code, response.body) == (403, b"Security profile 2 asks for TLS.")


async def test_another_forged_address_with_every_attempt_does_not_evade_the_throttle(place):
    station = place.enrol()
    url = f"{place.server.socket_url}/{station.identity}"
    for number in range(10):
        forged = basic(station.identity, "wrong-password") | {"X-Forwarded-For": f"203.0.113.{number}"}
        assert (await status_of(url, headers=forged)).status_code == 401
    forged = basic(station.identity, PASSWORD) | {"X-Forwarded-For": "203.0.113.99"}
    assert (await status_of(url, headers=forged)).status_code == 429


async def test_a_retired_station_is_refused(place):
    station = place.enrol(retired_at=timezone.now())
    url = f"{place.server.socket_url}/{station.identity}"
    assert (await status_of(url, headers=basic(station.identity, PASSWORD))).status_code == 403


async def test_other_websocket_paths_are_refused(place):
    url = place.server.socket_url.removesuffix("/ocpp") + "/elsewhere"
    assert (await status_of(url)).status_code == 403
