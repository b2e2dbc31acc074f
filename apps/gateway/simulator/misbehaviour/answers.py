"""Stations that do not answer as they should."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from apps.gateway.simulator.dialect import Reply
from apps.gateway.simulator.misbehaviour.base import Misbehaviour

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


KINDS = (
    LateAnswer,
    NeverAnswers,
    AnswerInvalidPayload,
    RemoteStartIgnored,
    FirmwareDownloadFails,
    FirmwareInstallFails,
)
