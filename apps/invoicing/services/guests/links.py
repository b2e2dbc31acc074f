"""The link that leads a guest back to the visit: signed, kept as a hash, gone after a day or when it was used."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

from apps.core.errors import DomainError
from apps.invoicing.models import GuestVisit

VALID_FOR = timedelta(days=1)
SEND_AGAIN_AFTER = timedelta(minutes=1)
_signer = Signer(salt="chargenet.guest-link", sep=".")


class LinkSpent(DomainError):
    code = "link_spent"
    message = "This link was used before, or its day is over. Ask for a new one with the e-mail address you gave."


def new_link(visit: GuestVisit, *, at: datetime) -> str:
    """The token of a new link; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(24)
    GuestVisit.objects.filter(pk=visit.pk).update(
        link_hash=_hash(secret), link_expires_at=at + VALID_FOR, link_sent_at=at
    )
    return _signer.sign(secret)


def is_link_good(token: str, *, at: datetime) -> bool:
    """Whether it would open something; nothing is used up."""
    return _rows(token, at).exists()


def use_link(token: str, *, at: datetime) -> GuestVisit:
    """The visit it leads to; it works this once. Raises ``LinkSpent``."""
    visit = _rows(token, at).first()
    if visit is None or not _rows(token, at).filter(pk=visit.pk).update(link_hash=""):
        raise LinkSpent
    return visit


def _rows(token: str, at: datetime):
    try:
        secret = _signer.unsign(token)
    except BadSignature:
        return GuestVisit.objects.none()
    return GuestVisit.objects.filter(link_hash=_hash(secret), link_expires_at__gt=at)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
