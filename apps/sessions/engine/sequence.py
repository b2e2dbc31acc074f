"""Sets of sequence numbers as closed ranges: ``[[0, 17], [19, 19]]`` lacks 18. Pure."""

Ranges = list[list[int]]


def contains(ranges: Ranges, number: int) -> bool:
    """Whether ``number`` was received."""
    return any(first <= number <= last for first, last in ranges)


def covers(ranges: Ranges, first: int, last: int) -> bool:
    """Whether every number from ``first`` to ``last`` was received."""
    return any(low <= first and last <= high for low, high in ranges)


def add(ranges: Ranges, number: int) -> Ranges:
    """``ranges`` with ``number``; neighbours merge. The argument is left as it was."""
    if ranges and number == ranges[-1][1] + 1:
        return [*ranges[:-1], [ranges[-1][0], number]]
    if contains(ranges, number):
        return ranges
    merged: Ranges = []
    for first, last in sorted([*ranges, [number, number]]):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return merged


def has_gap(ranges: Ranges, *, is_whole: bool) -> bool:
    """Whether a number is missing between those received; in a ``is_whole`` transaction also before the first."""
    return len(ranges) > 1 or (is_whole and bool(ranges) and ranges[0][0] > 0)
