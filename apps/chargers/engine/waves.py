"""Waves of a campaign, and the hours in which it may work."""

from datetime import datetime, time
from zoneinfo import ZoneInfo


class BadWaves(ValueError):
    """The text names no waves; the message is for people."""


def read_waves(text: str, *, total: int) -> list[int]:
    """Sizes of the waves that ``text`` asks for: ``1, 10 %`` is one station, then a tenth, then all the others.

    Numbers are stations, percentages parts of ``total``, rounded up. Empty means all at once. Waves that would be
    empty are left out. Raises ``BadWaves``.
    """
    sizes: list[int] = []
    left = total
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        size = min(_size(part, total), left)
        if size:
            sizes.append(size)
        left -= size
    return [*sizes, left] if left else sizes


def _size(part: str, total: int) -> int:
    number = part.removesuffix("%").strip()
    if not (number.isascii() and number.isdigit()) or int(number) == 0:
        raise BadWaves(f"“{part}” is neither a number of stations nor a percentage.")
    if not part.endswith("%"):
        return int(number)
    if int(number) > 100:
        raise BadWaves("A wave cannot have more than 100 %.")
    return -(-total * int(number) // 100)


def is_within(window_from: time | None, window_to: time | None, *, at: datetime, zone: str) -> bool:
    """Whether ``at`` lies in the daily window of a place, its end excluded. No window is always."""
    if window_from is None or window_to is None or window_from == window_to:
        return True
    now = at.astimezone(ZoneInfo(zone)).time()
    if window_from < window_to:
        return window_from <= now < window_to
    return now >= window_from or now < window_to
