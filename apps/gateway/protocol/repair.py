"""Lenient reading: mend what real chargers get wrong where the meaning is clear, and name each deviation."""

from typing import Any

import jsonschema_rs

from apps.gateway.protocol.violations import Violation, first_error, problem, read_violation

MAX_REPAIRS = 200
# Cut identifiers would name somebody else.
IDENTIFIERS = frozenset({"idTag", "parentIdTag", "idToken", "transactionId"})
BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def repair(
    payload: dict[str, Any], strict: jsonschema_rs.Validator, loose: jsonschema_rs.Validator
) -> tuple[str, ...] | Violation:
    """Mend ``payload`` in place until ``loose`` holds.

    Returns the deviations as ``kind:field.path``, or what is beyond help.
    """
    deviations: list[str] = []
    error = first_error(loose, payload)
    while error is not None:
        if len(deviations) >= MAX_REPAIRS or not _mend(payload, error):
            return read_violation(error)
        deviations.append(_name(error))
        error = first_error(loose, payload)
    forgiven = first_error(strict, payload)
    if forgiven is not None:
        deviations.append(_name(forgiven))
    return tuple(dict.fromkeys(deviations))


def _name(error: jsonschema_rs.ValidationError) -> str:
    """``too-long:chargePointModel``; without indices, so that one habit has one name."""
    path, _ = problem(error)
    names = ".".join(step.partition("[")[0] for step in path.split("."))
    kind = {
        "additionalProperties": "extra-field",
        "required": "missing",
        "type": "wrong-type",
        "enum": "unknown-word",
        "maxLength": "too-long",
        "minItems": "empty-list",
    }.get(error.kind.name, error.kind.name)
    return f"{kind}:{names}"[:100]


def _mend(payload: dict[str, Any], error: jsonschema_rs.ValidationError) -> bool:
    """Remove the cause of one error; ``False`` if it cannot be done honestly."""
    kind, value, path = error.kind.name, error.kind.value, error.instance_path
    parent: Any = payload
    for step in path[:-1]:
        parent = parent[step]
    if kind == "additionalProperties":
        node = parent[path[-1]] if path else payload
        for name in value:
            del node[name]
        return True
    if not path:
        return False
    key = path[-1]
    present = parent[key]
    if kind == "maxLength" and key not in IDENTIFIERS:
        parent[key] = present[: int(value)]
        return True
    if kind == "minItems" and type(parent) is dict:
        del parent[key]  # an empty optional list is an absent one; a required one is asked for next
        return True
    if kind != "type":
        return False
    if present is None and type(parent) is dict:
        del parent[key]  # null for "absent"; a required field is asked for next
        return True
    converted = _convert(present, value)
    if converted is None:
        return False
    parent[key] = converted
    return True


def _convert(value: Any, types: list[str]) -> Any:
    """The same value in a wanted type, or ``None``."""
    if "string" in types and type(value) in (int, float):
        return str(value)
    if "boolean" in types and type(value) in (int, str):
        return BOOLEANS.get(str(value).strip().lower())
    number = _number(value)
    if number is None:
        return None
    if "integer" in types:
        return round(number)
    return number if "number" in types else None


def _number(value: Any) -> float | None:
    if type(value) not in (float, str) or "_" in str(value):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 2**53 else None
