"""Long work of a station after it accepted a command: firmware updates and uploads, told step by step."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import takewhile

from apps.gateway.simulator import clock
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.station import Station

STEP_S = 0.5
REPLACES = {"DownloadFailed": "Downloaded", "InstallationFailed": "Installed"}


async def sleep_until(text: str) -> None:
    """Wait for an instant as OCPP writes it; one that has passed does not wait."""
    await asyncio.sleep(max(0.0, (clock.parse(text) - clock.now()).total_seconds()))


async def tell_in_steps(station: Station, notices: Iterable[Message]) -> None:
    """Send notices one after the other, half a second apart."""
    for notice in notices:
        await asyncio.sleep(STEP_S)
        await station.notify(notice)


async def update_firmware(
    station: Station, location: str, retrieve_at: str, words: list[str], notice: Callable[[str], Message]
) -> None:
    """Wait for the agreed moment, tell every step, restart with the new version before the last one.

    The new version is what the file name says: ``https://host/acme-2.4.1.bin`` becomes ``acme-2.4.1``. With a
    `firmware_failure` the steps end in that word and the version stays.
    """
    await sleep_until(retrieve_at)
    if station.firmware_failure:
        done = takewhile(lambda word: word != REPLACES[station.firmware_failure], words)
        await tell_in_steps(station, [notice(word) for word in (*done, station.firmware_failure)])
        return
    await tell_in_steps(station, [notice(word) for word in words[:-1]])
    file_name = location.rstrip("/").rsplit("/", 1)[-1]
    station.firmware = (file_name.rsplit(".", 1)[0] if "." in file_name else file_name)[:50] or station.firmware
    await station.restart(stop_reason="Reboot", boot_reason="FirmwareUpdate")
    await station.notify(notice(words[-1]))
