"""What a 2.1 charger tells of a session besides (``ChargingSession.details``), in plain words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.portal.kit import format as fmt

_MODES = {
    "Idle": "It rests",
    "ChargingOnly": "Charging, without giving energy back",
    "CentralSetpoint": "It follows the power that we set",
    "ExternalSetpoint": "It follows the power that another system sets",
    "ExternalLimits": "It keeps to the limits of another system",
    "CentralFrequency": "It supports the grid’s frequency, led by us",
    "LocalFrequency": "It supports the grid’s frequency by itself",
    "LocalLoadBalancing": "It balances the load of its place",
}
_BATTERY = {
    "Unknown": "not known",
    "Ready": "warm enough to charge",
    "NotReady": "not ready to charge",
    "Preconditioning": "being warmed or cooled",
}
_COSTS = {"MinCost": "the tariff’s least price", "MaxCost": "the tariff’s highest price"}


def detail_words(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """``[(what, words), …]`` of what was told, in a fixed order. ``details`` as in ``sessions.engine.details``."""
    told = {name: pair[1] for name, pair in details.items()}
    cost, limit = told.get("cost_details") or {}, told.get("limit") or {}
    sleeps = told.get("evse_sleep")
    rows = [
        ("How it runs", _known(_MODES, told.get("operation_mode"))),
        ("Tariff it charges by", told.get("tariff_id") or ""),
        ("Ends at", _limits(limit)),
        ("Cost it computed", _cost(cost)),
        ("Usage it computed", _usage(cost.get("totalUsage") or {})),
        ("Car’s battery", _known(_BATTERY, told.get("preconditioning_status"))),
        ("EVSE", "" if sleeps is None else "asleep, to save energy" if sleeps else "awake"),
    ]
    return [(label, words) for label, words in rows if words]


def _known(words: Mapping[str, str], code: str | None) -> str:
    return words.get(code or "", code or "")


def _limits(limit: Mapping[str, Any]) -> str:
    named = (
        (limit.get("maxCost"), lambda value: f"a cost of {_exact(value)}"),
        (limit.get("maxEnergy"), lambda value: f"{_kwh(value)}"),
        (limit.get("maxTime"), lambda value: f"{fmt.duration(value)} of charging"),
        (limit.get("maxSoC"), lambda value: f"{value} % of the battery"),
    )
    return ", or ".join(words(value) for value, words in named if value is not None)


def _cost(cost: Mapping[str, Any]) -> str:
    if cost.get("failureToCalculate"):
        reason = cost.get("failureReason") or "it did not say why"
        return f"It could not compute it: {reason}"
    total = cost.get("totalCost") or {}
    price, currency = total.get("total") or {}, total.get("currency", "")
    amounts = [(price.get("inclTax"), "with taxes"), (price.get("exclTax"), "without taxes")]
    words = ", ".join(f"{_exact(value)} {currency} {which}" for value, which in amounts if value is not None)
    kind = _COSTS.get(total.get("typeOfCost", ""))
    return f"{words} ({kind})" if words and kind else words


def _usage(usage: Mapping[str, Any]) -> str:
    parts = [_kwh(usage["energy"])] if "energy" in usage else []
    for name, words in (("chargingTime", "charging"), ("idleTime", "waiting"), ("reservationTime", "reserved")):
        if usage.get(name):
            parts.append(f"{fmt.duration(usage[name])} {words}")
    return ", ".join(parts)


def _kwh(wh: float) -> str:
    return f"{fmt.kwh(Decimal(str(wh)))} kWh"


def _exact(value: float) -> str:
    """As it was told: rounding would hide what it computed."""
    return format(Decimal(str(value)), "f")
