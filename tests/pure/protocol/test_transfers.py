"""Firmware and logs: what is asked in each version, what the answers teach, what chargers tell of it."""

import pytest

from apps.chargers.messages.commands import (
    GetLog,
    PublishFirmware,
    RawCall,
    UnpublishFirmware,
    UpdateFirmware,
)
from apps.chargers.messages.events import FirmwarePublishStatusNotified, FirmwareStatusNotified, LogStatusNotified
from apps.chargers.messages.learnt_transfers import (
    LogAnswered,
    PublishAnswered,
    TransferAsked,
    UnpublishAnswered,
    UpdateAnswered,
)
from apps.gateway.protocol.errors import CommandNotExpressible
from tests.pure.protocol.talk import answer, call, connect

AT, LATER = "2026-03-01T12:00:00+00:00", "2026-03-02T12:00:00+01:00"
WIRE_AT, WIRE_LATER = "2026-03-01T12:00:00.000Z", "2026-03-02T11:00:00.000Z"
FILE, UPLOADS = "https://h/files/out/t/a.bin", "https://h/files/in/t/"
TRIES = {"retries": 3, "retryInterval": 60}
SIGNED = {"signature": "AA==", "signing_certificate": "PEM"}
WIRE_SIGNED = {"signature": "AA==", "signingCertificate": "PEM"}
TWO = ("ocpp2.0.1", "ocpp2.1")
MD5 = "0" * 32


def sent(version, command):
    got = connect(version).send_command(command, "c1")
    return got.action, got.payload


@pytest.mark.ocpp("1.6", "UpdateFirmware")
def test_an_unsigned_update_in_1_6_has_neither_request_nor_time_of_installation():
    command = UpdateFirmware(7, FILE, AT, install_at=LATER, retries=3, retry_interval_s=60)
    assert sent("ocpp1.6", command) == ("UpdateFirmware", {"location": FILE, "retrieveDate": WIRE_AT, **TRIES})


@pytest.mark.ocpp("1.6", "SignedUpdateFirmware")
def test_a_signed_update_in_1_6_is_an_action_of_its_own():
    firmware = {"location": FILE, "retrieveDateTime": WIRE_AT, "installDateTime": WIRE_LATER, **WIRE_SIGNED}
    assert sent("ocpp1.6", UpdateFirmware(7, FILE, AT, install_at=LATER, **SIGNED)) == (
        "SignedUpdateFirmware",
        {"requestId": 7, "firmware": firmware},
    )


def test_1_6_has_no_signature_without_its_certificate():
    with pytest.raises(CommandNotExpressible):
        sent("ocpp1.6", UpdateFirmware(7, FILE, AT, signature="AA=="))


@pytest.mark.ocpp("2.0.1", "UpdateFirmware")
@pytest.mark.ocpp("2.1", "UpdateFirmware")
@pytest.mark.parametrize("version", TWO)
@pytest.mark.parametrize(("ours", "theirs"), [({}, {}), (SIGNED, WIRE_SIGNED)], ids=["plain", "signed"])
def test_an_update_in_2_x(version, ours, theirs):
    firmware = {"location": FILE, "retrieveDateTime": WIRE_AT, **theirs}
    assert sent(version, UpdateFirmware(7, FILE, AT, **ours)) == (
        "UpdateFirmware",
        {"requestId": 7, "firmware": firmware},
    )


@pytest.mark.ocpp("1.6", "GetDiagnostics")
def test_diagnostics_in_1_6():
    command = GetLog(7, "DiagnosticsLog", UPLOADS, oldest_at=AT, latest_at=LATER, retries=3, retry_interval_s=60)
    expected = {"location": UPLOADS, "startTime": WIRE_AT, "stopTime": WIRE_LATER, **TRIES}
    assert sent("ocpp1.6", command) == ("GetDiagnostics", expected)


@pytest.mark.ocpp(None, "GetLog")
@pytest.mark.parametrize("version", ["ocpp1.6", *TWO])
def test_the_security_log_is_asked_for_alike(version):
    command = GetLog(7, "SecurityLog", UPLOADS, oldest_at=AT, latest_at=LATER)
    log = {"remoteLocation": UPLOADS, "oldestTimestamp": WIRE_AT, "latestTimestamp": WIRE_LATER}
    assert sent(version, command) == ("GetLog", {"logType": "SecurityLog", "requestId": 7, "log": log})


@pytest.mark.ocpp("1.6", "GetLog")
def test_diagnostics_by_the_security_extension_where_the_station_has_it():
    action, payload = sent("ocpp1.6", GetLog(7, "DiagnosticsLog", UPLOADS, security_extension=True))
    assert (action, payload["logType"]) == ("GetLog", "DiagnosticsLog")


@pytest.mark.ocpp("2.1", "GetLog")
def test_the_log_of_the_data_collector_is_known_in_2_1_only():
    command = GetLog(7, "DataCollectorLog", UPLOADS)
    assert sent("ocpp2.1", command)[1]["logType"] == "DataCollectorLog"
    with pytest.raises(CommandNotExpressible):
        sent("ocpp1.6", command)
    with pytest.raises(CommandNotExpressible):
        sent("ocpp2.0.1", command)


@pytest.mark.ocpp("2.0.1", "PublishFirmware", "UnpublishFirmware")
@pytest.mark.ocpp("2.1", "PublishFirmware", "UnpublishFirmware")
@pytest.mark.parametrize("version", TWO)
def test_publishing_is_said_in_2_x(version):
    publish = PublishFirmware(7, FILE, MD5, retries=3, retry_interval_s=60)
    expected = {"requestId": 7, "location": FILE, "checksum": MD5, **TRIES}
    assert sent(version, publish) == ("PublishFirmware", expected)
    assert sent(version, UnpublishFirmware(MD5)) == ("UnpublishFirmware", {"checksum": MD5})


@pytest.mark.parametrize("command", [PublishFirmware(7, FILE, MD5), UnpublishFirmware(MD5)], ids=lambda c: c.name)
def test_publishing_cannot_be_said_in_1_6(command):
    with pytest.raises(CommandNotExpressible):
        sent("ocpp1.6", command)


ASKED_UPDATE = TransferAsked(1, FILE, retrieve_at=WIRE_AT)
ASKED_LOG = TransferAsked(1, UPLOADS, "SecurityLog")
ASKED_DIAGNOSTICS = TransferAsked(None, UPLOADS, "DiagnosticsLog")
UPDATE_2 = {"requestId": 1, "firmware": {"location": FILE, "retrieveDateTime": WIRE_AT}}
LOG_2 = {"requestId": 1, "logType": "SecurityLog", "log": {"remoteLocation": UPLOADS}}


@pytest.mark.parametrize(
    ("version", "action", "payload", "response", "accepted", "learnt"),
    [
        ("ocpp1.6", "UpdateFirmware", {"location": FILE, "retrieveDate": WIRE_AT}, {}, True,
         UpdateAnswered("Accepted", asked=TransferAsked(None, FILE, retrieve_at=WIRE_AT))),
        ("ocpp2.0.1", "UpdateFirmware", UPDATE_2, {"status": "AcceptedCanceled"}, True,
         UpdateAnswered("AcceptedCanceled", asked=ASKED_UPDATE)),
        ("ocpp2.0.1", "UpdateFirmware", UPDATE_2, {"status": "RevokedCertificate", "statusInfo": {"reasonCode": "x"}},
         False, UpdateAnswered("RevokedCertificate", "x", ASKED_UPDATE)),
        ("ocpp1.6", "GetDiagnostics", {"location": UPLOADS}, {"fileName": "a.zip"}, True,
         LogAnswered("Accepted", "a.zip", asked=ASKED_DIAGNOSTICS)),
        ("ocpp1.6", "GetDiagnostics", {"location": UPLOADS}, {}, True,
         LogAnswered("Accepted", None, asked=ASKED_DIAGNOSTICS)),
        ("ocpp2.0.1", "GetLog", LOG_2, {"status": "AcceptedCanceled", "filename": "a"}, True,
         LogAnswered("AcceptedCanceled", "a", '{"filename":"a"}', ASKED_LOG)),
        ("ocpp2.0.1", "GetLog", LOG_2, {"status": "Rejected"}, False, LogAnswered("Rejected", asked=ASKED_LOG)),
        ("ocpp2.0.1", "PublishFirmware", {"requestId": 1, "location": FILE, "checksum": MD5}, {"status": "Rejected"},
         False, PublishAnswered("Rejected", asked=TransferAsked(1, FILE), checksum=MD5)),
        ("ocpp2.0.1", "UnpublishFirmware", {"checksum": MD5}, {"status": "Unpublished"}, True,
         UnpublishAnswered("Unpublished", MD5)),
        ("ocpp2.0.1", "UnpublishFirmware", {"checksum": MD5}, {"status": "NoFirmware"}, True,
         UnpublishAnswered("NoFirmware", MD5)),
        ("ocpp2.0.1", "UnpublishFirmware", {"checksum": MD5}, {"status": "DownloadOngoing"}, False,
         UnpublishAnswered("DownloadOngoing", MD5)),
    ],
)  # fmt: skip
def test_an_answer_teaches_also_after_a_raw_call(version, action, payload, response, accepted, learnt):
    connection = connect(version)
    connection.send_command(RawCall(action, payload), "c1")
    result = answer(connection, "c1", response).result
    assert (result.accepted, result.learnt) == (accepted, (learnt,))


INFO = {"reasonCode": "Flash", "additionalInfo": "worn out"}
TOLD = [
    ("ocpp2.0.1", "FirmwareStatusNotification", {"status": "Idle"},
     FirmwareStatusNotified("Idle", raw={"status": "Idle"})),
    ("ocpp2.1", "FirmwareStatusNotification", {"status": "InstallationFailed", "requestId": 3, "statusInfo": INFO},
     FirmwareStatusNotified("InstallationFailed", 3, "Flash: worn out",
                            {"status": "InstallationFailed", "requestId": 3, "statusInfo": INFO})),
    ("ocpp2.1", "LogStatusNotification", {"status": "UploadFailure", "requestId": 3, "statusInfo": INFO},
     LogStatusNotified("UploadFailure", 3, "Flash: worn out",
                       {"status": "UploadFailure", "requestId": 3, "statusInfo": INFO})),
    ("ocpp2.0.1", "PublishFirmwareStatusNotification",
     {"status": "Published", "requestId": 3, "location": ["http://x"]},
     FirmwarePublishStatusNotified("Published", 3, ("http://x",),
                                   raw={"status": "Published", "requestId": 3, "location": ["http://x"]})),
]  # fmt: skip


@pytest.mark.ocpp("2.0.1", "FirmwareStatusNotification", "PublishFirmwareStatusNotification")
@pytest.mark.ocpp("2.1", "FirmwareStatusNotification", "LogStatusNotification")
@pytest.mark.parametrize(("version", "action", "payload", "event"), TOLD)
def test_what_a_charger_tells(version, action, payload, event):
    assert call(connect(version), action, payload).event == event
