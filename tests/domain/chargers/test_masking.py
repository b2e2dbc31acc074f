"""Secrets never reach the journal; everything else does."""

import json
import time

import pytest

from apps.chargers.engine.masking import mask_frame, mask_urls

SECRET = "3f9a-secret"
REDACTED = "•••"


@pytest.mark.parametrize(
    "payload",
    [
        {"key": "AuthorizationKey", "value": SECRET},
        {"configurationKey": [{"key": "authorizationKEY", "readonly": False, "value": SECRET}]},
        {
            "setVariableData": [
                {
                    "component": {"name": "SecurityCtrlr"},
                    "variable": {"name": "BasicAuthPassword"},
                    "attributeValue": SECRET,
                }
            ]
        },
        {
            "reportData": [
                {"variable": {"name": "BasicAuthPassword"}, "variableAttribute": [{"type": "Actual", "value": SECRET}]}
            ]
        },
        {"connectionData": {"apn": {"apn": "x", "apnPassword": SECRET}}},
        {"connectionData": {"vpn": {"server": "x", "user": "u", "password": SECRET, "key": SECRET}}},
        {"connectionData": {"ocppCsmsUrl": "x", "basicAuthPassword": SECRET, "VPN": {"Key": SECRET}}},
        {"setVariableData": [{"variable": {"name": "WiFiPassword"}, "attributeValue": SECRET}]},
        {"location": f"ftp://user:{SECRET}@example.com/firmware.bin"},
        {"location": f"ftp://user:p/{SECRET}@ss@example.com:21/firmware.bin"},
    ],
)
def test_secrets_are_masked_wherever_a_frame_may_carry_them(payload):
    masked = mask_frame(json.dumps([2, "1", "Any", payload]))
    assert SECRET not in masked
    assert REDACTED in masked


@pytest.mark.parametrize(
    "payload",
    [
        {"idTag": "CARD-1"},
        {"key": "HeartbeatInterval", "value": "300"},
        {"location": "https://example.com/firmware.bin"},
        {"location": "https://example.com:8080/by/a@b"},
        {"vendorId": "x", "data": "a@b"},
    ],
)
def test_the_rest_stays_as_it_was(payload):
    frame = json.dumps([2, "1", "Any", payload])
    assert mask_frame(frame) == frame


def test_an_unreadable_frame_that_may_hold_a_secret_is_not_kept():
    assert SECRET not in mask_frame('[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"' + SECRET)


@pytest.mark.parametrize(
    "frame",
    [
        f'[2,"1","Any",{{"url":"ws:\\/\\/user:{SECRET}@host"}}]',
        f'[2,"1","Any",{{"\\u0070assword":"{SECRET}"}}]',
    ],
)
def test_escapes_hide_no_secret_from_the_mask(frame):
    assert SECRET not in mask_frame(frame)
    assert REDACTED in mask_frame(frame)


@pytest.mark.parametrize(
    "text",
    ["@ " + "a" * 262_144, "@ " + "a://b:" * 43_690, "a://b:8080/" * 23_831 + "@"],
    ids=["one long word", "many users and no password", "many ports"],
)
def test_a_frame_of_256_kib_is_masked_in_no_time_whatever_is_in_it(text):
    began_s = time.process_time()
    mask_frame(f'[2,"1","DataTransfer",{{"vendorId":"x","data":"{text}"}}]')
    assert time.process_time() - began_s < 5  # looking at each character again for each other one takes minutes


def test_a_password_may_hold_an_at_sign_and_a_colon():
    assert mask_urls("see ftp://ada:p@ss:word@host/x now") == f"see ftp://ada:{REDACTED}@host/x now"
