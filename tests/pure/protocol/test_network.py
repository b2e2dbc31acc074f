"""Network profiles in the words of each version (2.0.1 B09, B10)."""

import pytest

from apps.chargers.messages.commands import RawCall
from apps.chargers.messages.commands.network import NetworkProfileSet, SetNetworkProfile
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from tests.pure.protocol.talk import answer, connect, read

URL = "wss://charge.example/ocpp"
APN = {"apn": "iot", "apnAuthentication": "PAP", "apnUserName": "u", "apnPassword": "secret"}
DATA = {
    "ocppVersion": "OCPP20",
    "ocppTransport": "JSON",
    "ocppCsmsUrl": URL,
    "messageTimeout": 30,
    "securityProfile": 2,
    "ocppInterface": "Wired0",
}


@pytest.mark.parametrize(
    ("command", "data"),
    [
        (SetNetworkProfile(1, URL, 2), DATA),
        (
            SetNetworkProfile(1, URL, 2, "ocpp1.6", "Wireless0", 60, APN),
            {**DATA, "ocppVersion": "OCPP16", "ocppInterface": "Wireless0", "messageTimeout": 60, "apn": APN},
        ),
    ],
)
@pytest.mark.ocpp("2.0.1", "SetNetworkProfile")
def test_a_network_profile_is_set(command, data):
    sent = read(connect("ocpp2.0.1").send_command(command, "m").text)
    assert sent[2:] == ["SetNetworkProfile", {"configurationSlot": 1, "connectionData": data}]


@pytest.mark.parametrize("spoken", ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"])
@pytest.mark.ocpp("2.1", "SetNetworkProfile")
def test_2_1_names_every_version_and_learns_it_back(spoken):
    connection = connect("ocpp2.1")
    sent = read(connection.send_command(SetNetworkProfile(1, URL, 2, spoken), "m").text)
    words = {"ocpp1.6": "OCPP16", "ocpp2.0.1": "OCPP201", "ocpp2.1": "OCPP21"}
    assert sent[3]["connectionData"] == {**DATA, "ocppVersion": words[spoken]}
    got = answer(connection, "m", {"status": "Accepted"}).result
    assert got.learnt == (NetworkProfileSet(1, URL, 2, spoken, "Wired0", {}),)


def test_1_6_has_no_network_profiles():
    with pytest.raises(CommandNotExpressible):
        connect("ocpp1.6").send_command(SetNetworkProfile(1, URL, 2), "m")


@pytest.mark.parametrize(
    "command",
    [
        SetNetworkProfile(4, URL, 2, apn=APN),
        RawCall("SetNetworkProfile", {"configurationSlot": 4, "connectionData": {**DATA, "apn": APN}}),
    ],
    ids=["neutral", "raw"],
)
@pytest.mark.ocpp("2.0.1", "SetNetworkProfile")
def test_its_acceptance_teaches_what_lies_in_the_slot(command):
    connection = connect("ocpp2.0.1")
    connection.send_command(command, "m")
    got = answer(connection, "m", {"status": "Accepted"}).result
    assert got.learnt == (NetworkProfileSet(4, URL, 2, "ocpp2.0.1", "Wired0", {"apn": APN}),)


@pytest.mark.parametrize("status", ["Rejected", "Failed"])
@pytest.mark.ocpp("2.0.1", "SetNetworkProfile")
def test_a_refusal_teaches_nothing_and_says_why(status):
    connection = connect("ocpp2.0.1")
    connection.send_command(SetNetworkProfile(1, URL, 2), "m")
    got = answer(connection, "m", {"status": status, "statusInfo": {"reasonCode": "InvalidURL"}}).result
    assert (got.accepted, got.status, got.detail, got.learnt) == (False, status, "InvalidURL", ())


def test_its_profile_is_checked_by_the_schema_before_it_is_sent():
    problems = adapter_for("ocpp2.0.1").validate_request(
        "SetNetworkProfile", {"configurationSlot": 1, "connectionData": {**DATA, "ocppCsmsUrl": "x" * 513}}
    )
    assert problems
