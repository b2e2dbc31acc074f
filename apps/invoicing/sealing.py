"""Numbers of bank accounts lie encrypted; equal ones are known by their fingerprint."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from django.conf import settings


def seal(text: str) -> str:
    """``text`` encrypted with a key derived from the server's secret key."""
    return Fernet(base64.urlsafe_b64encode(_key(b"sealed"))).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises ``cryptography.fernet.InvalidToken`` where the server's secret key is another one by now."""
    return Fernet(base64.urlsafe_b64encode(_key(b"sealed"))).decrypt(sealed.encode()).decode()


def fingerprint(iban: str) -> str:
    """The same for the same account, and of no use to find out its number; nothing of nothing."""
    return hmac.new(_key(b"fingerprint"), iban.encode(), hashlib.sha256).hexdigest() if iban else ""


def _key(purpose: bytes) -> bytes:
    return hashlib.sha256(b"chargenet.invoicing." + purpose + settings.SECRET_KEY.encode()).digest()
