"""Priority, dynamic schedules and signals of the grid, as a station without a priority profile takes them."""

from dataclasses import replace

from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station

ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}


def use_priority(station: Station, payload: dict) -> Reply:
    if station.evse_of_transaction(payload["transactionId"]) is None:
        return Reply(REJECTED)
    return Reply(
        ACCEPTED if any(p.purpose == "PriorityCharging" for p in station.profiles.profiles) else {"status": "NoProfile"}
    )


def update_schedule(station: Station, payload: dict) -> Reply:
    """New values for the one period of an installed dynamic profile."""
    known = station.profiles.find(payload["chargingProfileId"])
    if known is None or known.kind != "Dynamic":
        return Reply(REJECTED)
    if (limit := payload["scheduleUpdate"].get("limit")) is not None:
        station.profiles.install(replace(known, periods=((0, limit, None),)))
    return Reply(ACCEPTED)


def take_signal(station: Station, payload: dict) -> Reply:
    return Reply(ACCEPTED)


def allow_transfer(station: Station, payload: dict) -> Reply:
    return Reply(REJECTED if station.evse_of_transaction(payload["transactionId"]) is None else ACCEPTED)


HANDLERS: dict[str, Handler] = {
    "AFRRSignal": take_signal,
    "NotifyAllowedEnergyTransfer": allow_transfer,
    "UpdateDynamicSchedule": update_schedule,
    "UsePriorityCharging": use_priority,
}
