"""Readings of a meter: many SampledValues of one instant become one typed reading.

Chargers err: numbers come as strings, with decimal commas, in the wrong unit, without measurand. ``read_samples``
accepts all of it and names each deviation.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MeterReading:
    """All measurands of one EVSE at one instant, normalised.

    ``energy_wh`` is the import register (Energy.Active.Import.Register), ``power_w`` active import. Currents are A
    and voltages V per phase L1..L3 (DC: first element). ``other`` holds every further measurand as
    ``{"Measurand[/phase][/location]": number}`` in base units (W, Wh, A, V, var, varh, Celsius, Percent, Hz).
    ``signed`` keeps signed containers as sent; they are never read as numbers.
    """

    at: datetime
    context: str = "Sample.Periodic"
    energy_wh: int | None = None
    power_w: int | None = None
    current_a: tuple[float | None, float | None, float | None] = (None, None, None)
    voltage_v: tuple[float | None, float | None, float | None] = (None, None, None)
    soc_percent: float | None = None
    other: dict[str, float] = field(default_factory=dict)
    signed: tuple[dict[str, object], ...] = ()
    deviations: tuple[str, ...] = ()
