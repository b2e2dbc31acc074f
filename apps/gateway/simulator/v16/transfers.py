"""Firmware and logs in 1.6, with the security extension."""

from functools import partial

from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.firmware import Update, update_firmware
from apps.gateway.simulator.logs import cancel_running, upload_log
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.v16 import messages


def update_unsigned(station: Station, payload: dict) -> Reply:
    update = Update(payload["location"], payload["retrieveDate"], messages.firmware_status, tells_waiting=False)
    return Reply({}, lambda: update_firmware(station, update))


def update_signed(station: Station, payload: dict) -> Reply:
    if station.firmware_answer:
        return Reply({"status": station.firmware_answer})
    firmware = payload["firmware"]

    def notice(word: str) -> Message:
        return Message("SignedFirmwareStatusNotification", {"status": word, "requestId": payload["requestId"]})

    update = Update(
        firmware["location"],
        firmware["retrieveDateTime"],
        notice,
        install_at=firmware.get("installDateTime"),
        signature=firmware["signature"],
        certificate=firmware["signingCertificate"],
    )
    return Reply({"status": "Accepted"}, lambda: update_firmware(station, update))


def get_diagnostics(station: Station, payload: dict) -> Reply:
    if station.log_answer:
        return Reply({})
    cancel_running(station)
    name = f"{station.spec.identity}-diagnostics.txt"
    work = partial(upload_log, station, location=payload["location"], name=name, kind="DiagnosticsLog")
    word = "UploadFailed"
    return Reply({"fileName": name}, lambda: work(notice=lambda said: _diagnostics(said, word), failure=word))


def _diagnostics(word: str, failure: str) -> Message:
    """Its only word of failure."""
    return messages.diagnostics_status(word if word in ("Uploading", "Uploaded") else failure)


def get_log(station: Station, payload: dict) -> Reply:
    if station.log_answer:
        return Reply({"status": station.log_answer})
    status = "AcceptedCanceled" if cancel_running(station) else "Accepted"
    name = f"{station.spec.identity}-{payload['logType']}.txt"

    def notice(word: str) -> Message:
        return Message("LogStatusNotification", {"status": word, "requestId": payload["requestId"]})

    location = payload["log"]["remoteLocation"]
    work = partial(upload_log, station, location=location, name=name, kind=payload["logType"], notice=notice)
    return Reply({"status": status, "filename": name}, lambda: work(failure="UploadFailure"))


HANDLERS: dict[str, Handler] = {
    "GetDiagnostics": get_diagnostics,
    "GetLog": get_log,
    "SignedUpdateFirmware": update_signed,
    "UpdateFirmware": update_unsigned,
}
