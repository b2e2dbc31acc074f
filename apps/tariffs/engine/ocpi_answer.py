"""What a CDR costs, as an answer to a program: the fields of an OCPI CDR and the quantities that were billed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .breakdown import Breakdown
from .kinds import LineKind
from .ocpi import cdr_costs, price_cdr

_BILLED = {
    "energy_kwh": (LineKind.ENERGY, Decimal("0.001")),
    "time_s": (LineKind.TIME, Decimal(1)),
    "parking_s": (LineKind.PARKING_TIME, Decimal(1)),
    "reservation_s": (LineKind.RESERVATION_TIME, Decimal(1)),
}


def answer_cdr(case: Mapping[str, Any]) -> dict[str, Any]:
    """``case`` has ``cdr``, ``tariffs``, ``time_zone`` and ``ocpi_version`` (2.2.1 if absent).

    Amounts are unrounded decimal strings. Raises what ``price_cdr`` raises, and ``KeyError`` where a part is absent.
    """
    version = case.get("ocpi_version") or "2.2.1"
    return describe(price_cdr(case["cdr"], case["tariffs"], time_zone=case["time_zone"], version=version))


def describe(breakdown: Breakdown) -> dict[str, Any]:
    """A breakdown as the fields of an answer."""
    costs = {
        name: {side: _text(amount) for side, amount in cost.items()} for name, cost in cdr_costs(breakdown).items()
    }
    taxes = [
        {"percentage": None if tax.vat_percent is None else _text(tax.vat_percent), "amount": _text(tax.tax)}
        for tax in breakdown.taxes
    ]
    return {
        **costs,
        "billed": {name: _text(breakdown.billed(kind) * factor) for name, (kind, factor) in _BILLED.items()},
        "taxes": taxes,
        "tax_line_count": len(taxes),
        "limit_applied": breakdown.limit_applied,
        "warnings": [warning.code for warning in breakdown.warnings],
    }


def _text(amount: Decimal) -> str:
    """Without exponent and without zeros that say nothing."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
