"""What a remittance text may mean: references and invoice numbers; and how alike two names are."""

import re
from difflib import SequenceMatcher

from apps.invoicing.engine.references import find_references, rf_reference

_WORD = re.compile(r"[A-Za-z0-9]+")
_MOST_WORDS, _NEIGHBOURS = 150, 4
_LEGAL_FORMS = frozenset(("gmbh", "mbh", "ag", "kg", "ug", "ltd", "inc", "co", "und", "and", "herr", "frau", "dr"))


def references_meant(*texts: str) -> list[str]:
    """Every RF reference that may be meant: written out, or made of an invoice number in the text.

    An invoice's reference is made of its number, so R-2026-17, “r2026 17” and “R 2026-17” all lead to it.
    """
    found: dict[str, None] = {}
    for text in texts:
        for reference in find_references(text):
            found.setdefault(reference)
    for text in texts:
        for number in _numbers(text):
            found.setdefault(rf_reference(number))
    return list(found)


def _numbers(text: str) -> list[str]:
    """Up to four neighbouring words together, where there is a digit in them; from left to right, longest first."""
    words = [word.upper() for word in _WORD.findall(text)[:_MOST_WORDS]]
    found: dict[str, None] = {}
    for start in range(len(words)):
        for length in range(min(_NEIGHBOURS, len(words) - start), 0, -1):
            joined = "".join(words[start : start + length])
            if 3 <= len(joined) <= 21 and any(letter.isdigit() for letter in joined):
                found.setdefault(joined)
    return list(found)


def likeness(one: str, other: str) -> float:
    """0 to 1: how alike two names are, whatever the order of their words, case, titles and legal forms."""
    first, second = _plain(one), _plain(other)
    return SequenceMatcher(None, first, second).ratio() if first and second else 0.0


def _plain(name: str) -> str:
    words = re.findall(r"\w+", name.casefold())
    return " ".join(sorted(word for word in words if word not in _LEGAL_FORMS))
