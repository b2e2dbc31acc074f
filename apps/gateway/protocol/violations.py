"""What a schema violation is called: an error code for the charger, words and a field path for people."""

from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from apps.gateway.protocol.errors import ErrorCode

CODES = {
    "required": ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
    "minItems": ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
    "maxItems": ErrorCode.OCCURRENCE_CONSTRAINT_VIOLATION,
    "type": ErrorCode.TYPE_CONSTRAINT_VIOLATION,
    "additionalProperties": ErrorCode.FORMAT_VIOLATION,
}


@dataclass(slots=True)
class Violation:
    """Why a payload is refused. ``description`` names the field."""

    code: ErrorCode
    description: str


def first_error(validator: jsonschema_rs.Validator, payload: Any) -> jsonschema_rs.ValidationError | None:
    """One violation, or ``None``. A hostile payload has thousands, so that all of them would cost seconds."""
    try:
        validator.validate(payload)
    except jsonschema_rs.ValidationError as error:
        return error
    return None


def read_violation(error: jsonschema_rs.ValidationError) -> Violation:
    """The code and the sentence for one schema error; the value itself is never quoted."""
    code = CODES.get(error.kind.name, ErrorCode.PROPERTY_CONSTRAINT_VIOLATION)
    path, words = problem(error)
    return Violation(code, f"{path or 'payload'}: {words}")


def problem(error: jsonschema_rs.ValidationError) -> tuple[str, str]:
    """(field path, what is wrong with it); the path of a missing or surplus field is its own."""
    kind, value = error.kind.name, error.kind.value
    path = field_path(error.instance_path)
    match kind:
        case "required":
            return join(path, str(value)), "is required"
        case "additionalProperties":
            return join(path, str(value[0])[:50] if value else ""), "is not a field of this message"
        case "type":
            return path, f"must be of type {' or '.join(value)}"
        case "enum":
            return path, f"must be one of {', '.join(map(str, value))}"
        case "maxLength":
            return path, f"must have at most {value} characters"
        case "minItems" | "maxItems":
            return path, f"must have at {kind[:3].replace('min', 'least').replace('max', 'most')} {value} elements"
        case "minimum" | "maximum":
            return path, f"must be at {'least' if kind == 'minimum' else 'most'} {value:g}"
        case "oneDecimal":
            return path, "must have at most one decimal"
    return path, f"violates {kind}"


def field_path(steps: list[str | int]) -> str:
    """``["meterValue", 0, "timestamp"]`` as ``meterValue[0].timestamp``."""
    path = ""
    for step in steps:
        path = f"{path}[{step}]" if isinstance(step, int) else join(path, step)
    return path


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
