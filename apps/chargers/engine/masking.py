"""Hiding secrets wherever requests, answers, frames and variables are kept: journal, commands, audit, examples.

Passwords and keys are masked by the name of a variable (1.6: key), by the name of a field, and as user information in
URLs. Values of id tokens stay: the journal is the operator's evidence of who charged, and reading it is a right of its
own (``Action.JOURNAL_VIEW``).
"""

import re
from typing import Any

import orjson

MASK = "•••"
PASSWORD_VARIABLES = frozenset({"authorizationkey", "basicauthpassword"})
"""The charger's own password, by its name in 1.6 and in 2.x."""
_SECRET_NAMES = PASSWORD_VARIABLES | {"vpnkey", "sharedsecret"}
_NAME_KEYS = ("key", "variable")
_VALUE_KEYS = frozenset({"value", "attributeValue", "attribute_value", "actualValue"})
# What a frame with any secret in it contains, in lower case ("\u00" may spell a name); the rest is not parsed again.
_HINTS = ("authorizationkey", "password", "vpn", "sharedsecret", "\\u00")
# A colon that only begins a port hides nothing. Encoders of chargers may write "\/" for "/". Frames are as long as
# chargers like: each of these looks at a character a bounded number of times.
_TICKET = re.compile(r"((?:\\?/)files(?:\\?/)(?:in|out)(?:\\?/))[\w-]{20,}")
_RUN = re.compile(r"[^\s\"]+")
_URL_USER = re.compile(r"(?<!\w)\w+:(?:\\?/){2}[^/@\s\":]*:(?!\d{1,5}\\?[/?#])")


def is_password_variable(name: str) -> bool:
    """Whether the variable (or 1.6 key) ``name`` is the password that the charger presents to us."""
    return name.casefold() in PASSWORD_VARIABLES


def is_secret_variable(name: str) -> bool:
    """Whether the value of the variable, 1.6 key or field ``name`` must never be stored or shown."""
    folded = name.casefold()
    return folded in _SECRET_NAMES or folded.endswith("password")


def mask_secrets(value: Any) -> Any:
    """A copy of a JSON value in which everything secret is ``MASK``; equal to ``value`` where nothing is.

    Knows 1.6 ``{"key": name, "value": …}``, 2.x ``{"variable": {"name": name}, "attributeValue": …}``, the neutral
    ``{"variable": name, "value": …}``, fields such as ``apnPassword``, ``vpn.key`` and URLs, at any depth.
    """
    if isinstance(value, str):
        return mask_urls(value)
    if isinstance(value, list | tuple):
        return [mask_secrets(item) for item in value]
    if not isinstance(value, dict):
        return value
    hides = any(is_secret_variable(name) for name in _names(value))
    return {key: _masked_item(key, item, hides=hides) for key, item in value.items()}


def mask_urls(text: str) -> str:
    """``text`` without the passwords of URLs such as ``ftp://user:password@host``, and without tickets of ours."""
    if "files" in text:
        text = _TICKET.sub(rf"\1{MASK}", text)
    return _RUN.sub(_without_password, text) if "@" in text and ":" in text else text


def mask_frame(text: str) -> str:
    """The text of a frame without secrets; cheap where it holds none."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return mask_urls(text)
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return f"{MASK} (unreadable, and a secret may be in it)"
    masked = mask_secrets(frame)
    return text if masked == frame else orjson.dumps(masked).decode()


def holds_password(value: Any) -> bool:
    """Whether a JSON value sets the charger's password, masked or not."""
    return find_password(value) is not None


def find_password(value: Any) -> str | None:
    """The password that a JSON value (as in ``mask_secrets``) gives to the charger; the first, if there are more."""
    if isinstance(value, list | tuple):
        return next((found for item in value if (found := find_password(item)) is not None), None)
    if not isinstance(value, dict):
        return None
    if any(is_password_variable(name) for name in _names(value)):
        found = next((value[key] for key in value if key in _VALUE_KEYS and isinstance(value[key], str)), None)
        if found is not None:
            return found
    return find_password(list(value.values()))


def _without_password(run: re.Match[str]) -> str:
    """From the colon after the first user on to the last ``@``: a password may hold either."""
    text = run[0]
    end = text.rfind("@")
    user = _URL_USER.search(text, 0, end + 1) if end > 0 else None
    return f"{text[: user.end()]}{MASK}{text[end:]}" if user is not None and user.end() < end else text


def _names(value: dict[str, Any]) -> list[str]:
    """The variable or 1.6 key that an object speaks of."""
    named = (value.get(key) for key in _NAME_KEYS)
    names = (name.get("name") if isinstance(name, dict) else name for name in named)
    return [name for name in names if isinstance(name, str)]


def _masked_item(key: Any, item: Any, *, hides: bool) -> Any:
    if item is None:
        return None
    if (hides and key in _VALUE_KEYS) or (isinstance(key, str) and is_secret_variable(key)):
        return MASK
    if hides and key == "variableAttribute" and isinstance(item, list):
        return [_masked_attribute(attribute) for attribute in item]
    masked = mask_secrets(item)
    if isinstance(key, str) and key.casefold() == "vpn" and isinstance(masked, dict):
        return {name: MASK if name.casefold() == "key" else inner for name, inner in masked.items()}
    return masked


def _masked_attribute(attribute: Any) -> Any:
    if not isinstance(attribute, dict):
        return MASK
    return {key: _masked_item(key, item, hides=True) for key, item in attribute.items()}
