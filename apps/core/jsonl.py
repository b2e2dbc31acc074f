"""Commands that answer a file of JSON lines, line by line."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from apps.core.errors import DomainError

Answer = dict[str, Any]


def answers(path: str, answer: Callable[[Answer], Answer], *, stdin: TextIO) -> Iterator[str]:
    """One JSON line for each line of the file at ``path`` (``-``: ``stdin``) that is not blank.

    ``answer`` takes the line's object, numbers as ``Decimal``, and returns the fields to print beside its ``id``. What
    cannot be read or is refused becomes ``{"id", "error", "message"}``: a code and a sentence. Raises ``OSError``.
    """
    if path == "-":
        yield from (_answer(line, answer) for line in stdin if line.strip())
        return
    with Path(path).open(encoding="utf-8") as lines:
        yield from (_answer(line, answer) for line in lines if line.strip())


def _answer(line: str, answer: Callable[[Answer], Answer]) -> str:
    case: Any = None
    try:
        case = json.loads(line, parse_float=Decimal)
        if not isinstance(case, dict):
            raise ValueError("The line is no JSON object.")
        fields = answer(case)
    except DomainError as error:
        fields = {"error": error.code, "message": str(error)}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        fields = {"error": "malformed", "message": f"The line cannot be read: {error!r}."[:300]}
    return json.dumps(
        {"id": case.get("id") if isinstance(case, dict) else None, "error": None, **fields},
        default=str,
        ensure_ascii=False,
    )
