"""When an unpaid invoice is reminded of. Pure.

``levels`` are days after the due date, rising. A reminder that went out late puts the next one off by as much:
between two reminders lie at least the days between their levels.
"""

from collections.abc import Sequence
from datetime import date, timedelta


def next_reminder(levels: Sequence[int], *, due_on: date, reminded_on: Sequence[date]) -> tuple[int, date] | None:
    """Level (from 1) and first day of the next reminder; ``None`` after the last. ``reminded_on``: when the earlier
    went.
    """
    level = len(reminded_on)
    if level >= len(levels):
        return None
    day = due_on + timedelta(days=levels[level])
    if reminded_on:
        day = max(day, reminded_on[-1] + timedelta(days=max(levels[level] - levels[level - 1], 1)))
    return level + 1, day
