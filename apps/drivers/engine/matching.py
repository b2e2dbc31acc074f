"""Finding the token that a charger means by what it sent: chargers cut, decorate and reverse identifiers. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from apps.chargers.engine.certificates.emaid import spellings

SHORT_LENGTH = 20
_UID_LENGTHS = (8, 14, 20)


class Candidate(NamedTuple):
    """A stored token that may be meant."""

    pk: int
    key: str


class Match(NamedTuple):
    """The token found (or ``None``), and the pk of one that would fit if the UID's bytes were reversed."""

    pk: int | None
    near_miss: int | None = None


def key_of(value: str) -> str:
    """What identifiers are compared by: they are case-insensitive."""
    return value.strip().casefold()


def short_key_of(key: str) -> str:
    """The part of a key that every charger can send (OCPP 1.6 IdToken: CiString20)."""
    return key[:SHORT_LENGTH]


def search_keys(key: str) -> list[str]:
    """The short keys under which ``match`` wants to see candidates."""
    forms = (key, _undecorated(key), _reversed_uid(key), *spellings(key))
    return list(dict.fromkeys(short_key_of(form) for form in forms if form))


def match(key: str, candidates: Sequence[Candidate]) -> Match:
    """Exactly the key, else without what follows ``;``, else an eMAID spelled otherwise, else the only one that
    begins with its 20 characters.

    A UID that fits only with its bytes reversed is reported, never accepted: another card may bear that number.
    """
    by_key = {candidate.key: candidate.pk for candidate in candidates}
    for form in (key, _undecorated(key), *spellings(key)):
        if form in by_key:
            return Match(by_key[form])
    if len(key) == SHORT_LENGTH:
        longer = [candidate.pk for candidate in candidates if candidate.key.startswith(key)]
        if len(longer) == 1:
            return Match(longer[0])
    return Match(None, by_key.get(_reversed_uid(key)))


def _undecorated(key: str) -> str:
    return key.partition(";")[0]


def _reversed_uid(key: str) -> str:
    if len(key) not in _UID_LENGTHS:
        return ""
    try:
        return bytes.fromhex(key)[::-1].hex()
    except ValueError:
        return ""
