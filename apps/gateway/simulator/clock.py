"""Instants as OCPP writes them."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present, timezone-aware in UTC."""
    return datetime.now(UTC)


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`: ``2026-01-31T12:00:00.000Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """An RFC 3339 instant; one without an offset is taken as UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
