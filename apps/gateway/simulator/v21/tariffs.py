"""Tariffs in the station: kept, listed, dropped, and a cost reckoned by them in a simple way of its own."""

from apps.gateway.simulator.dialect import Handler, Reply
from apps.gateway.simulator.evse import Transaction
from apps.gateway.simulator.station import Station

MOST_PRICES = 20


def set_default(station: Station, payload: dict) -> Reply:
    """`station.tariff_answer` is said instead of Accepted; EVSE 0 is every EVSE."""
    answer = station.tariff_answer or _check(payload["tariff"])
    if answer == "Accepted":
        for number in [payload["evseId"]] if payload["evseId"] else station.evses:
            station.tariffs[number] = payload["tariff"]
    return Reply({"status": answer})


def change_transaction(station: Station, payload: dict) -> Reply:
    evse = station.evse_of_transaction(payload["transactionId"])
    if evse is None or evse.transaction is None:
        return Reply({"status": "TxNotFound"})
    answer = station.tariff_answer or _check(payload["tariff"])
    if answer == "Accepted":
        evse.transaction.tariff = payload["tariff"]
    return Reply({"status": answer})


def get(station: Station, payload: dict) -> Reply:
    """Each tariff once, with the EVSEs that have it; those of drivers follow."""
    chosen = [n for n in station.evses if payload["evseId"] in (0, n)]
    found: dict[tuple[str, str], list[int]] = {}
    for number in chosen:
        if number in station.tariffs:
            found.setdefault((station.tariffs[number]["tariffId"], "DefaultTariff"), []).append(number)
        running = station.evses[number].transaction
        if running is not None and running.tariff is not None:
            found.setdefault((running.tariff["tariffId"], "DriverTariff"), []).append(number)
    if not found:
        return Reply({"status": "NoTariff"})
    held = [{"tariffId": name, "tariffKind": kind, "evseIds": evses} for (name, kind), evses in found.items()]
    return Reply({"status": "Accepted", "tariffAssignments": held})


def clear(station: Station, payload: dict) -> Reply:
    chosen = [n for n in station.tariffs if payload.get("evseId") in (None, n)]
    wanted = payload.get("tariffIds")
    held = {station.tariffs[number]["tariffId"] for number in chosen}
    for number in chosen:
        if wanted is None or station.tariffs[number]["tariffId"] in wanted:
            del station.tariffs[number]
    names = sorted(held) if wanted is None else wanted
    results = [{"tariffId": name, "status": "Accepted" if name in held else "NoTariff"} for name in names]
    return Reply({"clearTariffsResult": results or [{"status": "NoTariff"}]})


def cost_details(station: Station, transaction: Transaction) -> dict | None:
    """Energy at the first price of energy, the first fixed fee, taxes added; None without a tariff."""
    tariff = transaction.tariff or station.tariffs.get(transaction.evse)
    if tariff is None:
        return None
    seconds = (transaction.stopped_at - transaction.started_at).total_seconds() if transaction.stopped_at else 0
    kwh = ((transaction.meter_stop_wh or transaction.meter_start_wh) - transaction.meter_start_wh) / 1000
    parts = {
        "energy": _part(tariff, "energy", "priceKwh", kwh),
        "chargingTime": _part(tariff, "chargingTime", "priceMinute", seconds / 60),
        "fixed": _part(tariff, "fixedFee", "priceFixed", 1),
    }
    told = {name: part for name, part in parts.items() if part is not None}
    total = {side: round(sum(part[side] for part in told.values()), 4) for side in ("exclTax", "inclTax")}
    return {
        "totalCost": {"currency": tariff["currency"], "typeOfCost": "NormalCost", **told, "total": total},
        "totalUsage": {"energy": round(kwh * 1000, 3), "chargingTime": int(seconds), "idleTime": 0},
    }


def _part(tariff: dict, dimension: str, price: str, quantity: float) -> dict | None:
    if dimension not in tariff:
        return None
    net = tariff[dimension]["prices"][0][price] * quantity
    tax = sum(rate["tax"] for rate in tariff[dimension].get("taxRates", ())) / 100
    return {"exclTax": round(net, 4), "inclTax": round(net * (1 + tax), 4)}


def _check(tariff: dict) -> str:
    count = sum(len(part["prices"]) for part in tariff.values() if isinstance(part, dict) and "prices" in part)
    return "TooManyElements" if count > MOST_PRICES else "Accepted"


HANDLERS: dict[str, Handler] = {
    "SetDefaultTariff": set_default,
    "ChangeTransactionTariff": change_transaction,
    "GetTariffs": get,
    "ClearTariffs": clear,
}
