"""How a sampled value is to be filed: by its measurand, unit, phase and location, worked out once per combination."""

from dataclasses import dataclass
from functools import lru_cache

REGISTER = "Energy.Active.Import.Register"


# The fields of a reading, as the hundreds of a place: ``place = slot + phase``. Plain integers: they are hashed often.
ENERGY, POWER, CURRENT, VOLTAGE, SOC, OTHER = 100, 200, 300, 400, 500, 600

SLOTS = {
    REGISTER: ENERGY,
    "Power.Active.Import": POWER,
    "Current.Import": CURRENT,
    "Voltage": VOLTAGE,
    "SoC": SOC,
}
# Measurands that 2.1 adds → the dimension of their unit.
_OF_21 = {
    **{f"Current.{way}.{what}": "A" for way in ("Import", "Export") for what in ("Offered", "Minimum")},
    **{f"Power.{way}.{what}": "W" for way in ("Import", "Export") for what in ("Offered", "Minimum")},
    **{f"Display.{what}SOC": "Percent" for what in ("Present", "Minimum", "Target", "Maximum")},
    **{f"Display.RemainingTimeTo{what}SOC": "" for what in ("Minimum", "Target", "Maximum")},
    "Display.ChargingComplete": "",
    "Display.BatteryEnergyCapacity": "Wh",
    "Display.InletHot": "",
    "Energy.Active.Import.CableLoss": "Wh",
    "Energy.Active.Import.LocalGeneration.Register": "Wh",
    "Energy.Active.Setpoint.Interval": "Wh",
    **{
        f"EnergyRequest.{what}": "Wh" for what in ("Target", "Minimum", "Maximum", "Minimum.V2X", "Maximum.V2X", "Bulk")
    },
    "Power.Active.Setpoint": "W",
    "Power.Active.Residual": "W",
    "Voltage.Minimum": "V",
    "Voltage.Maximum": "V",
}
# All measurands of 1.6, 2.0.1 and 2.1 → the dimension of their unit ("" has none).
DIMENSIONS = {
    **{
        f"Energy.{kind}.{direction}.{span}": dimension
        for kind, dimension in (("Active", "Wh"), ("Reactive", "varh"))
        for direction in ("Import", "Export")
        for span in ("Register", "Interval")
    },
    "Energy.Active.Net": "Wh",
    "Energy.Reactive.Net": "varh",
    "Energy.Apparent.Import": "VAh",
    "Energy.Apparent.Export": "VAh",
    "Energy.Apparent.Net": "VAh",
    "Power.Active.Import": "W",
    "Power.Active.Export": "W",
    "Power.Offered": "W",
    "Power.Reactive.Import": "var",
    "Power.Reactive.Export": "var",
    "Power.Factor": "",
    "Current.Import": "A",
    "Current.Export": "A",
    "Current.Offered": "A",
    "Voltage": "V",
    "Frequency": "Hertz",
    "Temperature": "Celsius",
    "SoC": "Percent",
    "RPM": "",
    **_OF_21,
}
# Unit → (dimension, factor, offset): base = value × factor + offset.
UNITS: dict[str, tuple[str, float, float]] = {
    "Wh": ("Wh", 1, 0),
    "kWh": ("Wh", 1000, 0),
    "varh": ("varh", 1, 0),
    "kvarh": ("varh", 1000, 0),
    "VAh": ("VAh", 1, 0),
    "kVAh": ("VAh", 1000, 0),
    "W": ("W", 1, 0),
    "kW": ("W", 1000, 0),
    "VA": ("W", 1, 0),
    "kVA": ("W", 1000, 0),
    "var": ("var", 1, 0),
    "kvar": ("var", 1000, 0),
    "A": ("A", 1, 0),
    "V": ("V", 1, 0),
    "K": ("Celsius", 1, -273.15),
    "Celsius": ("Celsius", 1, 0),
    "Celcius": ("Celsius", 1, 0),
    "Fahrenheit": ("Celsius", 5 / 9, -160 / 9),
    "Percent": ("Percent", 1, 0),
    "Hertz": ("Hertz", 1, 0),
}
ALIASES = {"hz": "Hertz", "%": "Percent", "°c": "Celsius", "c": "Celsius", "mwh": "MWh"}
SPELLINGS = {unit.lower(): unit for unit in UNITS} | ALIASES
UNITS["MWh"] = ("Wh", 1_000_000, 0)

PHASES = {"L1": 1, "L2": 2, "L3": 3, "L1-N": 1, "L2-N": 2, "L3-N": 3}
FURTHER_PHASES = frozenset({"N", "L1-L2", "L2-L3", "L3-L1"})
# Where a value was measured, best first: what leaves the outlet is what is sold.
LOCATIONS = {"Outlet": 0, "Cable": 1, "Inlet": 2, "EV": 3, "Body": 4, "Upstream": 5}


@dataclass(frozen=True, slots=True)
class Filing:
    """Where one kind of sample goes.

    ``place`` is its slot plus 0 for a value without phase, 1..3 for L1..L3; of two in one place the lower ``rank`` is
    taken.
    ``key`` is its name in ``MeterReading.other``.
    """

    slot: int
    place: int
    rank: int
    factor: float
    offset: float
    key: str
    deviations: tuple[str, ...]


@lru_cache(maxsize=1024)
def file_sample(measurand: str | None, unit: str | None, phase: str | None, location: str | None) -> Filing:
    """The filing of a sample with these words; ``None`` and ``""`` are absent and mean the default."""
    deviations: list[str] = []
    measurand = measurand or REGISTER
    slot = SLOTS.get(measurand, OTHER)
    dimension = DIMENSIONS.get(measurand)
    if dimension is None:
        deviations.append("measurand-unknown")
    factor, offset = 1.0, 0.0
    if unit:
        spelled = unit if unit in UNITS else SPELLINGS.get(unit.strip().lower(), "")
        if not spelled:
            deviations.append("unit-unknown")
            slot = OTHER
        else:
            if spelled != unit:
                deviations.append("unit-spelling")
            measured, factor, offset = UNITS[spelled]
            if spelled in ("VA", "kVA") and slot != OTHER:
                deviations.append("unit-apparent-power")
            if dimension and measured != dimension and not (dimension == "VAh" and measured == "Wh"):
                deviations.append("unit-of-another-dimension")
                slot, factor, offset = OTHER, 1.0, 0.0
    index = PHASES.get(phase or "", 0)
    if phase and not index:
        if phase not in FURTHER_PHASES:
            deviations.append("phase-unknown")
        slot = OTHER
    rank = LOCATIONS.get(location or "Outlet", 9)
    if rank == 9:
        deviations.append("location-unknown")
    if slot == SOC:
        index = 0
    # Against neutral is what a phase's value means; a bare "L1" of the same instant comes second.
    rank = rank * 2 + (0 if phase is None or phase.endswith("-N") else 1)
    key = "/".join(filter(None, (measurand, phase, location if location != "Outlet" else None)))
    return Filing(slot, slot + index, rank, factor, offset, key, tuple(deviations))
