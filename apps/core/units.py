"""Units and conversions used at the edges. Inside, energy is integer Wh and power integer W."""

from decimal import Decimal


def wh_to_kwh(energy_wh: int | Decimal) -> Decimal:
    """Exact kWh."""
    return Decimal(energy_wh) / 1000
