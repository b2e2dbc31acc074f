"""Hiding the secrets of chargers wherever requests, answers and variables are kept."""

from typing import Any

MASK = "•••"
SECRET_VARIABLES = frozenset({"authorizationkey", "basicauthpassword"})
_NAME_KEYS = ("key", "variable")
_VALUE_KEYS = ("value", "attributeValue", "attribute_value")


def is_secret_variable(name: str) -> bool:
    """Whether the value of the variable (or 1.6 key) ``name`` must never be stored or shown."""
    return name.casefold() in SECRET_VARIABLES


def mask_secrets(value: Any) -> Any:
    """A copy of a JSON value in which the values of secret variables are ``MASK``.

    Knows 1.6 ``{"key": name, "value": …}``, 2.x ``{"variable": {"name": name}, "attributeValue": …}`` and the neutral
    ``{"variable": name, "value": …}``, at any depth.
    """
    if isinstance(value, list | tuple):
        return [mask_secrets(item) for item in value]
    if not isinstance(value, dict):
        return value
    hides = any(_names_a_secret(value.get(key)) for key in _NAME_KEYS)
    return {
        key: MASK if hides and key in _VALUE_KEYS and item is not None else mask_secrets(item)
        for key, item in value.items()
    }


def _names_a_secret(name: Any) -> bool:
    if isinstance(name, dict):
        name = name.get("name")
    return isinstance(name, str) and is_secret_variable(name)


def holds_secret(value: Any) -> bool:
    """Whether a JSON value sets a secret variable, masked or not."""
    return find_secret(value) is not None


def find_secret(value: Any) -> str | None:
    """The value that a JSON value (as in ``mask_secrets``) gives to a secret variable; the first, if there are more."""
    if isinstance(value, list | tuple):
        return next((found for item in value if (found := find_secret(item)) is not None), None)
    if not isinstance(value, dict):
        return None
    if any(_names_a_secret(value.get(key)) for key in _NAME_KEYS):
        found = next((value[key] for key in _VALUE_KEYS if isinstance(value.get(key), str)), None)
        if found is not None:
            return found
    return find_secret(list(value.values()))
