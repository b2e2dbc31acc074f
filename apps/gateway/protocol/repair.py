"""Lenient reading: mend what real chargers get wrong where the meaning is clear, and name each deviation."""

from typing import Any

import jsonschema_rs

from apps.gateway.protocol.violations import Violation, first_error, problem, read_violation

MAX_REPAIRS = 20  # different faults in one frame
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
    """Remove the cause of one error, in all elements of the lists on its path: a habit shows in each of them.

    ``False`` if it cannot be done honestly.
    """
    kind, value, path = error.kind.name, error.kind.value, error.instance_path
    if kind == "additionalProperties":
        for node in _nodes(payload, path):
            for name in value:
                node.pop(name, None)
        return True
    if not path or isinstance(path[-1], int):
        return False
    key = path[-1]
    holders = [node for node in _nodes(payload, path[:-1]) if key in node]
    if kind == "maxLength" and key not in IDENTIFIERS:
        for node in holders:
            if type(node[key]) is str:
                node[key] = node[key][: int(value)]
        return True
    if kind == "minItems":
        return _remove(holders, key, [])  # an empty list is an absent one
    if kind == "type":
        return _remove(holders, key, None) or _convert_all(holders, key, value)
    return False


def _nodes(payload: dict[str, Any], path: list[str | int]) -> list[dict[str, Any]]:
    """The objects at ``path``, whatever its indices are."""
    nodes: list[Any] = [payload]
    for step in path:
        if isinstance(step, int):
            nodes = [item for node in nodes if type(node) is list for item in node]
        else:
            nodes = [node[step] for node in nodes if type(node) is dict and step in node]
    return [node for node in nodes if type(node) is dict]


def _remove(holders: list[dict[str, Any]], key: str, empty: Any) -> bool:
    """Remove what only says "absent"; if it was required, that is the next error."""
    found = [node for node in holders if node[key] == empty]
    for node in found:
        del node[key]
    return bool(found)


def _convert_all(holders: list[dict[str, Any]], key: str, types: list[str]) -> bool:
    changed = False
    for node in holders:
        converted = _convert(node[key], types)
        if converted is not None:
            node[key] = converted
            changed = True
    return changed


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
