"""Certificates of a 2.x station (blocks A and M)."""

from apps.gateway.simulator.certificates import STATION
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station

KINDS = {
    "SignChargingStationCertificate": STATION,
    "SignV2GCertificate": "V2GCertificate",
    "SignV2G20Certificate": "V2G20Certificate",
}


def sign_certificate(station: Station, kind: str = STATION) -> Message:
    """A request for a new certificate."""
    return Message("SignCertificate", {"csr": station.certificates.new_request(kind), "certificateType": kind})


async def ask_for_certificate(station: Station, trigger: str) -> None:
    """What follows the trigger, unless this station never asks."""
    if station.certificates.fault != "silent":
        await station.notify(sign_certificate(station, KINDS[trigger]))


def certificate_signed(station: Station, payload: dict) -> Reply:
    taken = station.certificates.take(payload["certificateChain"], payload.get("certificateType", STATION))
    return Reply({"status": "Accepted" if taken else "Rejected"})


def install_certificate(station: Station, payload: dict) -> Reply:
    return Reply({"status": station.certificates.install(payload["certificateType"], payload["certificate"])})


def get_installed_certificate_ids(station: Station, payload: dict) -> Reply:
    found = station.certificates.listed(payload.get("certificateType"))
    return Reply({"status": "Accepted", "certificateHashDataChain": found} if found else {"status": "NotFound"})


def delete_certificate(station: Station, payload: dict) -> Reply:
    return Reply({"status": station.certificates.delete(payload["certificateHashData"])})


HANDLERS: dict[str, Handler] = {
    "CertificateSigned": certificate_signed,
    "DeleteCertificate": delete_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "InstallCertificate": install_certificate,
}
