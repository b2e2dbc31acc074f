"""Firmware (block L) and logs (block N) in 2.0.1."""

from functools import partial

from apps.gateway.simulator import background
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.firmware import Update, update_firmware
from apps.gateway.simulator.logs import cancel_running, upload_log
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.transfers import TransferFailed, download
from apps.gateway.simulator.v201 import messages

ACCEPTED = {"status": "Accepted"}


def update(station: Station, payload: dict) -> Reply:
    if station.firmware_answer:
        return Reply({"status": station.firmware_answer})
    firmware = payload["firmware"]
    wanted = Update(
        firmware["location"],
        firmware["retrieveDateTime"],
        lambda word: messages.firmware_status(word, payload["requestId"]),
        install_at=firmware.get("installDateTime"),
        signature=firmware.get("signature"),
        certificate=firmware.get("signingCertificate"),
    )
    return Reply(ACCEPTED, lambda: update_firmware(station, wanted))


def publish(station: Station, payload: dict) -> Reply:
    """Fetch, compare the checksum, offer."""
    if station.firmware_answer:
        return Reply({"status": "Rejected"})

    def notice(word: str, **more: object) -> Message:
        return Message("PublishFirmwareStatusNotification", {"status": word, "requestId": payload["requestId"], **more})

    async def work() -> None:
        await background.tell_in_steps(station, [notice("Downloading")])
        try:
            fetched = await download(payload["location"])
        except TransferFailed as error:
            station.say(f"firmware: {error}")
            await background.tell_in_steps(station, [notice("DownloadFailed")])
            return
        await background.tell_in_steps(station, [notice("Downloaded")])
        if fetched.md5 != payload["checksum"].lower():
            await background.tell_in_steps(station, [notice("InvalidChecksum")])
            return
        station.published[fetched.md5] = payload["location"]
        where = [f"http://{station.spec.identity}.local/{fetched.md5}"]
        await background.tell_in_steps(station, [notice("ChecksumVerified"), notice("Published", location=where)])

    return Reply(ACCEPTED, work)


def unpublish(station: Station, payload: dict) -> Reply:
    gone = station.published.pop(payload["checksum"].lower(), None)
    return Reply({"status": "NoFirmware" if gone is None else "Unpublished"})


def get_log(station: Station, payload: dict) -> Reply:
    if station.log_answer:
        return Reply({"status": station.log_answer})
    status = "AcceptedCanceled" if cancel_running(station) else "Accepted"
    name = f"{station.spec.identity}-{payload['logType']}.txt"
    work = partial(
        upload_log,
        station,
        location=payload["log"]["remoteLocation"],
        name=name,
        kind=payload["logType"],
        notice=lambda word: messages.log_status(word, payload["requestId"]),
    )
    return Reply({"status": status, "filename": name}, lambda: work(failure="UploadFailure"))


HANDLERS: dict[str, Handler] = {
    "GetLog": get_log,
    "PublishFirmware": publish,
    "UnpublishFirmware": unpublish,
    "UpdateFirmware": update,
}
