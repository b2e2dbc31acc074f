"""What a template asks of a station, against what the station said: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.chargers.engine.masking import is_secret_variable
from apps.chargers.engine.quirks import fits

EVERY_EVSE = "*"
FIELDS = ("component", "component_instance", "evse", "connector", "variable", "variable_instance", "attribute", "value",
          "note")  # fmt: skip
KEY_COMPONENT = "ConfigurationKey"


@dataclass(frozen=True, slots=True)
class Entry:
    """One wish. ``evse`` is ``""`` for the station as a whole, a number, or ``*`` for each EVSE that has it;
    ``connector`` likewise. ``note``: why, or how grave it is, for people."""

    component: str
    variable: str
    value: str
    component_instance: str = ""
    evse: str = ""
    connector: str = ""
    variable_instance: str = ""
    attribute: str = "Actual"
    note: str = ""

    def means(self, key: "Key") -> bool:
        """Whether the variable ``key`` is one that this entry is about. Names are compared without letter case."""
        return (
            _same(self.component, key[0])
            and _same(self.component_instance, key[1])
            and _is_place(self.evse, key[2])
            and _is_place(self.connector, key[3])
            and _same(self.variable, key[4])
            and _same(self.variable_instance, key[5])
            and _same(self.attribute, key[6])
        )


Key = tuple[str, str, int, int, str, str, str]
"""component, its instance, EVSE, connector (0: the station), variable, its instance, attribute."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a station is, for patterns. ``family`` is ``1.6`` or ``2.x``."""

    vendor: str
    model: str
    firmware: str
    family: str

    def fits(self, vendor: str, model: str, firmware: str) -> bool:
        """Whether the three patterns describe it."""
        return fits(vendor, self.vendor) and fits(model, self.model) and fits(firmware, self.firmware)


def family_of(protocol: str) -> str:
    """``1.6`` or ``2.x`` of a subprotocol name; ``""`` while none is known."""
    return "" if not protocol else "1.6" if protocol == "ocpp1.6" else "2.x"


def read_entries(stored: Iterable[Mapping[str, Any]]) -> list[Entry]:
    return [Entry(**{name: str(item[name]) for name in FIELDS if name in item}) for item in stored]


def problem_with(item: Mapping[str, Any], family: str) -> str:
    """Why ``item`` cannot be an entry of a template for ``family``, in a sentence; ``""`` if it can."""
    unknown = sorted(set(item) - set(FIELDS))
    if unknown:
        return f"There is no such field: {', '.join(unknown)}."
    if not item.get("component") or not item.get("variable"):
        return "Every entry names a component and a variable."
    if is_secret_variable(str(item["variable"])):
        return f"{item['variable']} is a secret; templates hold none. Set it at the station itself."
    if family == "1.6" and item["component"] != KEY_COMPONENT:
        return f"In OCPP 1.6 the component is {KEY_COMPONENT}."
    for name in ("evse", "connector"):
        place = str(item.get(name, ""))
        if place and place != EVERY_EVSE and not (place.isascii() and place.isdigit()):
            return f"{name} is empty, a number or *."
    return ""


def same_value(wanted: str, actual: str | None) -> bool:
    """Whether a station that says ``actual`` does what ``wanted`` says: numbers by their value, lists in any order,
    truth in any letter case."""
    if actual is None:
        return False
    if wanted == actual or wanted.strip().casefold() == actual.strip().casefold():
        return True
    try:
        return float(wanted) == float(actual)
    except ValueError:
        pass
    if "," in wanted or "," in actual:
        return sorted(part.strip() for part in wanted.split(",")) == sorted(part.strip() for part in actual.split(","))
    return False


def wishes(templates: Sequence[tuple[int, Sequence[Entry]]], keys: Iterable[Key]) -> dict[Key, tuple[int, Entry]]:
    """``{variable: (template, entry)}`` of those ``keys`` that templates speak of; later templates outrank."""
    found: dict[Key, tuple[int, Entry]] = {}
    known = list(keys)
    for template, entries in templates:
        for entry in entries:
            for key in known:
                if entry.means(key):
                    found[key] = (template, entry)
    return found


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _is_place(wanted: str, number: int) -> bool:
    if wanted == EVERY_EVSE:
        return number > 0
    return number == (int(wanted) if wanted else 0)
