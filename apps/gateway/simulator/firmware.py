"""A firmware update as a station goes through it, whatever its version."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.chargers.engine.signatures import UnreadableSignature, is_signed_by
from apps.gateway.simulator import background, clock
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.transfers import Fetched, TransferFailed, download

FAILS_INSTEAD_OF = {
    "DownloadFailed": "Downloaded",
    "InvalidSignature": "SignatureVerified",
    "InstallVerificationFailed": "Installing",
    "InstallationFailed": "Installed",
}
"""Failures that can be configured, by the word that would stand in their place."""


@dataclass(frozen=True)
class Update:
    """What was asked, and how this version tells a step."""

    location: str
    retrieve_at: str
    notice: Callable[[str], Message]
    install_at: str | None = None
    signature: str | None = None
    certificate: str | None = None
    tells_waiting: bool = True
    """Whether the version has words for planned steps (1.6 without its security extension has none)."""


async def update_firmware(station: Station, update: Update) -> None:
    """Fetch, check, wait for the agreed moments, restart with the new version, tell every step.

    A station with a ``firmware_failure`` fetches nothing and ends in that word. The new version is the first line
    ``VERSION=…`` of the file, or its name: ``https://host/acme-2.4.1.bin`` becomes ``acme-2.4.1``.
    """
    if update.tells_waiting and _lies_ahead(update.retrieve_at):
        await background.tell_in_steps(station, [update.notice("DownloadScheduled")])
    await background.sleep_until(update.retrieve_at)
    fetched = await _fetch(station, update)
    if fetched is None:
        return
    if update.signature and not await _verify(station, update, fetched):
        return
    if update.install_at and _lies_ahead(update.install_at):
        await background.tell_in_steps(station, [update.notice("InstallScheduled")])
        await background.sleep_until(update.install_at)
    if not await _step(station, update, "Installing"):
        return
    if station.firmware_failure == "InstallationFailed":
        await background.tell_in_steps(station, [update.notice("InstallationFailed")])
        return
    if update.tells_waiting:
        await background.tell_in_steps(station, [update.notice("InstallRebooting")])
    station.firmware = fetched.version or _version_in(update.location) or station.firmware
    await station.restart(stop_reason="Reboot", boot_reason="FirmwareUpdate")
    await station.notify(update.notice("Installed"))


async def _fetch(station: Station, update: Update) -> Fetched | None:
    await background.tell_in_steps(station, [update.notice("Downloading")])
    fetched: Fetched | None = Fetched("", "", 0, "")
    if not station.firmware_failure:
        try:
            fetched = await download(update.location)
        except TransferFailed as error:
            station.say(f"firmware: {error}")
            fetched = None
    if fetched is None or station.firmware_failure == "DownloadFailed":
        await background.tell_in_steps(station, [update.notice("DownloadFailed")])
        return None
    await background.tell_in_steps(station, [update.notice("Downloaded")])
    return fetched


async def _verify(station: Station, update: Update, fetched: Fetched) -> bool:
    try:
        is_good = bool(station.firmware_failure) or is_signed_by(
            update.certificate or "", signature=update.signature or "", sha256=fetched.sha256
        )
    except UnreadableSignature as error:
        station.say(f"firmware: {error}")
        is_good = False
    if not is_good:
        await background.tell_in_steps(station, [update.notice("InvalidSignature")])
        return False
    return await _step(station, update, "SignatureVerified")


async def _step(station: Station, update: Update, word: str) -> bool:
    """Tell the word, or the failure that stands in its place; whether it goes on."""
    failure = station.firmware_failure
    failed = failure is not None and FAILS_INSTEAD_OF.get(failure) == word
    await background.tell_in_steps(station, [update.notice(failure if failed and failure else word)])
    return not failed


def _lies_ahead(text: str) -> bool:
    return clock.parse(text) > clock.now()


def _version_in(location: str) -> str:
    file_name = location.rstrip("/").rsplit("/", 1)[-1]
    return (file_name.rsplit(".", 1)[0] if "." in file_name else file_name)[:50]
