"""Readings of a meter: many SampledValues of one instant become one typed reading.

Chargers err: numbers come as strings, with decimal commas, in the wrong unit, without measurand. ``read_samples``
accepts all of it and names each deviation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import floor, isfinite
from typing import Any

from apps.chargers.messages.measurands import CURRENT, ENERGY, OTHER, POWER, SOC, VOLTAGE, file_sample

DEFAULT_CONTEXT = "Sample.Periodic"
CONTEXTS = frozenset(
    {
        "Interruption.Begin",
        "Interruption.End",
        "Other",
        "Sample.Clock",
        DEFAULT_CONTEXT,
        "Transaction.Begin",
        "Transaction.End",
        "Trigger",
    }
)
MAX_MAGNITUDE = 9e15  # beyond it neither a float nor a database integer is exact
MAX_EXPONENT = 15
# (value, context, measurand, phase, location, unit, power of ten); None or "" means absent.
Sample = tuple[Any, str | None, str | None, str | None, str | None, str | None, int]
Phases = tuple[float | None, float | None, float | None]
Best = dict[int, tuple[int, float, str]]  # place → (rank, number, key)
NO_PHASES: Phases = (None, None, None)


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


def read_samples(
    at: datetime,
    samples: Iterable[Sample],
    *,
    numbers_are_text: bool = False,
    context: str | None = None,
    signed: tuple[dict[str, object], ...] = (),
    deviations: Iterable[str] = (),
) -> MeterReading:
    """One reading of samples of one instant.

    Absent words mean Energy.Active.Import.Register, Sample.Periodic, Outlet and the measurand's own base unit (OCPP
    1.6 §7.43, 2.0.1 SampledValueType). Of one measurand at several places the outlet's is taken, the rest go to
    ``other``. Energy and power given only per phase are summed. Voltages between phases are not phase voltages; an
    interval is not the register. Wh and W are rounded half up. ``numbers_are_text`` is how the version writes numbers
    (1.6: as strings); the other way is accepted as a deviation. ``context`` is taken where no sample says one;
    ``signed`` and ``deviations`` are handed through.
    """
    noted = dict.fromkeys(deviations)
    best: Best = {}
    other: dict[str, float] = {}
    said = ""
    for value, said_context, measurand, phase, location, unit, exponent in samples:
        said = said or said_context or ""
        number = _read_number(value, numbers_are_text, noted)
        if number is None:
            continue
        filing = file_sample(measurand, unit, phase, location)
        for deviation in filing.deviations:
            noted[deviation] = None
        if exponent:
            if not -MAX_EXPONENT <= exponent <= MAX_EXPONENT:
                noted["multiplier-out-of-range"] = None
                continue
            number *= 10.0**exponent
        if filing.factor != 1.0:
            number = round(number * filing.factor, 6)
        if filing.offset:
            number = round(number + filing.offset, 6)
        if not -MAX_MAGNITUDE <= number <= MAX_MAGNITUDE:
            noted["value-out-of-range"] = None
            continue
        slot = filing.slot
        if slot == OTHER:
            other.setdefault(filing.key, number)
            continue
        if (slot == ENERGY and number < 0) or (slot == SOC and not 0 <= number <= 100):
            noted["value-impossible"] = None
            other.setdefault(filing.key, number)
            continue
        if slot == ENERGY and filing.factor == 1.0 and number != floor(number):
            noted["energy-fractional-wh"] = None  # allowed, but also how kWh look under a wrong label
        place = filing.place
        held = best.get(place)
        if held is None:
            best[place] = filing.rank, number, filing.key
        elif filing.rank < held[0]:
            other.setdefault(held[2], held[1])
            best[place] = filing.rank, number, filing.key
        elif filing.rank == held[0]:
            noted["sample-repeated"] = None
        else:
            other.setdefault(filing.key, number)
    energy = _total(best, ENERGY)
    if energy is not None and ENERGY not in best:
        noted["energy-per-phase"] = None
    power = _total(best, POWER)
    soc = best.get(SOC)
    moment = said or context or DEFAULT_CONTEXT
    if moment not in CONTEXTS:
        moment = "Other"
        noted["context-unknown"] = None
    return MeterReading(
        at,
        moment,
        None if energy is None else floor(energy + 0.5),
        None if power is None else floor(power + 0.5),
        _phases(best, CURRENT),
        _phases(best, VOLTAGE),
        None if soc is None else soc[1],
        other,
        signed,
        tuple(noted),
    )


def split_by_moment(samples: list[Sample]) -> list[list[Sample]]:
    """Samples of one instant that begin a transaction, those in its course, and those that end it, in this order.

    Some chargers put both registers of a transaction under one timestamp.
    """
    begin = [sample for sample in samples if sample[1] == "Transaction.Begin"]
    end = [sample for sample in samples if sample[1] == "Transaction.End"]
    if not begin and not end:
        return [samples]
    course = [sample for sample in samples if sample[1] not in ("Transaction.Begin", "Transaction.End")]
    return [part for part in (begin, course, end) if part]


def _read_number(value: Any, numbers_are_text: bool, noted: dict[str, None]) -> float | None:
    if type(value) is str:
        if not numbers_are_text:
            noted["value-as-text"] = None
        try:
            number = float(value)
        except ValueError:
            text = value.strip()
            if not text:
                noted["value-empty"] = None
                return None
            try:
                number = float(text.replace(",", ".", 1))
            except ValueError:
                noted["value-unreadable"] = None
                return None
            noted["value-decimal-comma"] = None
        if "_" in value:  # a numeral only to Python
            noted["value-unreadable"] = None
            return None
    elif type(value) is int or type(value) is float:
        if numbers_are_text:
            noted["value-as-number"] = None
        number = float(value)
    else:
        noted["value-empty" if value is None else "value-unreadable"] = None
        return None
    if not isfinite(number):
        noted["value-not-finite"] = None
        return None
    return number


def _total(best: Best, slot: int) -> float | None:
    whole = best.get(slot)
    if whole is not None:
        return whole[1]
    parts = [best[place][1] for place in (slot + 1, slot + 2, slot + 3) if place in best]
    return round(sum(parts), 6) if parts else None


def _phases(best: Best, slot: int) -> Phases:
    first, second, third = best.get(slot + 1), best.get(slot + 2), best.get(slot + 3)
    if first is None and second is None and third is None:
        whole = best.get(slot)
        return NO_PHASES if whole is None else (whole[1], None, None)
    return first and first[1], second and second[1], third and third[1]
