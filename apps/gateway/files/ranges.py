"""The header ``Range`` (RFC 9110 §14): one span of bytes, or none."""

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


class NotSatisfiable(ValueError):
    """The span lies outside the file: 416."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def read_range(value: str, size: int) -> Span | None:
    """``None`` where there is none, or one that may be ignored (several spans, another unit)."""
    found = _ONE.fullmatch(value)
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        if int(found[2]) == 0 or size == 0:
            raise NotSatisfiable
        return Span(max(0, size - int(found[2])), size - 1)
    first = int(found[1])
    if first >= size:
        raise NotSatisfiable
    if found[2] == "":
        return Span(first, size - 1)
    return Span(first, min(int(found[2]), size - 1)) if int(found[2]) >= first else None
