"""Arguments that hold a secret lie encrypted in the database until the command is settled."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(arguments: Mapping[str, Any]) -> str:
    """``arguments`` encrypted with a key derived from the server's secret key."""
    return _cipher().encrypt(orjson.dumps(arguments)).decode()


def unseal(sealed: str) -> dict[str, Any] | None:
    """The arguments, or ``None`` where the secret key is another one by now."""
    try:
        return orjson.loads(_cipher().decrypt(sealed.encode()))
    except InvalidToken:
        return None


def _cipher() -> Fernet:
    key = hashlib.sha256(b"chargenet.commands.sealed" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
