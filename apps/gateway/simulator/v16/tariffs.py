"""Prices and costs on the display by the extension "California pricing", where the station shows them."""

import json

from apps.gateway.simulator.dialect import Reply
from apps.gateway.simulator.station import Station

VENDOR = "org.openchargealliance.costmsg"
COSTS = ("RunningCost", "FinalCost")


def show(station: Station, payload: dict) -> Reply:
    """Remember what is shown; `station.tariff_answer` is said instead of Accepted."""
    if "CustomDisplayCostAndPrice" not in station.settings:
        return Reply({"status": "UnknownVendorId"})
    if payload.get("messageId") not in (*COSTS, "SetUserPrice"):
        return Reply({"status": "UnknownMessageId"})
    if station.tariff_answer:
        return Reply({"status": station.tariff_answer})
    said = json.loads(payload["data"])
    station.told_prices.append((payload["messageId"], said))
    if payload["messageId"] in COSTS:
        station.told_costs.append((said["transactionId"], said["cost"]))
    return Reply({"status": "Accepted"})
