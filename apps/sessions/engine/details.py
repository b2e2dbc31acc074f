"""What only 2.1 tells of a transaction, as last told by the order of the charger. Pure."""

from dataclasses import fields
from typing import Any

from apps.chargers.messages.events import TransactionDetails

Details = dict[str, list[Any]]  # name → [seqNo, value]
NAMES = tuple(field.name for field in fields(TransactionDetails))


def take(known: Details, seq_no: int | None, told: TransactionDetails) -> Details:
    """``known`` with what the event ``seq_no`` told; the argument is left as it was.

    An older event that comes late fills only what no newer one has told.
    """
    place = seq_no or 0
    merged = dict(known)
    for name in NAMES:
        value = getattr(told, name)
        if value not in (None, "") and (name not in merged or merged[name][0] <= place):
            merged[name] = [place, value]
    return merged
