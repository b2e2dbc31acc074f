"""Habits of chargers that we live with: which there are, what each does, and how profiles amount to one value.

Applied by us: ``assumed_protocol`` at the handshake, ``is_lenient``, ``tag_suffix``, ``reversed_tags`` and
``energy_is_kwh`` where frames are read (``gateway.protocol.habits``), ``silent_before_boot_s`` where commands are sent,
``probing_reboots`` where stations are provisioned. The others are data for whoever plans or encodes
(``selectors.quirks.quirks_of``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True)
class Quirks:
    """What is known of one station's habits, read once per connection. The defaults are what the specification says."""

    assumed_protocol: str = ""
    is_lenient: bool = False
    tag_suffix: str = ""
    reversed_tags: bool = False
    energy_is_kwh: bool = False
    silent_before_boot_s: int = 0
    probing_reboots: bool = False
    only_stack_level_zero: bool = False
    max_schedule_periods: int = 0
    only_rate_unit: str = ""
    pausing_ends_session: bool = False
    ignores_profiles: bool = False
    password_encoding: str = ""
    no_transaction_in_meter_values: bool = False


@dataclass(frozen=True, slots=True)
class Quirk:
    """``label`` for people; ``choices``: the words that a text may have; ``is_applied``: by the gateway itself;
    ``forgives``: beginnings of codes of deviations that it would explain."""

    label: str
    help: str
    choices: tuple[str, ...] = ()
    is_applied: bool = False
    forgives: tuple[str, ...] = ()


QUIRKS: dict[str, Quirk] = {
    "assumed_protocol": Quirk(
        "Names no OCPP version", "It is spoken to in this version.", ("ocpp1.6", "ocpp2.0.1", "ocpp2.1"),
        is_applied=True,
    ),
    "is_lenient": Quirk(
        "Stretches the specification", "Messages that can be understood are taken although they break the schema.",
        is_applied=True,
        forgives=("extra-field:", "missing:", "wrong-type:", "unknown-word:", "too-long:", "empty-list:"),
    ),
    "tag_suffix": Quirk(
        "Adds characters to card numbers", "They are cut off before the card is looked for, such as “;”.",
        is_applied=True,
    ),
    "reversed_tags": Quirk(
        "Sends card numbers backwards", "The bytes of hexadecimal card numbers are turned round.", is_applied=True
    ),
    "energy_is_kwh": Quirk(
        "Sends kWh and calls them Wh", "Registers are multiplied by 1,000.", is_applied=True,
        forgives=("energy-fractional-wh",),
    ),
    "silent_before_boot_s": Quirk(
        "Ignores us until it has booted", "Seconds that we wait with commands while it says nothing.", is_applied=True
    ),
    "probing_reboots": Quirk(
        "Restarts when asked for all settings", "We never ask for all of them by ourselves.", is_applied=True
    ),
    "only_stack_level_zero": Quirk("Knows only stack level 0", "Profiles are sent with stack level 0."),
    "max_schedule_periods": Quirk("Takes few periods", "The most periods of one schedule."),
    "only_rate_unit": Quirk("Takes limits in one unit", "W or A.", ("W", "A")),
    "pausing_ends_session": Quirk("A limit below 6 A ends the session", "Charging is not paused by a limit of 0."),
    "ignores_profiles": Quirk("Accepts limits and ignores them", "Limits are checked by the measured current."),
    "password_encoding": Quirk("How it takes its password", "As text or as hexadecimal digits.", ("text", "hex")),
    "no_transaction_in_meter_values": Quirk(
        "Meter values name no transaction", "They are joined to the session that runs at the connector."
    ),
}  # fmt: skip
DEFAULTS = Quirks()
_KINDS = {field.name: type(getattr(DEFAULTS, field.name)) for field in fields(Quirks)}
_MAX = {"silent_before_boot_s": 600, "max_schedule_periods": 1_000}


def kind_of(name: str) -> type:
    """``bool``, ``int`` or ``str``."""
    return _KINDS[name]


def problem_with(name: str, value: Any) -> str:
    """Why ``value`` cannot be the quirk ``name``, in a sentence; ``""`` if it can."""
    if name not in QUIRKS:
        return f"There is no quirk called {name}."
    kind, choices = _KINDS[name], QUIRKS[name].choices
    if type(value) is not kind:
        return f"{name} must be {'yes or no' if kind is bool else 'a whole number' if kind is int else 'text'}."
    if kind is int and not 0 <= value <= _MAX[name]:
        return f"{name} must be 0 to {_MAX[name]}."
    if choices and value and value not in choices:
        return f"{name} must be one of {', '.join(choices)}."
    if kind is str and len(value) > 20:
        return f"{name} has at most 20 characters."
    return ""


def fits(pattern: str, text: str) -> bool:
    """Whether ``text`` is of the kind that ``pattern`` (``*``, ``?``, letter case aside) describes; empty fits all."""
    return not pattern or fnmatchcase(text.casefold(), pattern.casefold())


def combine(profiles: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """``{name: {value, source}}`` of ``(name of the profile, its quirks)``; later ones outrank earlier ones.

    What amounts to the default (an own profile that takes back a shipped one) is left out.
    """
    combined: dict[str, dict[str, Any]] = {}
    for source, quirks in profiles:
        for name, value in quirks.items():
            if not problem_with(name, value):
                combined[name] = {"value": value, "source": source}
    return {name: found for name, found in sorted(combined.items()) if found["value"] != getattr(DEFAULTS, name)}


def read_quirks(stored: Mapping[str, Mapping[str, Any]]) -> Quirks:
    """The value of what ``combine`` gave; names of other releases are passed over."""
    known = {name: found["value"] for name, found in stored.items() if not problem_with(name, found.get("value"))}
    return Quirks(**known) if known else DEFAULTS
