"""The running cost, shown to the driver."""

from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.station import Station


def cost_updated(station: Station, payload: dict) -> Reply:
    station.told_costs.append((payload["transactionId"], payload["totalCost"]))
    return Reply({})


HANDLERS: dict[str, Handler] = {"CostUpdated": cost_updated}
