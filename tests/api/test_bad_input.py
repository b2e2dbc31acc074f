"""Whatever a program sends, it gets a clear answer, and nothing is changed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.api.parsers import MAX_BODY_BYTES, MAX_DEPTH
from apps.chargers.models import ChargingStation, StationCommand
from tests.api.conftest import client_of, fields_of

COMMANDS = "/api/v1/stations/CP-harbour/commands/"


def send(client, body: bytes, content_type: str = "application/json", url: str = COMMANDS):
    return client.generic("POST", url, body, content_type=content_type)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"{'action': 1}", b'{"action": NaN}', b'{"action": "\\ud800"}', b"[2,", b"\x00",
        b'{"action": "Reset"} trailing',
    ],
)  # fmt: skip
def test_what_is_no_json_is_said_to_be_none(ada_api, network, body):
    response = send(ada_api, body)
    assert response.status_code == 400
    assert response.json()["code"] in {"not_json", "invalid"}
    assert not StationCommand.objects.exists()


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"1", b"true", b"[[]]"])
def test_json_that_is_no_object_is_refused(ada_api, network, body):
    assert send(ada_api, body).status_code == 400


@pytest.mark.parametrize("opening", [b'{"a":', b"["])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 1000, 100_000])
def test_a_deeply_nested_body_is_refused(ada_api, network, opening, depth):
    closing = b"}" if opening.startswith(b"{") else b"]"
    payload = opening * depth + b"1" + closing * depth
    response = send(ada_api, b'{"action": "DataTransfer", "payload": {"vendorId": "x", "data": ' + payload + b"}}")
    assert (response.status_code, response.json()["code"]) in {(400, "too_deep"), (400, "not_json")}


def test_a_body_at_the_limit_of_depth_is_read(ada_api, network):
    # body, payload and customData are the outer three levels
    inner = '{"a":' * (MAX_DEPTH - 4) + "1" + "}" * (MAX_DEPTH - 4)
    network.harbour.protocol = "ocpp2.0.1"
    network.harbour.save()
    body = '{"action": "ClearCache", "payload": {"customData": {"vendorId": "x", "more": ' + inner + "}}}"
    assert send(ada_api, body.encode()).status_code == 201


def test_a_huge_body_is_refused_without_reading_all_of_it(ada_api, network):
    body = b'{"action": "DataTransfer", "payload": {"vendorId": "' + b"x" * MAX_BODY_BYTES + b'"}}'
    response = send(ada_api, body)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense"]
)
def test_anything_but_json_is_said_to_be_unsupported(ada_api, network, content_type):
    response = send(ada_api, b'{"action": "ClearCache"}', content_type)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_a_charset_is_no_way_around(ada_api, network):
    assert send(ada_api, b'{"action": "ClearCache"}', "application/json; charset=hex").status_code == 201


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET"])
def test_a_method_that_is_not_there_is_said_so(ada_api, network, method):
    response = ada_api.generic(method, COMMANDS, b"{}", content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


def test_nul_characters_in_a_command_are_refused_and_nothing_is_sent(ada_api, network):
    body = {"action": "DataTransfer", "payload": {"vendorId": "x", "data": "a\x00b"}}
    response = ada_api.post(COMMANDS, body, format="json")
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["payload"]
    assert not StationCommand.objects.exists()


@pytest.mark.parametrize("page_size", ["0", "-1", "x", "99999999999999999999", "\x00"])
def test_a_page_size_that_is_none_falls_back_to_the_usual_one(ada_api, network, page_size):
    response = ada_api.get("/api/v1/stations/", {"page_size": page_size})
    assert response.status_code == 200
    assert len(response.json()["results"]) == 2


def test_an_unknown_path_below_the_api_is_not_found(ada_api):
    assert ada_api.get("/api/v1/castles/").status_code == 404


words = st.text(max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(words, children, max_size=3),
    max_leaves=8,
)
CALLS = {
    "commands": ("POST", COMMANDS, ("action", "payload", "wait")),
    "enrol": ("POST", "/api/v1/stations/", ("identity", "site", "area", "password", "registration", "max_power_w")),
    "change": ("PATCH", "/api/v1/stations/CP-harbour/", ("site", "area", "name", "registration", "security_profile")),
    "card": ("POST", "/api/v1/tokens/", ("driver", "value", "type", "status", "expires_at", "parent_group")),
    "driver": ("POST", "/api/v1/drivers/", ("name", "group", "home_site", "email", "organisation")),
    "site": ("POST", "/api/v1/sites/", ("name", "kind", "time_zone", "latitude", "vat_percent", "organisation")),
}


@pytest.mark.parametrize("call", CALLS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_no_json_value_in_any_field_breaks_the_server(ada, network, call, data):
    method, url, names = CALLS[call]
    body = data.draw(st.dictionaries(st.sampled_from(names), json_values, max_size=len(names)))
    response = client_of(ada).generic(method, url, json.dumps(body), content_type="application/json")
    assert response.status_code in {200, 201, 400, 409}, response.content
    if response.status_code == 400:
        assert response.json()["message"]


def test_a_refused_body_names_all_its_faults_at_once(ada_api, network, harbour):
    body = {"identity": "", "site": harbour.pk, "heartbeat_interval_s": 0, "registration": "Perhaps"}
    assert fields_of(ada_api.post("/api/v1/stations/", body, format="json")) == {
        "identity", "heartbeat_interval_s", "registration",
    }  # fmt: skip
    assert ChargingStation.objects.count() == 3
