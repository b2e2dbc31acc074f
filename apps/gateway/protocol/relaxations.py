"""Where our schemas differ from the printed ones, and why. All functions change a loaded schema in place.

- Inbound, always: instants are read leniently elsewhere (formats are off); values of meters may have any spelling, unit
  or context (``metering.read_samples`` judges them); computed limits such as 53.379 are no fault (``multipleOf``).
  Integers have 32 bits in OCPP (1.6 §3.18 of the JSON text, 2.0.1 part 2 §2.1.3) and numbers of EVSEs are not negative.
- Loose, per station: unknown words of an enumeration pass unless they decide what the message means, and some fields
  that sense can do without may be missing.
- Outbound: as printed, but 0.1 + 0.2 has one decimal.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
NOT_NEGATIVE = frozenset({"connectorId", "evseId"})
SAMPLE_WORDS = ("context", "format", "measurand", "phase", "location", "unit")
WORD: Schema = {"type": "string", "maxLength": 50}
DISPENSABLE = frozenset({"errorCode", "generatedAt", "reason", "seqNo", "timestamp", "triggerReason"})


class OneDecimal:
    """The keyword ``oneDecimal``: multiples of 0.1, as floating point has them."""

    def __init__(self, parent_schema: Schema, value: Any, schema_path: list[str | int]) -> None:
        pass

    def validate(self, instance: Any) -> None:
        if isinstance(instance, int | float) and abs(instance * 10 - round(instance * 10)) > 1e-6:
            raise ValueError("more than one decimal")


def inbound(schema: Schema) -> None:
    """What every payload of a charger is checked against."""
    for node in _objects(schema):
        properties = node["properties"]
        if "value" in properties and "measurand" in properties:
            properties["value"] = {"type": ["string", "number", "null"]}
            for name in SAMPLE_WORDS:
                if name in properties:
                    properties[name] = {"type": ["string", "null"], "maxLength": 50}
        for name, field in properties.items():
            if field.get("type") == "integer":
                properties[name] = {**INT32, **field, **({"minimum": 0} if name in NOT_NEGATIVE else {})}
            field.pop("multipleOf", None)


def loose(schema: Schema, strict_enums: set[str]) -> None:
    """What remains to be demanded of a station that is treated leniently (after ``inbound``)."""
    definitions = schema.get("definitions", {})
    for node in _objects(schema):
        properties = node["properties"]
        for name, field in properties.items():
            target = definitions.get(field.get("$ref", "").rpartition("/")[2], field)
            if "enum" in target and name not in strict_enums:
                properties[name] = dict(WORD)
        if "required" in node:
            node["required"] = [name for name in node["required"] if name not in DISPENSABLE]
        if not node.get("required"):
            node.pop("required", None)  # draft 4 forbids an empty list


def outbound(schema: Schema) -> None:
    """What every call of ours is checked against."""
    for node in _objects(schema):
        for field in node["properties"].values():
            if field.pop("multipleOf", None):
                field["oneDecimal"] = True


def _objects(schema: Schema) -> Iterator[Schema]:
    """Every object schema within, deepest last."""
    pending = [schema, *schema.get("definitions", {}).values()]
    while pending:
        node = pending.pop()
        if "properties" in node:
            yield node
            pending.extend(node["properties"].values())
        if isinstance(node.get("items"), dict):
            pending.append(node["items"])
