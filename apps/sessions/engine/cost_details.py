"""The total that a 2.1 station reckoned itself (CostDetailsType), against ours. Pure and lenient."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.tariffs.engine.exact import half_up

TOLERANCE = Decimal("0.01")
"""One rounding unit: both sides may round once."""
_MOST = Decimal(10) ** 7


@dataclass(frozen=True, slots=True)
class StationTotal:
    """``amount`` is gross, or net where the station says no more; ``None`` where it could not reckon (``note``)."""

    amount: Decimal | None
    is_gross: bool
    currency: str
    note: str = ""


def station_total(details: dict[str, Any]) -> StationTotal:
    """What ``details`` come to; an amount that no session can cost is none."""
    cost = details.get("totalCost") or {}
    total = cost.get("total") or {}
    note = str(details.get("failureReason") or "")[:500]
    if details.get("failureToCalculate"):
        return StationTotal(None, True, str(cost.get("currency", ""))[:3], note or "The station could not reckon it.")
    is_gross = total.get("inclTax") is not None
    amount = _amount(total.get("inclTax") if is_gross else total.get("exclTax"))
    return StationTotal(amount, is_gross, str(cost.get("currency", ""))[:3], note)


def differs(theirs: StationTotal, *, net: Decimal, gross: Decimal, currency: str) -> bool:
    """Whether the station's total is another price than ours by more than one cent, or in another currency."""
    if theirs.amount is None:
        return False
    ours = half_up(gross if theirs.is_gross else net, 2)
    return (bool(theirs.currency) and theirs.currency != currency) or abs(
        half_up(theirs.amount, 2) - ours
    ) > TOLERANCE  # fmt: skip


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < _MOST else None
