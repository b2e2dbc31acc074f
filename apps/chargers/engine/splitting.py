"""One wish in as many calls as the station can take: by the number of items and by the size of the message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

ENVELOPE_BYTES = 120
"""``[2,"<uuid>","SetVariableMonitoring",{"setMonitoringData":[]}]`` and some more."""
ITEM_BYTES = 200
"""The names of all fields of one item, the values aside; more than any version needs."""
DEFAULT_ITEMS = 50
"""Per message, where the station has not said how many it takes."""


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """What one message may hold; 0: nothing is known of it."""

    items: int = 0
    size_bytes: int = 0


def split_items(items: Sequence[Mapping[str, Any]], limits: MessageLimits) -> list[list[Mapping[str, Any]]]:
    """``items`` in order, in parts within ``limits``. An item too large for a message of its own gets one all the same:
    the station says what it thinks of it."""
    most = limits.items if limits.items > 0 else DEFAULT_ITEMS
    parts: list[list[Mapping[str, Any]]] = []
    size = 0
    for item in items:
        needed = ITEM_BYTES + len(orjson.dumps(item, default=str))
        is_full = limits.size_bytes > 0 and size + needed > limits.size_bytes
        if not parts or len(parts[-1]) >= most or is_full:
            parts.append([])
            size = ENVELOPE_BYTES
        parts[-1].append(item)
        size += needed
    return parts
