"""Creditor references (ISO 11649, check digits of ISO 7064 mod 97-10), written and read back from remittance text.

The same check digits are in the identifiers of SEPA creditors.
"""

import re

_BODY_LENGTH = 21
_BEGINNING = re.compile(r"(?=R\s*F\s*\d\s*\d)", re.IGNORECASE)
_SEPARATORS = frozenset("-./")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")


def rf_reference(text: str) -> str:
    """``RF``, two check digits, and the letters and digits of ``text``, as in R-2026-17 → RF56R202617.

    Raises ``ValueError`` without any letter or digit of ASCII, or with more than 21.
    """
    body = "".join(letter for letter in text.upper() if letter in _LETTERS)
    if not 1 <= len(body) <= _BODY_LENGTH:
        raise ValueError("A reference is made of 1 to 21 letters and digits.")
    return f"RF{98 - _remainder(f'{body}RF00'):02}{body}"


def is_rf_reference(text: str) -> bool:
    """Whether ``text`` is one, its check digits included; spaces, line breaks and lower case are read over."""
    return _is_valid("".join(text.split()).upper())


def find_references(text: str) -> list[str]:
    """Every reference that may be meant in a remittance text, each once, in the order of the text.

    Banks break lines anywhere and people type spaces, so where a reference ends is not always plain: of those that
    begin at one place, the ones that end with a word come first, longer ones before shorter ones. Look them up.
    """
    found: dict[str, None] = {}
    for beginning in _BEGINNING.finditer(text):
        for reference in _readings(text[beginning.start() :]):
            found.setdefault(reference)
    return list(found)


def is_creditor_identifier(text: str) -> bool:
    """Country, two check digits, a business code of three that does not count, and up to 28 national letters."""
    if not (8 <= len(text) <= 35 and _LETTERS.issuperset(text) and text[:2].isalpha() and text[2:4].isdigit()):
        return False
    return _remainder(text[7:] + text[:4]) == 1


def _readings(text: str) -> list[str]:
    ends_a_word: list[str] = []
    others: list[str] = []
    letters = ""
    for position, letter in enumerate(text):
        if letter.isspace() or letter in _SEPARATORS:
            continue
        if letter.upper() not in _LETTERS or len(letters) == _BODY_LENGTH + 4:
            break
        letters += letter.upper()
        if _is_valid(letters):
            following = text[position + 1 : position + 2]
            (others if following.upper() in _LETTERS else ends_a_word).append(letters)
    return ends_a_word[::-1] + others[::-1]


def _is_valid(reference: str) -> bool:
    if not (5 <= len(reference) <= _BODY_LENGTH + 4 and reference.startswith("RF") and _LETTERS.issuperset(reference)):
        return False
    check = reference[2:4]
    return check.isdigit() and 2 <= int(check) <= 98 and _remainder(reference[4:] + reference[:4]) == 1


def _remainder(letters: str) -> int:
    """Letters count as 10 to 35; the whole is one number."""
    return int("".join(str(int(letter, 36)) for letter in letters)) % 97
