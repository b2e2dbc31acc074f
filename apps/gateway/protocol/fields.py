"""Small readings and writings of JSON that the adapters share."""

from collections.abc import Iterable
from math import floor
from typing import Any

from apps.chargers.messages.metering import MeterReading
from apps.chargers.messages.replies import Reply, VerdictReply

MAX_DATABASE_INTEGER = 2**63 - 1


def read_int(value: Any) -> int | None:
    """The integer in a field whose JSON may say ``1.0`` (JSON schema allows it from draft 6 on); ``None`` if absent."""
    return None if value is None else int(value)


def read_wh(value: float, deviations: list[str]) -> int:
    """A register in whole Wh, rounded half up; a fraction is a deviation."""
    whole = floor(value + 0.5)
    if whole != value:
        deviations.append("energy-fractional-wh")
    return whole


def gather_deviations(readings: Iterable[MeterReading], deviations: Iterable[str] = ()) -> tuple[str, ...]:
    """The deviations of an event with those of its readings, each once."""
    found = dict.fromkeys(deviations)
    for reading in readings:
        for deviation in reading.deviations:
            found[deviation] = None
    return tuple(found)


def encode_empty(reply: Reply) -> dict[str, Any]:
    """The empty acknowledgement."""
    return {}


def encode_verdict(reply: VerdictReply) -> dict[str, Any]:
    """``status`` Accepted or Rejected, with ``statusInfo`` where there is a reason (2.x)."""
    encoded: dict[str, Any] = {"status": "Accepted" if reply.accepted else "Rejected"}
    if reply.reason_code:
        encoded["statusInfo"] = {"reasonCode": reply.reason_code}
        if reply.reason:
            encoded["statusInfo"]["additionalInfo"] = reply.reason
    return encoded
