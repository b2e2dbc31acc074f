"""Local lists and customer information in the words of each version, and what the answers teach."""

from datetime import UTC, datetime

import pytest

from apps.chargers.messages.commands.customer import CustomerInformation, CustomerInformationAnswered
from apps.chargers.messages.commands.local_lists import (
    GetLocalListVersion,
    ListEntry,
    LocalListAnswered,
    LocalListVersionTold,
    SendLocalList,
)
from apps.chargers.messages.events.customer import CustomerInformationNotified
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from tests.pure.protocol.talk import NOW

GOOD = {
    "id_token": "04A2B3C4D5E680",
    "type": "ISO14443",
    "status": "Accepted",
    "expires_at": "2026-05-01T00:00:00Z",
    "group_id": "FLAT-3",
    "charging_priority": 3,
    "evse_ids": (1, 2),
}
GONE = {"id_token": "04FF", "type": "ISO14443"}
LIST_16 = [
    {
        "idTag": "04A2B3C4D5E680",
        "idTagInfo": {"status": "Accepted", "expiryDate": "2026-05-01T00:00:00Z", "parentIdTag": "FLAT-3"},
    },
    {"idTag": "04FF"},
]
LIST_201 = [
    {
        "idToken": {"idToken": "04A2B3C4D5E680", "type": "ISO14443"},
        "idTokenInfo": {
            "status": "Accepted",
            "cacheExpiryDateTime": "2026-05-01T00:00:00Z",
            "groupIdToken": {"idToken": "FLAT-3", "type": "Central"},
            "chargingPriority": 3,
            "evseId": [1, 2],
        },
    },
    {"idToken": {"idToken": "04FF", "type": "ISO14443"}},
]


@pytest.mark.ocpp(None, "GetLocalListVersion", "SendLocalList")
@pytest.mark.parametrize(
    ("version", "command", "payload"),
    [
        ("ocpp1.6", GetLocalListVersion(), {}),
        ("ocpp2.0.1", GetLocalListVersion(), {}),
        ("ocpp1.6", SendLocalList(7, "Differential", (GOOD, GONE)),
         {"listVersion": 7, "updateType": "Differential", "localAuthorizationList": LIST_16}),
        ("ocpp2.0.1", SendLocalList(7, "Differential", (GOOD, GONE)),
         {"versionNumber": 7, "updateType": "Differential", "localAuthorizationList": LIST_201}),
        ("ocpp1.6", SendLocalList(8), {"listVersion": 8, "updateType": "Full", "localAuthorizationList": []}),
        ("ocpp2.1", SendLocalList(7, "Full", ({**GOOD, "id_token": "X" * 255, "type": "VIN"},)),
         {"versionNumber": 7, "updateType": "Full", "localAuthorizationList": [
             LIST_201[0] | {"idToken": {"idToken": "X" * 255, "type": "VIN"}}]}),
        ("ocpp2.0.1", SendLocalList(8), {"versionNumber": 8, "updateType": "Full"}),
    ],
)  # fmt: skip
def test_a_list_is_said_in_the_words_of_the_version(version, command, payload):
    action, said = adapter_for(version).encode_command(command)
    assert (action, said) == (command.name, payload)
    assert adapter_for(version).validate_request(action, said) == []


@pytest.mark.parametrize("version", ["ocpp1.6", "ocpp2.0.1"])
@pytest.mark.parametrize("number", [0, -1])
def test_a_version_below_one_is_never_sent(version, number):
    with pytest.raises(CommandNotExpressible, match="above 0"):
        adapter_for(version).encode_command(SendLocalList(number))


def test_what_only_2_x_can_say_is_invalid_to_1_6():
    _, said = adapter_for("ocpp1.6").encode_command(SendLocalList(1, "Full", ({**GONE, "status": "NotAtThisTime"},)))
    assert said["localAuthorizationList"][0]["idTagInfo"] == {"status": "Invalid"}


@pytest.mark.ocpp(None, "SendLocalList")
@pytest.mark.parametrize(
    ("version", "request_", "types"),
    [
        ("ocpp1.6", {"listVersion": 7, "updateType": "Differential", "localAuthorizationList": LIST_16}, ""),
        ("ocpp2.0.1", {"versionNumber": 7, "updateType": "Differential", "localAuthorizationList": LIST_201},
         "ISO14443"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("word", "accepted"), [("Accepted", True), ("Failed", False), ("VersionMismatch", False)])
def test_the_answer_teaches_what_the_station_holds(version, request_, types, word, accepted):
    result = adapter_for(version).read_result("SendLocalList", request_, {"status": word})
    (learnt,) = result.learnt
    assert isinstance(learnt, LocalListAnswered)
    assert (result.accepted, learnt.status, learnt.version, learnt.update_type) == (accepted, word, 7, "Differential")
    first, second = learnt.entries
    assert (first.id_token, first.type, first.status) == ("04A2B3C4D5E680", types, "Accepted")
    assert (first.expires_at, first.group_id) == ("2026-05-01T00:00:00Z", "FLAT-3")
    assert second == ListEntry("04FF", types)


@pytest.mark.ocpp(None, "GetLocalListVersion")
@pytest.mark.parametrize(("version", "field"), [("ocpp1.6", "listVersion"), ("ocpp2.0.1", "versionNumber")])
@pytest.mark.parametrize(
    ("number", "detail"),
    [
        (3, "The station holds version 3."),
        (0, "The station has no local list."),
        (-1, "The station has no local list."),
    ],
)
def test_the_version_is_learnt(version, field, number, detail):
    result = adapter_for(version).read_result("GetLocalListVersion", {}, {field: number})
    assert (result.status, result.detail) == ("", detail)
    assert result.learnt == (LocalListVersionTold(number),)


IN_2 = pytest.mark.parametrize("version", ["ocpp2.0.1", "ocpp2.1"])
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "01"}


@IN_2
@pytest.mark.ocpp(None, "CustomerInformation")
@pytest.mark.parametrize(
    ("command", "payload"),
    [
        (CustomerInformation(5, True, False, id_token="04A2"),
         {"requestId": 5, "report": True, "clear": False, "idToken": {"idToken": "04A2", "type": "ISO14443"}}),
        (CustomerInformation(5, True, True, customer_identifier="Rita"),
         {"requestId": 5, "report": True, "clear": True, "customerIdentifier": "Rita"}),
        (CustomerInformation(5, False, True, certificate_hash=HASH),
         {"requestId": 5, "report": False, "clear": True, "customerCertificate": HASH}),
    ],
)  # fmt: skip
def test_a_customer_is_asked_for_by_one_name(version, command, payload):
    adapter = adapter_for(version)
    assert adapter.encode_command(command) == ("CustomerInformation", payload)
    assert adapter.validate_request("CustomerInformation", payload) == []
    assert adapter.invited_by("CustomerInformation", payload) == {"NotifyCustomerInformation"}


@IN_2
@pytest.mark.ocpp(None, "CustomerInformation")
@pytest.mark.parametrize(("word", "accepted"), [("Accepted", True), ("Rejected", False), ("Invalid", False)])
def test_the_word_about_a_customer_is_learnt_with_the_question(version, word, accepted):
    request = {"requestId": 5, "report": False, "clear": True, "idToken": {"idToken": "04A2", "type": "Central"}}
    result = adapter_for(version).read_result("CustomerInformation", request, {"status": word})
    assert result.accepted is accepted
    assert result.learnt == (CustomerInformationAnswered(word, 5, False, True, "04A2", "Central"),)


@IN_2
@pytest.mark.ocpp(None, "NotifyCustomerInformation")
def test_a_part_of_an_answer_is_read(version):
    payload = {"requestId": 5, "seqNo": 1, "generatedAt": "2026-03-01T11:00:00Z", "tbc": True, "data": "Rita"}
    event = adapter_for(version).decode["NotifyCustomerInformation"](payload, NOW)
    assert event == CustomerInformationNotified(5, 1, datetime(2026, 3, 1, 11, tzinfo=UTC), True, "Rita")
