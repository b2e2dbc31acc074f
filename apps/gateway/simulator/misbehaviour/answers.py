"""Stations that do not answer as they should."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from apps.gateway.simulator.dialect import Reply
from apps.gateway.simulator.misbehaviour.base import OF_2, Misbehaviour

if TYPE_CHECKING:
    from apps.gateway.simulator.station import Station


class LateAnswer(Misbehaviour):
    name = "late-answer"
    sentence = "Answers come 40 seconds late, when nobody waits for them any more."
    delay_s: ClassVar[float] = 40

    async def answer(self, station: "Station", action: str, reply: Reply) -> Reply | None:
        await asyncio.sleep(self.delay_s)
        return reply


class NeverAnswers(Misbehaviour):
    name = "never-answers"
    sentence = "Requests of the central system are neither answered nor obeyed."

    async def answer(self, station: "Station", action: str, reply: Reply) -> Reply | None:
        return None


class AnswerInvalidPayload(Misbehaviour):
    name = "answer-invalid-payload"
    sentence = "Answers have the wrong shape: a status that does not exist and a field of another version."

    async def answer(self, station: "Station", action: str, reply: Reply) -> Reply | None:
        return Reply({"status": "Perhaps", "listVersionNumber": "three"}, reply.then)


class RemoteStartIgnored(Misbehaviour):
    name = "remote-start-ignored"
    sentence = "A remote start is accepted and nothing follows."

    async def answer(self, station: "Station", action: str, reply: Reply) -> Reply | None:
        return Reply(reply.payload) if action in ("RemoteStartTransaction", "RequestStartTransaction") else reply


class FirmwareDownloadFails(Misbehaviour):
    name = "firmware-download-fails"
    sentence = "Firmware updates end in DownloadFailed."

    async def on_connected(self, station: "Station") -> None:
        station.firmware_failure = "DownloadFailed"


class FirmwareInstallFails(Misbehaviour):
    name = "firmware-install-fails"
    sentence = "Firmware updates end in InstallationFailed."

    async def on_connected(self, station: "Station") -> None:
        station.firmware_failure = "InstallationFailed"


class FirmwareSignatureRefused(Misbehaviour):
    name = "firmware-signature-refused"
    sentence = "Signed firmware updates end in InvalidSignature."

    async def on_connected(self, station: "Station") -> None:
        station.firmware_failure = "InvalidSignature"


class FirmwareVerificationFails(Misbehaviour):
    name = "firmware-verification-fails"
    sentence = "Firmware updates end in InstallVerificationFailed."
    versions = OF_2

    async def on_connected(self, station: "Station") -> None:
        station.firmware_failure = "InstallVerificationFailed"


class FirmwareRefused(Misbehaviour):
    name = "firmware-refused"
    sentence = "Requests to update the firmware are rejected."
    versions = OF_2

    async def on_connected(self, station: "Station") -> None:
        station.firmware_answer = "Rejected"


class FirmwareCertificateInvalid(Misbehaviour):
    name = "firmware-certificate-invalid"
    sentence = "Requests to update the firmware are answered with InvalidCertificate."
    versions = OF_2

    async def on_connected(self, station: "Station") -> None:
        station.firmware_answer = "InvalidCertificate"


class FirmwareCertificateRevoked(Misbehaviour):
    name = "firmware-certificate-revoked"
    sentence = "Requests to update the firmware are answered with RevokedCertificate."
    versions = OF_2

    async def on_connected(self, station: "Station") -> None:
        station.firmware_answer = "RevokedCertificate"


class LogUploadFails(Misbehaviour):
    name = "log-upload-fails"
    sentence = "Logs and diagnostics are never uploaded."

    async def on_connected(self, station: "Station") -> None:
        station.log_failure = "UploadFailure"


class LogRefused(Misbehaviour):
    name = "log-refused"
    sentence = "Requests for logs are rejected; in 1.6 there are no diagnostics."

    async def on_connected(self, station: "Station") -> None:
        station.log_answer = "Rejected"


class CertificateRefused(Misbehaviour):
    name = "certificate-refused"
    sentence = "Certificates are refused: its own that it asked for, and those of authorities."

    async def on_connected(self, station: "Station") -> None:
        station.certificates.fault = "refuses"


class CertificateBadRequest(Misbehaviour):
    name = "certificate-bad-request"
    sentence = "Its requests to have a certificate signed cannot be read."

    async def on_connected(self, station: "Station") -> None:
        station.certificates.fault = "bad-request"


class CertificateSilent(Misbehaviour):
    name = "certificate-silent"
    sentence = "Asked to renew its certificate it accepts, and no request follows."

    async def on_connected(self, station: "Station") -> None:
        station.certificates.fault = "silent"


KINDS = (
    LateAnswer,
    NeverAnswers,
    AnswerInvalidPayload,
    RemoteStartIgnored,
    FirmwareDownloadFails,
    FirmwareInstallFails,
    FirmwareSignatureRefused,
    FirmwareVerificationFails,
    FirmwareRefused,
    FirmwareCertificateInvalid,
    FirmwareCertificateRevoked,
    LogUploadFails,
    LogRefused,
    CertificateRefused,
    CertificateBadRequest,
    CertificateSilent,
)
