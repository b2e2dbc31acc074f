"""Certificates and Plug & Charge: what each version says of them, and what answers teach."""

import json

import pytest

from apps.chargers.messages.certificate_lessons import (
    CertificateAnswered,
    CertificateDeleted,
    CertificateInstalled,
    CertificatesListed,
    InstalledCertificate,
)
from apps.chargers.messages.certificates import HashData, StatusQuery
from apps.chargers.messages.commands import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
    RawCall,
    TriggerMessage,
)
from apps.chargers.messages.events import (
    AuthorizeRequested,
    CertificateSigningRequested,
    CertificateStatusRequested,
    ContractAuthorizeRequested,
    ContractCertificateRequested,
    DataTransferred,
)
from apps.chargers.messages.replies import (
    AuthorizeReply,
    CertificateStatusReply,
    ContractCertificateReply,
    DataTransferReply,
    SignCertificateReply,
)
from apps.chargers.messages.tokens import AuthorizationStatus, IdToken, IdTokenInfo
from apps.gateway.protocol.adapter import adapter_for
from apps.gateway.protocol.errors import CommandNotExpressible
from apps.gateway.protocol.outcomes import CommandAnswered, Inbound
from tests.pure.protocol.talk import answer, call, connect

V16, V201 = "ocpp1.6", "ocpp2.0.1"
PNC = "org.openchargealliance.iso15118pnc"
STATION, V2G, CSMS, MO = "ChargingStationCertificate", "V2GCertificate", "CSMSRootCertificate", "MORootCertificate"
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "0C"}
OTHER = HASH | {"serialNumber": "d"}
OCSP = HASH | {"responderURL": "http://ocsp.example"}
DATA, OTHER_DATA = HashData("SHA256", "aa", "bb", "0C"), HashData("SHA256", "aa", "bb", "d")
QUERY = StatusQuery(DATA, ("http://ocsp.example",))
EMAID = {"idToken": "DE8AAC12345678", "type": "eMAID"}
TOKEN = IdToken("DE8AAC12345678", "eMAID")
EXI = {"iso15118SchemaVersion": "urn:2", "action": "Install", "exiRequest": "AAAA"}
IMPOSSIBLE = None


def pnc(action: str, payload) -> dict:
    text = payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"))
    return {"vendorId": PNC, "messageId": action, "data": text}


@pytest.mark.ocpp("2.0.1", "SignCertificate", "GetCertificateStatus", "Get15118EVCertificate", "Authorize")
@pytest.mark.ocpp("1.6", "SignCertificate", "DataTransfer")
@pytest.mark.parametrize(
    ("version", "action", "payload", "event"),
    [
        (V16, "SignCertificate", {"csr": "C"}, CertificateSigningRequested("C", STATION)),
        (V201, "SignCertificate", {"csr": "C"}, CertificateSigningRequested("C", STATION)),
        (V201, "SignCertificate", {"csr": "C", "certificateType": V2G}, CertificateSigningRequested("C", V2G)),
        (V201, "GetCertificateStatus", {"ocspRequestData": OCSP}, CertificateStatusRequested(QUERY)),
        (V201, "Get15118EVCertificate", EXI, ContractCertificateRequested("urn:2", "Install", "AAAA")),
        (V201, "Authorize", {"idToken": EMAID}, AuthorizeRequested(TOKEN)),
        (V201, "Authorize", {"idToken": EMAID, "iso15118CertificateHashData": [OCSP]},
         ContractAuthorizeRequested(TOKEN, (QUERY,))),
        (V201, "Authorize", {"idToken": EMAID, "certificate": "P"}, ContractAuthorizeRequested(TOKEN, (), "P")),
        (V16, "DataTransfer", pnc("Authorize", {"idToken": EMAID, "iso15118CertificateHashData": [OCSP]}),
         ContractAuthorizeRequested(TOKEN, (QUERY,))),
        (V16, "DataTransfer", pnc("Authorize", {"idToken": "DE8AAC12345678", "certificate": "P"}),
         ContractAuthorizeRequested(TOKEN, (), "P")),
        (V16, "DataTransfer", pnc("Authorize", {"idToken": EMAID}), AuthorizeRequested(TOKEN)),
        (V16, "DataTransfer", pnc("SignCertificate", {"csr": "C"}), CertificateSigningRequested("C", V2G)),
        (V16, "DataTransfer", pnc("GetCertificateStatus", {"ocspRequestData": OCSP}),
         CertificateStatusRequested(QUERY)),
        (V16, "DataTransfer", pnc("Get15118EVCertificate", EXI),
         ContractCertificateRequested("urn:2", "Install", "AAAA")),
        (V16, "DataTransfer", pnc("Heartbeat", {}), DataTransferred(PNC, "Heartbeat", "{}", "UnknownMessageId")),
        (V16, "DataTransfer", {"vendorId": PNC}, DataTransferred(PNC, "", None, "UnknownMessageId")),
        (V16, "DataTransfer", {"vendorId": PNC, "messageId": "Authorize"},
         DataTransferred(PNC, "Authorize", None, "Rejected")),
        (V16, "DataTransfer", pnc("Authorize", "{broken"), DataTransferred(PNC, "Authorize", "{broken", "Rejected")),
        (V16, "DataTransfer", pnc("Authorize", "[1]"), DataTransferred(PNC, "Authorize", "[1]", "Rejected")),
        (V16, "DataTransfer", pnc("Authorize", '{"idToken":7}'),
         DataTransferred(PNC, "Authorize", '{"idToken":7}', "Rejected")),
        (V16, "DataTransfer", {"vendorId": "acme", "messageId": "Authorize"}, DataTransferred("acme", "Authorize")),
    ],
)  # fmt: skip
def test_what_a_station_asks_becomes_the_same_event_in_every_version(version, action, payload, event):
    got = call(connect(version), action, payload)

    assert isinstance(got, Inbound)
    assert got.event == event


INVALID = IdTokenInfo(AuthorizationStatus.INVALID)


def wrapped(**said) -> dict:
    return {"status": "Accepted", "data": said}


@pytest.mark.parametrize(
    ("version", "action", "reply", "said"),
    [
        (V16, "SignCertificate", SignCertificateReply("Rejected", "too short"), {"status": "Rejected"}),
        (V201, "SignCertificate", SignCertificateReply("Accepted"), {"status": "Accepted"}),
        (V201, "SignCertificate", SignCertificateReply("Rejected", "too short"),
         {"status": "Rejected", "statusInfo": {"reasonCode": "InvalidCSR", "additionalInfo": "too short"}}),
        (V201, "GetCertificateStatus", CertificateStatusReply("Accepted", "MAo="),
         {"status": "Accepted", "ocspResult": "MAo="}),
        (V201, "GetCertificateStatus", CertificateStatusReply("Failed"), {"status": "Failed"}),
        (V201, "Get15118EVCertificate", ContractCertificateReply("Failed"), {"status": "Failed", "exiResponse": ""}),
        (V201, "Authorize", AuthorizeReply(INVALID, "CertificateRevoked"),
         {"idTokenInfo": {"status": "Invalid"}, "certificateStatus": "CertificateRevoked"}),
        (V201, "Authorize", AuthorizeReply(INVALID), {"idTokenInfo": {"status": "Invalid"}}),
        (V16, "DataTransfer", AuthorizeReply(INVALID, "CertificateRevoked"),
         wrapped(idTokenInfo={"status": "Invalid"}, certificateStatus="CertificateRevoked")),
        (V16, "DataTransfer", SignCertificateReply("Accepted"), wrapped(status="Accepted")),
        (V16, "DataTransfer", CertificateStatusReply("Failed"), wrapped(status="Failed")),
        (V16, "DataTransfer", ContractCertificateReply("Accepted", "BB"),
         wrapped(status="Accepted", exiResponse="BB")),
        (V16, "DataTransfer", DataTransferReply("UnknownMessageId"), {"status": "UnknownMessageId"}),
    ],
)  # fmt: skip
def test_what_it_is_answered(version, action, reply, said):
    adapter = adapter_for(version)

    payload = adapter.encode_reply[action](reply)

    assert adapter.schemas.check_response(action, payload) == ()
    if "data" in payload:
        payload["data"] = json.loads(payload["data"])
    assert payload == said


INSTALL = {"certificateType": MO, "certificate": "P"}
DELETE = DeleteCertificate("SHA256", "aa", "bb", "0C")


@pytest.mark.ocpp(
    None, "CertificateSigned", "InstallCertificate", "GetInstalledCertificateIds", "DeleteCertificate"
)  # fmt: skip
@pytest.mark.ocpp("1.6", "DataTransfer")
@pytest.mark.parametrize(
    ("command", "in_16", "in_201"),
    [
        (CertificateSigned("P"), ("CertificateSigned", {"certificateChain": "P"}),
         ("CertificateSigned", {"certificateChain": "P", "certificateType": STATION})),
        (CertificateSigned("P", V2G, 7),
         ("DataTransfer", pnc("CertificateSigned", {"certificateChain": "P", "certificateType": V2G})),
         ("CertificateSigned", {"certificateChain": "P", "certificateType": V2G})),
        (InstallCertificate(CSMS, "P"),
         ("InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": "P"}),
         ("InstallCertificate", {"certificateType": CSMS, "certificate": "P"})),
        (InstallCertificate(MO, "P"), ("DataTransfer", pnc("InstallCertificate", INSTALL)),
         ("InstallCertificate", INSTALL)),
        (GetInstalledCertificateIds(), IMPOSSIBLE, ("GetInstalledCertificateIds", {})),
        (GetInstalledCertificateIds((CSMS,)),
         ("GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"}),
         ("GetInstalledCertificateIds", {"certificateType": [CSMS]})),
        (GetInstalledCertificateIds((MO, "V2GCertificateChain")),
         ("DataTransfer",
          pnc("GetInstalledCertificateIds", {"certificateType": [MO, "V2GCertificateChain"]})),
         ("GetInstalledCertificateIds", {"certificateType": [MO, "V2GCertificateChain"]})),
        (GetInstalledCertificateIds((CSMS, MO)), IMPOSSIBLE,
         ("GetInstalledCertificateIds", {"certificateType": [CSMS, MO]})),
        (DELETE, ("DeleteCertificate", {"certificateHashData": HASH}),
         ("DeleteCertificate", {"certificateHashData": HASH})),
        (DeleteCertificate("SHA256", "aa", "bb", "0C", MO),
         ("DataTransfer", pnc("DeleteCertificate", {"certificateHashData": HASH})),
         ("DeleteCertificate", {"certificateHashData": HASH})),
        (TriggerMessage("SignV2GCertificate"),
         ("DataTransfer", pnc("TriggerMessage", {"requestedMessage": "SignV2GCertificate"})),
         ("TriggerMessage", {"requestedMessage": "SignV2GCertificate"})),
    ],
)  # fmt: skip
def test_a_command_in_the_words_of_each_version(command, in_16, in_201):
    for version, expected in ((V16, in_16), (V201, in_201)):
        adapter = adapter_for(version)
        if expected is IMPOSSIBLE:
            with pytest.raises(CommandNotExpressible):
                adapter.encode_command(command)
        else:
            assert adapter.encode_command(command) == expected
            assert adapter.validate_request(*expected) == []


LISTED = {"status": "Accepted", "certificateHashData": [HASH, OTHER]}
CHAINED = {
    "status": "Accepted",
    "certificateHashDataChain": [
        {"certificateType": "V2GCertificateChain", "certificateHashData": HASH, "childCertificateHashData": [OTHER]}
    ],
}


@pytest.mark.parametrize(
    ("version", "action", "request_", "response", "accepted", "learnt"),
    [
        (V16, "CertificateSigned", {"certificateChain": "P"}, {"status": "Accepted"}, True,
         CertificateAnswered("P", True, "Accepted")),
        (V201, "CertificateSigned", {"certificateChain": "P"}, {"status": "Rejected"}, False,
         CertificateAnswered("P", False, "Rejected")),
        (V16, "InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": "P"},
         {"status": "Accepted"}, True, CertificateInstalled(CSMS, "P")),
        (V201, "InstallCertificate", INSTALL, {"status": "Accepted"}, True, CertificateInstalled(MO, "P")),
        (V201, "InstallCertificate", INSTALL, {"status": "Rejected"}, False, None),
        (V201, "InstallCertificate", INSTALL, {"status": "Failed"}, False, None),
        (V16, "GetInstalledCertificateIds", {"certificateType": "ManufacturerRootCertificate"}, LISTED, True,
         CertificatesListed(("ManufacturerRootCertificate",), (
             InstalledCertificate("ManufacturerRootCertificate", DATA),
             InstalledCertificate("ManufacturerRootCertificate", OTHER_DATA)))),
        (V201, "GetInstalledCertificateIds", {}, CHAINED, True,
         CertificatesListed((), (InstalledCertificate("V2GCertificateChain", DATA, (OTHER_DATA,)),))),
        (V201, "GetInstalledCertificateIds", {"certificateType": [MO]}, {"status": "NotFound"}, True,
         CertificatesListed((MO,), ())),
        (V16, "DeleteCertificate", {"certificateHashData": HASH}, {"status": "Accepted"}, True,
         CertificateDeleted(DATA)),
        (V201, "DeleteCertificate", {"certificateHashData": HASH}, {"status": "NotFound"}, False,
         CertificateDeleted(DATA)),
        (V201, "DeleteCertificate", {"certificateHashData": HASH}, {"status": "Failed"}, False, None),
        (V16, "DataTransfer", pnc("InstallCertificate", INSTALL),
         {"status": "Accepted", "data": '{"status":"Accepted"}'}, True, CertificateInstalled(MO, "P")),
        (V16, "DataTransfer", pnc("InstallCertificate", INSTALL),
         {"status": "Accepted", "data": '{"status":"Rejected"}'}, False, None),
        (V16, "DataTransfer", pnc("InstallCertificate", INSTALL), {"status": "UnknownVendorId"}, False, None),
        (V16, "DataTransfer", pnc("InstallCertificate", INSTALL), {"status": "Accepted"}, False, None),
        (V16, "DataTransfer", pnc("InstallCertificate", INSTALL), {"status": "Accepted", "data": "{}"}, False, None),
        (V16, "DataTransfer", pnc("GetInstalledCertificateIds", {"certificateType": [MO]}),
         {"status": "Accepted", "data": json.dumps(CHAINED)}, True,
         CertificatesListed((MO,), (InstalledCertificate("V2GCertificateChain", DATA, (OTHER_DATA,)),))),
        (V16, "DataTransfer", {"vendorId": "acme", "data": "x"}, {"status": "Accepted", "data": "y"}, True, None),
    ],
)  # fmt: skip
def test_what_an_answer_teaches_even_one_to_a_raw_call(version, action, request_, response, accepted, learnt):
    connection = connect(version)
    connection.send_command(RawCall(action, request_), "c1")

    got = answer(connection, "c1", response)

    assert isinstance(got, CommandAnswered)
    assert got.result.accepted is accepted
    assert got.result.learnt == (() if learnt is None else (learnt,))


@pytest.mark.parametrize(
    ("version", "action", "message"),
    [
        (V16, "ExtendedTriggerMessage", "SignChargePointCertificate"),
        (V201, "TriggerMessage", "SignChargingStationCertificate"),
        (V201, "TriggerMessage", "SignV2GCertificate"),
    ],
)
def test_a_pending_station_may_send_the_request_it_was_asked_for(version, action, message):
    assert adapter_for(version).invited_by(action, {"requestedMessage": message}) == {"SignCertificate"}
