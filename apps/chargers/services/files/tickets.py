"""Tickets: rights to one transfer, for whoever holds the token."""

import hashlib
import secrets
from datetime import datetime

from django.db.models import QuerySet

from apps.chargers.models import FileTicket


def issue_ticket(*, at: datetime, expires_at: datetime, **what) -> str:
    """A new token; ``what`` is ``purpose`` and the row it is for. Only its hash is stored."""
    token = secrets.token_urlsafe(24)
    FileTicket.objects.create(token_hash=hash_token(token), created_at=at, expires_at=expires_at, **what)
    return token


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_tickets(token: str, at: datetime) -> QuerySet[FileTicket]:
    """The ticket of ``token`` while it may be used."""
    return FileTicket.objects.filter(token_hash=hash_token(token), closed_at=None, expires_at__gt=at)


def close_tickets(at: datetime, **of) -> None:
    """Withdraw those of an update, log request or publication, or of many by ``…__in``."""
    FileTicket.objects.filter(closed_at=None, **of).update(closed_at=at)
