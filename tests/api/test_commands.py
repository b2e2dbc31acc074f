"""Asking something of a station, without a charger at the other end."""

import time

import pytest

from apps.chargers.models import StationCommand
from apps.chargers.services.commands.sealing import unseal
from apps.core.models import AuditEntry
from tests.api.conftest import fields_of
from tests.factories.chargers import StationFactory

URL = "/api/v1/stations/CP-harbour/commands/"
CLEAR = {"action": "ClearCache", "payload": {}}


def test_a_command_becomes_a_row_that_waits_for_the_charger(ada_api, ada, network):
    response = ada_api.post(URL, CLEAR, format="json")
    assert response.status_code == 201, response.content
    row = response.json()
    expected = {"station": "CP-harbour", "state": "pending", "origin": "api", "response": None, "settled_at": None}
    assert expected.items() <= row.items()
    stored = StationCommand.objects.get(pk=row["id"])
    assert (stored.requested_by, stored.arguments) == (ada, {"action": "ClearCache", "payload": {}})
    assert ada_api.get(f"/api/v1/commands/{row['id']}/").json() == row
    assert AuditEntry.objects.get(action__startswith="station.command").address == "127.0.0.1"


def test_waiting_for_a_charger_that_does_not_answer_ends_after_the_seconds_asked_for(ada_api, network):
    begun = time.monotonic()
    response = ada_api.post(URL, {**CLEAR, "wait": 0.3}, format="json")
    assert 0.3 <= time.monotonic() - begun < 5
    assert (response.status_code, response.json()["state"]) == (201, "pending")


def test_a_station_that_was_never_online_is_waited_for_as_well(ada_api, harbour):
    StationFactory(site=harbour, identity="CP-new")
    response = ada_api.post("/api/v1/stations/CP-new/commands/", CLEAR, format="json")
    assert (response.status_code, response.json()["state"]) == (201, "pending")


@pytest.mark.parametrize(
    ("protocol", "action", "payload", "field"),
    [
        ("ocpp1.6", "Reset", {}, "payload.type"),
        ("ocpp1.6", "Reset", {"type": "Loud"}, "payload.type"),
        ("ocpp1.6", "Reset", {"type": "Soft", "extra": 1}, "payload.extra"),
        ("ocpp1.6", "UnlockConnector", {"connectorId": "one"}, "payload.connectorId"),
        ("ocpp1.6", "RemoteStartTransaction", {"idTag": "x" * 21}, "payload.idTag"),
        ("ocpp2.0.1", "Reset", {"type": "Soft"}, "payload.type"),
        (
            "ocpp2.0.1", "GetVariables",
            {"getVariableData": [{"component": {"name": "A"}, "variable": {}}]},
            "payload.getVariableData[0].variable.name",
        ),
        ("ocpp1.6", "Fly", {}, "action"),
        ("ocpp1.6", "BootNotification", {}, "action"),
        ("ocpp1.6", "GetVariables", {}, "action"),
        ("ocpp1.6", "", {}, "action"),
        ("ocpp1.6", "../../etc/passwd", {}, "action"),
        ("ocpp1.6", "a\x00", {}, "action"),
        ("ocpp1.6", "Reset", ["Soft"], "payload"),
        ("ocpp1.6", "Reset", "Soft", "payload"),
    ],
)  # fmt: skip
def test_what_the_stations_version_cannot_say_is_refused_by_the_name_of_the_field(
    ada_api, network, protocol, action, payload, field
):
    network.harbour.protocol = protocol
    network.harbour.save()
    response = ada_api.post(URL, {"action": action, "payload": payload}, format="json")
    assert field in fields_of(response)
    assert not StationCommand.objects.exists()


@pytest.mark.parametrize("wait", [-1, 31, "long", None, [], 1e300])
def test_a_wait_beyond_half_a_minute_is_refused(ada_api, network, wait):
    assert fields_of(ada_api.post(URL, {**CLEAR, "wait": wait}, format="json")) == {"wait"}


def test_a_field_that_does_not_exist_is_refused(ada_api, network):
    assert fields_of(ada_api.post(URL, {**CLEAR, "waits": 3}, format="json")) == {"waits"}


@pytest.mark.parametrize("person", ["ada", "sam", "tess", "finn", "sue", "rita", "otto", "nobody"])
def test_who_may_send_any_call(as_person, network, person):
    response = as_person(person).post(URL, CLEAR, format="json")
    expected = {"ada": 201, "tess": 201, "otto": 404, "nobody": 401}.get(person, 403)
    assert response.status_code == expected
    assert StationCommand.objects.count() == (expected == 201)
    assert AuditEntry.objects.filter(action__startswith="station.command").count() == (expected == 201)


@pytest.mark.parametrize("identity", ["CP-rival", "nobody", "%00", "CP%2Fharbour", "x" * 300])
def test_a_station_of_elsewhere_or_nowhere_is_not_found(ada_api, network, identity):
    assert ada_api.post(f"/api/v1/stations/{identity}/commands/", CLEAR, format="json").status_code == 404
    assert not StationCommand.objects.exists()


@pytest.mark.parametrize("change", [{"registration": "Rejected"}, {"retired_at": "2026-01-01T00:00:00Z"}])
def test_a_station_that_may_not_be_asked_gives_the_reason(ada_api, network, change):
    type(network.harbour).objects.filter(pk=network.harbour.pk).update(**change)
    response = ada_api.post(URL, CLEAR, format="json")
    assert (response.status_code, response.json()["code"]) == (409, "command_refused")
    assert response.json()["message"].startswith("This station is")


def test_the_password_in_a_command_is_shown_nowhere(ada_api, network):
    secret = "a-brand-new-password-1"
    payload = {"key": "AuthorizationKey", "value": secret}
    response = ada_api.post(URL, {"action": "ChangeConfiguration", "payload": payload}, format="json")
    assert response.status_code == 201
    assert secret not in response.content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))
    assert secret not in str(list(StationCommand.objects.values()))


def test_the_secrets_of_a_network_profile_are_readable_nowhere_and_still_sent(ada_api, network):
    network.harbour.protocol = "ocpp2.0.1"
    network.harbour.save()
    connection = {
        "ocppVersion": "OCPP20", "ocppTransport": "JSON", "ocppCsmsUrl": "ws://user:url-s3cret@host/ocpp",
        "messageTimeout": 30, "securityProfile": 1, "ocppInterface": "Wired0",
        "apn": {"apn": "iot", "apnAuthentication": "CHAP", "apnPassword": "apn-s3cret"},
        "vpn": {"server": "v", "user": "u", "password": "vpn-s3cret", "key": "key-s3cret", "type": "IPSec"},
    }  # fmt: skip
    payload = {"configurationSlot": 1, "connectionData": connection}

    response = ada_api.post(URL, {"action": "SetNetworkProfile", "payload": payload}, format="json")

    assert response.status_code == 201, response.content
    stored = StationCommand.objects.get()
    shown = [
        response.content.decode(), ada_api.get("/api/v1/commands/").content.decode(),
        str(list(StationCommand.objects.values())), str(list(AuditEntry.objects.values())),
    ]  # fmt: skip
    assert [text for text in shown if "s3cret" in text] == []
    assert stored.arguments["payload"]["connectionData"]["vpn"]["server"] == "v"
    assert unseal(stored.sealed)["payload"] == payload


def test_nul_in_a_payload_is_refused_and_not_altered(ada_api, network):
    network.harbour.protocol = "ocpp1.6"
    network.harbour.save()
    payload = {"vendorId": "x", "data": "a\x00b"}
    response = ada_api.post(URL, {"action": "DataTransfer", "payload": payload}, format="json")
    assert "payload" in fields_of(response)
    assert not StationCommand.objects.exists()
