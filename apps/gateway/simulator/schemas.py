"""Validation against the JSON schemas that the `ocpp` package carries for each version."""

from functools import cache
from importlib.resources import files

import jsonschema_rs
import orjson

_FOLDERS = {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}


@cache
def _validator(version: str, action: str, is_answer: bool) -> jsonschema_rs.Validator | None:
    suffix = "Response" if is_answer else ("" if version == "1.6" else "Request")
    if action == "NotifyPeriodicEventStream":  # sent unanswered, its schema has no other half
        suffix = ""
    resource = files("ocpp") / _FOLDERS[version] / "schemas" / f"{action}{suffix}.json"
    if not resource.is_file():
        return None
    schema = orjson.loads(resource.read_text(encoding="utf-8-sig"))
    return jsonschema_rs.validator_for(_without_multiple_of(schema))


def _without_multiple_of(node: object) -> object:
    """Limits such as 16.3 are no exact multiple of 0.1 in binary; nobody should refuse them for that."""
    if isinstance(node, dict):
        return {key: _without_multiple_of(value) for key, value in node.items() if key != "multipleOf"}
    if isinstance(node, list):
        return [_without_multiple_of(value) for value in node]
    return node


def problem(version: str, action: str, payload: dict, *, is_answer: bool = False) -> str | None:
    """What is wrong with a payload in one sentence, or None. An unknown action is a problem too."""
    validator = _validator(version, action, is_answer)
    if validator is None:
        return f"OCPP {version} has no {action}"
    error = next(iter(validator.iter_errors(payload)), None)
    if error is None:
        return None
    return f"{action}{'.' if error.instance_path else ''}{'.'.join(map(str, error.instance_path))}: {error.message}"
