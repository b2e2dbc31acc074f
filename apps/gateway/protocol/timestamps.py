"""Instants as chargers write them, and as we do.

What cannot be read, or cannot be meant, is replaced by the instant of receipt and named as a deviation. A wrong but
possible instant (1970, the future) is kept: it is the charger's claim, and the skew is judged where it is stored.
"""

from datetime import UTC, datetime

# Before and after these years no calendar of ours can show an instant in every time zone.
FIRST_YEAR = 1970
LAST_YEAR = 2200
LONGEST = 64


def parse_timestamp(text: str) -> tuple[datetime | None, str]:
    """(UTC instant or ``None``, deviation code or ``""``). Accepts ISO 8601 with any number of decimals.

    Without a zone it is taken as UTC. ``+02`` is read as ``+02:00``.
    """
    if len(text) > LONGEST:
        return None, "timestamp-unreadable"
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        text = text.strip().upper()
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return None, "timestamp-unreadable"
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        return None, "timestamp-impossible"
    if instant.tzinfo is UTC:
        return instant, ""
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC), "timestamp-without-zone"
    deviation = "timestamp-short-offset" if text[-3] in "+-" else ""
    return instant.astimezone(UTC), deviation


def read_timestamp(text: str | None, received_at: datetime, deviations: list[str]) -> datetime:
    """The instant in ``text``, or ``received_at`` where there is none; appends what was wrong to ``deviations``."""
    if text is None:
        deviations.append("timestamp-missing")
        return received_at
    instant, deviation = parse_timestamp(text)
    if deviation:
        deviations.append(deviation)
    return instant or received_at


def format_timestamp(instant: datetime) -> str:
    """``2026-01-31T12:00:00.000Z``: what every charger reads."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
