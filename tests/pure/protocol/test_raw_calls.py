"""Calls written by hand, read back into the commands of ours that say the same."""

import pytest

from apps.chargers.messages.commands import (
    ChangeAvailability,
    GetBaseReport,
    RawCall,
    RequestStartTransaction,
    RequestStopTransaction,
    Reset,
    SetVariables,
)
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.raw_calls import read_call

V16, V201, V21 = "ocpp1.6", "ocpp2.0.1", "ocpp2.1"
PERIOD = {"startPeriod": 0, "limit": 16.0}
PROFILE_16 = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [PERIOD]},
}
TOKEN = {"idToken": "CARD", "type": "ISO14443"}
KEY = {"component": "ConfigurationKey", "variable": "AuthorizationKey", "value": "00FF" * 10}


def read(version, action, payload):
    return read_call(version, action, payload, number=lambda: 77)


@pytest.mark.ocpp(None, "raw calls")
@pytest.mark.parametrize(
    ("version", "action", "payload", "command"),
    [
        (V16, "RemoteStartTransaction", {"idTag": "CARD", "connectorId": 2}, RequestStartTransaction("CARD", 77, 2)),
        (V16, "RemoteStartTransaction", {"idTag": "CARD"}, RequestStartTransaction("CARD", 77)),
        (V16, "RemoteStopTransaction", {"transactionId": 5}, RequestStopTransaction("5")),
        (V16, "Reset", {"type": "Hard"}, Reset("Immediate")),
        (V16, "Reset", {"type": "Soft"}, Reset("OnIdle")),
        (V16, "ChangeAvailability", {"connectorId": 0, "type": "Inoperative"}, ChangeAvailability(False)),
        (V16, "ChangeAvailability", {"connectorId": 2, "type": "Operative"}, ChangeAvailability(True, 2)),
        (V16, "ChangeConfiguration", {"key": "AuthorizationKey", "value": "00FF" * 10}, SetVariables((KEY,))),
        (
            V201, "RequestStartTransaction", {"idToken": TOKEN, "remoteStartId": 9, "evseId": 1},
            RequestStartTransaction("CARD", 9, 1, "ISO14443"),
        ),
        (
            V21, "RequestStartTransaction",
            {"idToken": TOKEN, "remoteStartId": 9, "groupIdToken": {"idToken": "G", "type": "ISO14443"}},
            RequestStartTransaction(
                "CARD", 9, id_token_type="ISO14443", group_id_token="G", group_id_token_type="ISO14443"
            ),
        ),
        (V201, "RequestStopTransaction", {"transactionId": "TX-1"}, RequestStopTransaction("TX-1")),
        (V201, "Reset", {"type": "OnIdle", "evseId": 1}, Reset("OnIdle", 1)),
        (V21, "Reset", {"type": "Immediate"}, Reset("Immediate")),
        (
            V201, "ChangeAvailability", {"operationalStatus": "Operative", "evse": {"id": 1, "connectorId": 2}},
            ChangeAvailability(True, 1, 2),
        ),
        (V201, "GetBaseReport", {"requestId": 4, "reportBase": "FullInventory"}, GetBaseReport(4, "FullInventory")),
    ],
)  # fmt: skip
def test_a_call_is_the_command_that_says_the_same(version, action, payload, command):
    assert read(version, action, payload) == command
    assert adapter_for(version).encode_command(command) == (action, payload)


@pytest.mark.ocpp(None, "raw calls")
@pytest.mark.parametrize("more", [{}, {"validFrom": "2026-01-01T00:00:00Z", "validTo": "2027-01-01T01:00:00+01:00"}])
def test_a_remote_start_keeps_its_profile_to_the_letter(more):
    payload = {"idTag": "CARD", "connectorId": 1, "chargingProfile": {**PROFILE_16, **more}}
    command = read(V16, "RemoteStartTransaction", payload)
    assert isinstance(command, RequestStartTransaction)
    assert adapter_for(V16).encode_command(command) == ("RemoteStartTransaction", payload)


@pytest.mark.ocpp(None, "raw calls")
@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [
        (V16, "UnlockConnector", {"connectorId": 1}),
        (V16, "RemoteStartTransaction", {"idTag": "CARD", "connectorId": 0}),
        (V201, "Reset", {"type": "Immediate", "customData": {"vendorId": "V"}}),
        (V201, "Reset", {"type": "Immediate", "evseId": 0}),
        (V21, "Reset", {"type": "ImmediateAndResume", "customData": {"vendorId": "V"}}),
        (
            V201, "RequestStartTransaction",
            {"idToken": {**TOKEN, "additionalInfo": [{"additionalIdToken": "A", "type": "T"}]}, "remoteStartId": 9},
        ),
    ],
)  # fmt: skip
def test_what_no_command_says_to_the_letter_stays_as_it_was_written(version, action, payload):
    assert read(version, action, payload) == RawCall(action, payload)
