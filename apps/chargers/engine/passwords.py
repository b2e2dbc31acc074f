"""Charger passwords: hashed so that ten thousand reconnecting chargers can be checked in a moment.

People's passwords are guessable, so their hashes must be slow. A charger's password is random, at least sixteen
characters (OCPP 2.0.1 A00.FR.205), set once and never typed: guessing 2^80 and more of them against a fast hash is as
hopeless as against a slow one, while 10,000 chargers redialling after an outage at 100 ms each would keep a core busy
for a quarter of an hour. So: one salted SHA-256, which also outlives a change of the server's secret key, and a
minimum length that keeps the argument true.
"""

import hashlib
import hmac
import secrets
import string

MIN_LENGTH, MAX_LENGTH = 16, 64
RULE = f"A charger's password needs {MIN_LENGTH} to {MAX_LENGTH} printable ASCII characters."
_SCHEME = "sha256"
_HEX = frozenset(b"0123456789abcdefABCDEF")
_PRINTABLE = frozenset(string.ascii_letters + string.digits + string.punctuation + " ")
_ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def generate_password() -> str:
    """Twenty random characters that are hard to misread: within 1.6's and 2.x's limits, about 116 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(20))


def is_acceptable(password: str) -> bool:
    """Whether ``password`` has 16 to 64 characters of printable ASCII."""
    return MIN_LENGTH <= len(password) <= MAX_LENGTH and set(password) <= _PRINTABLE


def hash_password(password: str) -> str:
    """``sha256$salt$digest``; two calls differ."""
    salt = secrets.token_hex(8)
    return f"{_SCHEME}${salt}${_digest(salt, _canonical(password.encode()))}"


def matches(presented: bytes, stored: str) -> bool:
    """Whether ``presented`` is the password behind ``stored``, compared in constant time.

    1.6 keys are hexadecimal strings standing for bytes (security white paper, A00.FR.203): some chargers send the
    string in either letter case, some the bytes, which may hold colons or be no UTF-8 at all. Both are accepted.
    """
    scheme, _, rest = stored.partition("$")
    salt, _, digest = rest.partition("$")
    as_sent = hmac.compare_digest(_digest(salt, _canonical(presented)), digest)
    as_bytes = hmac.compare_digest(_digest(salt, presented.hex().encode()), digest)
    return scheme == _SCHEME and (as_sent or as_bytes)


def is_key(password: str) -> bool:
    """Whether it is a key in hexadecimal: 32 digits or more, and an even number of them."""
    return _is_key(password.encode())


def _canonical(password: bytes) -> bytes:
    """Keys in hexadecimal are compared in lower case; everything else as it is."""
    return password.lower() if _is_key(password) else password


def _is_key(password: bytes) -> bool:
    return len(password) >= 32 and len(password) % 2 == 0 and _HEX.issuperset(password)


def _digest(salt: str, password: bytes) -> str:
    return hashlib.sha256(salt.encode() + b"$" + password).hexdigest()
