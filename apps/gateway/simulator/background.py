"""Long work of a station after it accepted a command, told step by step."""

import asyncio
from collections.abc import Iterable

from apps.gateway.simulator import clock
from apps.gateway.simulator.delivery import Message
from apps.gateway.simulator.station import Station

STEP_S = 0.5


async def sleep_until(text: str) -> None:
    """Wait for an instant as OCPP writes it; one that has passed does not wait."""
    await asyncio.sleep(max(0.0, (clock.parse(text) - clock.now()).total_seconds()))


async def tell_in_steps(station: Station, notices: Iterable[Message]) -> None:
    """Send notices one after the other, half a second apart."""
    for notice in notices:
        await asyncio.sleep(STEP_S)
        await station.notify(notice)
