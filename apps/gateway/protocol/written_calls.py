"""A raw call against the versions of those that shall get it."""

from collections.abc import Iterable
from typing import Any

from apps.gateway.protocol.adapter import adapter_for

UNKNOWN_VERSION = "ocpp1.6"
"""Taken for a station that never said what it speaks."""


def problems_of_versions(action: str, payload: dict[str, Any], versions: Iterable[str]) -> dict[str, list[str]]:
    """``{field path: [sentence, …]}`` of everything that one of ``versions`` (subprotocol names) does not allow;
    empty where each takes it. The path of the whole payload is ``""``, of an unknown action ``action``."""
    problems: dict[str, list[str]] = {}
    for version in sorted({version or UNKNOWN_VERSION for version in versions}):
        for path, words in adapter_for(version).validate_request(action, payload):
            problems.setdefault(path, []).append(words if path == "action" else f"{version}: {words}")
    return problems
