"""Secrets out of frames before they are kept.

Passwords and keys are masked wherever a frame may carry them: configuration values by name, fields by name, user
information in URLs. Values of id tokens stay: the journal is the operator's evidence of who charged, and reading it is
a right of its own (``Action.JOURNAL_VIEW``). Nothing of a frame ever reaches the process log.
"""

import re
from typing import Any

import orjson

from apps.core.audit import REDACTED

# Configuration keys of 1.6 and variables of 2.x whose value opens something.
SECRET_VARIABLES = frozenset(
    {"authorizationkey", "basicauthpassword", "apnpassword", "vpnpassword", "vpnkey", "wifipassword"}
)
# Fields of messages that hold a secret themselves (2.x SetNetworkProfile: APN and VPN).
SECRET_FIELDS = frozenset({"password", "apnpassword", "basicauthpassword", "authorizationkey", "sharedsecret"})
_VALUE_FIELDS = ("value", "attributeValue", "variableAttribute", "actualValue")
# What a frame with any secret in it contains, in lower case; the rest is not parsed again.
_HINTS = ("authorizationkey", "password", "vpnkey", '"vpn"', "sharedsecret")
_URL_USER = re.compile(r"(\w+://[^/@\s\":]*):[^/@\s\"]+@")


def mask_frame(text: str) -> str:
    """``text`` without secrets; cheap where it holds none."""
    lowered = text.lower()
    if any(hint in lowered for hint in _HINTS):
        text = _mask_json(text)
    if "://" in text and "@" in text:
        text = _URL_USER.sub(rf"\1:{REDACTED}@", text)
    return text


def _mask_json(text: str) -> str:
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return f"{REDACTED} (unreadable, and a secret may be in it)"
    return orjson.dumps(_masked(frame)).decode()


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _names_secret(value):
        return {key: REDACTED if key in _VALUE_FIELDS else item for key, item in value.items()}
    if "vpn" in value and isinstance(value["vpn"], dict):
        value = {**value, "vpn": {**value["vpn"], "key": REDACTED}}
    return {key: REDACTED if key.lower() in SECRET_FIELDS else _masked(item) for key, item in value.items()}


def _names_secret(value: dict[str, Any]) -> bool:
    """1.6 ``{key: AuthorizationKey, value: …}``, 2.x ``{variable: {name: BasicAuthPassword}, attributeValue: …}``."""
    variable = value.get("variable")
    name = variable.get("name") if isinstance(variable, dict) else value.get("key")
    return isinstance(name, str) and name.lower() in SECRET_VARIABLES
