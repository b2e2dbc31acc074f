"""The smallest payload that a JSON schema of OCPP allows."""

from typing import Any


def minimal(schema: dict, root: dict | None = None) -> Any:
    """Required fields only, first words of enumerations, shortest texts and lists, lowest numbers."""
    root = schema if root is None else root
    if "$ref" in schema:
        return minimal(root["definitions"][schema["$ref"].rsplit("/", 1)[1]], root)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema["type"][0] if isinstance(schema.get("type"), list) else schema.get("type", "object")
    match kind:
        case "object":
            return {name: minimal(schema["properties"][name], root) for name in schema.get("required", [])}
        case "array":
            return [minimal(schema["items"], root)] * schema.get("minItems", 0)
        case "string" if schema.get("format") == "date-time":
            return "2026-05-01T10:00:00Z"
        case "string":
            return "x" * max(schema.get("minLength", 1), 1)
        case "boolean":
            return False
        case _:
            return max(int(schema.get("minimum", 1)), 1)
