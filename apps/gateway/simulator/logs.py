"""The upload of a log as a station goes through it, whatever its version."""

import asyncio
from collections.abc import Callable

from apps.gateway.simulator import background
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.station import Station
from apps.gateway.simulator.transfers import TransferFailed, upload


def log_text(station: Station, kind: str) -> bytes:
    """Some lines of what the station did; ``station.log_content`` instead, where a test gives one."""
    if station.log_content is not None:
        return station.log_content
    lines = [f"{station.now()} {kind} of {station.spec.identity}, firmware {station.firmware}"]
    lines += [f"{station.now()} EVSE {evse.number} {evse.status}" for evse in station.evses.values()]
    return ("\n".join(lines) + "\n").encode()


async def upload_log(
    station: Station, *, location: str, name: str, kind: str, notice: Callable[[str], Message], failure: str
) -> None:
    """Upload once, telling Uploading and how it ended; ``failure`` is the version's word for "it did not work".

    A newer upload cancels one that is under way, which then tells nothing more.
    """
    station.log_upload = asyncio.current_task()
    await background.tell_in_steps(station, [notice("Uploading")])
    if station.log_failure:
        await background.tell_in_steps(station, [notice(station.log_failure or failure)])
        return
    try:
        await upload(location, name, log_text(station, kind))
    except TransferFailed as error:
        station.say(f"log: {error}")
        await background.tell_in_steps(station, [notice(failure)])
        return
    await background.tell_in_steps(station, [notice("Uploaded")])


def cancel_running(station: Station) -> bool:
    """Whether an upload was under way, and is no more."""
    task = station.log_upload
    if task is None or task.done():
        return False
    task.cancel()
    return True
