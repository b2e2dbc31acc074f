"""The entries of a template as lines that people write, and back.

``Component[instance]@evse.connector Variable[instance]#Attribute = value  // note``; in 1.6 the key alone names it.
"""

import re

from apps.chargers.engine.templates import KEY_COMPONENT

_LINE = re.compile(
    r"^(?:(?P<component>[^\s\[@]+)(?:\[(?P<component_instance>[^\]]*)\])?(?:@(?P<evse>[\d*]+)(?:\.(?P<connector>[\d*]+))?)?\s+)?"
    r"(?P<variable>[^\s\[=#]+)(?:\[(?P<variable_instance>[^\]]*)\])?(?:#(?P<attribute>\w+))?\s*=\s*(?P<value>.*?)"
    r"(?:\s+//\s*(?P<note>.*))?$"
)


def write_entries(entries: list[dict]) -> str:
    return "\n".join(_write(entry) for entry in entries)


def read_entries(text: str, family: str) -> list[dict]:
    """Raises ``ValueError`` naming the line."""
    entries = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.match(line.strip())
        if match is None:
            raise ValueError(f"Line {number} is not of the form “Component Variable = value”.")
        entry = {name: value for name, value in match.groupdict().items() if value}
        entry.setdefault("value", "")
        if family == "1.6":
            entry.setdefault("component", KEY_COMPONENT)
        entries.append(entry)
    return entries


def _write(entry: dict) -> str:
    component = "" if entry["component"] == KEY_COMPONENT else entry["component"]
    if entry.get("component_instance"):
        component += f"[{entry['component_instance']}]"
    if entry.get("evse"):
        component += f"@{entry['evse']}" + (f".{entry['connector']}" if entry.get("connector") else "")
    variable = entry["variable"] + (f"[{entry['variable_instance']}]" if entry.get("variable_instance") else "")
    attribute = f"#{entry['attribute']}" if entry.get("attribute", "Actual") != "Actual" else ""
    note = f"  // {entry['note']}" if entry.get("note") else ""
    return f"{component} {variable}{attribute} = {entry.get('value', '')}{note}".strip()
