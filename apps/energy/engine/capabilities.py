"""What a charger can take of charging profiles, read from its variables. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

DEFAULT_UNITS = frozenset({"A", "W"})
# 1.6 (§9.4) and 2.x (SmartChargingCtrlr) names, in lower case.
STACK_LEVEL = ("configurationkey.chargeprofilemaxstacklevel", "smartchargingctrlr.profilestacklevel")
PERIODS = ("configurationkey.chargingschedulemaxperiods", "smartchargingctrlr.periodsperschedule")
UNITS = ("configurationkey.chargingscheduleallowedchargingrateunit", "smartchargingctrlr.rateunit")
PROFILES = ("configurationkey.maxchargingprofilesinstalled", "smartchargingctrlr.entries")
VARIABLES = (*STACK_LEVEL, *PERIODS, *UNITS, *PROFILES)
UNIT_WORDS = {"current": "A", "a": "A", "power": "W", "w": "W"}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """``None``: the charger does not say."""

    max_stack_level: int | None = None
    max_periods: int | None = None
    units: frozenset[str] = DEFAULT_UNITS
    max_profiles: int | None = None
    phases: int = 3
    is_dc: bool = False


def read_capabilities(variables: Mapping[str, str], *, phases: int = 3, is_dc: bool = False) -> Capabilities:
    """``variables``: ``component.variable`` in lower case → value. What is no number counts as not said."""
    units = {UNIT_WORDS.get(word.strip().lower(), "") for word in _first(variables, UNITS).split(",")} - {""}
    return Capabilities(
        max_stack_level=_number(_first(variables, STACK_LEVEL)),
        max_periods=_number(_first(variables, PERIODS)) or None,
        units=frozenset(units) or DEFAULT_UNITS,
        max_profiles=_number(_first(variables, PROFILES)) or None,
        phases=phases,
        is_dc=is_dc,
    )


def overrule(
    capabilities: Capabilities, *, max_stack_level: int | None, max_periods: int | None, unit: str
) -> Capabilities:
    """With what people know better about this charger than it says itself."""
    return replace(
        capabilities,
        max_stack_level=capabilities.max_stack_level if max_stack_level is None else max_stack_level,
        max_periods=max_periods or capabilities.max_periods,
        units=frozenset({unit}) if unit else capabilities.units,
    )


def _first(variables: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((variables[name] for name in names if variables.get(name)), "")


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
