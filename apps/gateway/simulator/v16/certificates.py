"""Certificates of a 1.6 station: its own by the security extension, those of vehicles within DataTransfer."""

import json

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v201 import certificates as newer

PLUG_AND_CHARGE = "org.openchargealliance.iso15118pnc"
WORDS = {"CentralSystemRootCertificate": "CSMSRootCertificate"}


def sign_certificate(station: Station) -> Message:
    return Message("SignCertificate", {"csr": station.certificates.new_request()})


def certificate_signed(station: Station, payload: dict) -> Reply:
    return newer.certificate_signed(station, payload)


def install_certificate(station: Station, payload: dict) -> Reply:
    return newer.install_certificate(station, payload | {"certificateType": _neutral(payload)})


def get_installed_certificate_ids(station: Station, payload: dict) -> Reply:
    found = station.certificates.listed([_neutral(payload)])
    if not found:
        return Reply({"status": "NotFound"})
    return Reply({"status": "Accepted", "certificateHashData": [one["certificateHashData"] for one in found]})


def plug_and_charge(station: Station, payload: dict) -> Reply:
    """A message of 2.0.1 within DataTransfer, and the answer within its answer."""
    action, message = payload.get("messageId", ""), json.loads(payload["data"])
    if action == "TriggerMessage":
        wanted = message["requestedMessage"]
        return _wrapped(Reply({"status": "Accepted"}, lambda: _ask(station, wanted)))
    handler = newer.HANDLERS.get(action)
    return _wrapped(handler(station, message)) if handler else Reply({"status": "UnknownMessageId"})


async def _ask(station: Station, trigger: str) -> None:
    if station.certificates.fault != "silent":
        inner = newer.sign_certificate(station, newer.KINDS[trigger])
        data = {"vendorId": PLUG_AND_CHARGE, "messageId": inner.action, "data": json.dumps(inner.payload)}
        await station.notify(Message("DataTransfer", data))


def _wrapped(reply: Reply) -> Reply:
    return Reply({"status": "Accepted", "data": json.dumps(reply.payload)}, reply.then)


def _neutral(payload: dict) -> str:
    return WORDS.get(payload["certificateType"], payload["certificateType"])


HANDLERS: dict[str, Handler] = {
    "CertificateSigned": certificate_signed,
    "DeleteCertificate": newer.delete_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "InstallCertificate": install_certificate,
}
