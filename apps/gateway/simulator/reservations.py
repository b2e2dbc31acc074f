"""Places that a simulated station keeps: for one token, and for the tokens of its group."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from apps.gateway.simulator import clock
from apps.gateway.simulator.errors import SimulatorError
from apps.gateway.simulator.evse import Evse, Status

if TYPE_CHECKING:
    from apps.gateway.simulator.station import Station


class ReservedForAnother(SimulatorError):
    """Somebody else's card at a reserved place."""


@dataclass(frozen=True)
class Hold:
    """`evse` None is any place; `group` is the group whose other tokens may use it, None for no group."""

    number: int
    token: str
    expires_at: datetime
    evse: Evse | None = None
    group: str | None = None


def judge(station: "Station", evse: Evse | None, number: int) -> str:
    """The ReserveNow status for a place: Accepted, Faulted, Occupied or Unavailable."""
    places = [evse] if evse else list(station.evses.values())
    mine = station.holds.get(number)
    free = [one for one in places if one.status == Status.AVAILABLE or (mine is not None and mine.evse is one)]
    floating = [hold for hold in station.holds.values() if hold.evse is None and hold.number != number]
    if free and (evse is not None or len(free) > len(floating)):
        return "Accepted"
    words = {one.status for one in places}
    for status in (Status.FAULTED, Status.UNAVAILABLE):
        if words == {status}:
            return str(status)
    return "Occupied"


async def keep(station: "Station", hold: Hold) -> None:
    """Hold the place until somebody uses it, it is cancelled, or its time is over."""
    if hold.evse is not None and hold.evse.transaction is None:
        await station.change_status(hold.evse, Status.RESERVED)
    await asyncio.sleep(max(0.0, (hold.expires_at - clock.now()).total_seconds()))
    if station.holds.get(hold.number) is hold:
        await release(station, hold)
        await station.notify(*station.dialect.reservation_over(hold.number, "Expired"))


async def release(station: "Station", hold: Hold) -> None:
    """Give the place free."""
    station.holds.pop(hold.number, None)
    if hold.evse is not None and hold.evse.transaction is None:
        await station.change_status(hold.evse, resting_status(station, hold.evse))


async def drop(station: "Station", evse: Evse) -> None:
    """The EVSE broke: nobody's place any more."""
    for hold in [hold for hold in station.holds.values() if hold.evse is evse]:
        station.holds.pop(hold.number)
        await station.notify(*station.dialect.reservation_over(hold.number, "Removed"))


def hold_at(station: "Station", evse: Evse) -> Hold | None:
    """The reservation of this very EVSE."""
    return next((hold for hold in station.holds.values() if hold.evse is evse), None)


def resting_status(station: "Station", evse: Evse) -> Status:
    """The state of the EVSE without a transaction, its reservation considered."""
    resting = evse.resting_status()
    return Status.RESERVED if resting == Status.AVAILABLE and hold_at(station, evse) else resting


def is_open_to(station: "Station", evse: Evse, token: str, group: str | None = None) -> bool:
    """Whether a remote start for `token` (of `group`, if told) meets no reservation of another at `evse`."""
    hold = hold_at(station, evse)
    return hold is None or hold.token == token or (group is not None and hold.group == group)


async def claim(station: "Station", evse: Evse, token: str | None) -> Hold | None:
    """The reservation that `token` uses at `evse`, taken away; None where nothing is reserved for it.

    A card of another is refused at a reserved EVSE, and at the last free one where any place is reserved; which group
    a card belongs to is asked of the central system. Raises ReservedForAnother.
    """
    at_evse = hold_at(station, evse)
    floating = [hold for hold in station.holds.values() if hold.evse is None]
    candidates = ([at_evse] if at_evse else []) + floating
    used = next((hold for hold in candidates if hold.token == token), None)
    if used is None and token and any(hold.group for hold in candidates) and station.connected:
        group = await station.ask_group(token)
        used = next((hold for hold in candidates if group and hold.group == group), None)
    free = sum(1 for one in station.evses.values() if one.is_free and hold_at(station, one) is None)
    if used is None and (at_evse is not None or (floating and free <= len(floating))):
        raise ReservedForAnother(f"{station.spec.identity}: EVSE {evse.number} is reserved for another")
    if used is not None:
        station.holds.pop(used.number)
    return used
