"""eMAIDs: the names of charging contracts (ISO 15118-2 Annex H): country, provider, nine characters, check digit.

``DE-83D-UIEN83QGZ-D``, ``DE83DUIEN83QGZ`` and ``DE*83D*UIEN83QGZ`` name the same contract: separators mean nothing and
the check digit may be left out.
"""

import re

_EMAID = re.compile(r"([a-z]{2})([-*]?)([a-z0-9]{3})\2([a-z0-9]{9})(?:\2([a-z0-9]))?")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_HEXADECIMAL = re.compile(r"[0-9a-f]+")
# The check digit works on two small matrices, one over two elements and one over three.
_P1 = ((0, 1), (1, 1))
_P2 = ((0, 1), (1, 2))


def normal_emaid(value: str) -> str | None:
    """Fourteen lower-case characters without separators and check digit; ``None`` for what is no eMAID.

    Fourteen hexadecimal digits are the number of a card, and a wrong check digit is a slip of somebody's pen.
    """
    key = value.strip().casefold()
    found = _EMAID.fullmatch(key)
    if found is None or (len(key) == 14 and _HEXADECIMAL.fullmatch(key)):
        return None
    country, _, provider, instance, check = found.groups()
    normal = country + provider + instance
    return normal if check in (None, check_digit(normal)) else None


def spellings(value: str) -> list[str]:
    """Every way, in lower case, to write the contract that ``value`` names; empty for what is no eMAID."""
    normal = normal_emaid(value)
    if normal is None:
        return []
    parts = normal[:2], normal[2:5], normal[5:]
    check = check_digit(normal)
    return [text for separator in ("", "-", "*") for text in (separator.join(parts), separator.join((*parts, check)))]


def check_digit(normal: str) -> str:
    """The character that makes the weighted sum of all fifteen zero ("Check Digit Calculation for Contract-IDs")."""
    return next(digit for digit in _DIGITS if _sum(normal + digit) == (0, 0, 0, 0))


def _sum(characters: str) -> tuple[int, int, int, int]:
    total = [0, 0, 0, 0]
    first, second = _P1, _P2
    for character in characters:
        number = _DIGITS.index(character)
        twos, threes = (number // 18, number // 9 % 2), (number // 3 % 3, number % 3)
        for column in (0, 1):
            total[column] += twos[0] * first[0][column] + twos[1] * first[1][column]
            total[2 + column] += threes[0] * second[0][column] + threes[1] * second[1][column]
        first, second = _product(first, _P1, 2), _product(second, _P2, 3)
    return total[0] % 2, total[1] % 2, total[2] % 3, total[3] % 3


def _product(a: tuple, b: tuple, modulus: int) -> tuple:
    return tuple(tuple(sum(a[i][k] * b[k][j] for k in (0, 1)) % modulus for j in (0, 1)) for i in (0, 1))
