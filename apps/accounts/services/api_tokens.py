"""Issuing, recognising and revoking the keys of programs."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import ApiToken, User
from apps.core.audit import record_audit

PREFIX = "cn_"
_USE_RESOLUTION = timedelta(minutes=1)


def issue_api_token(
    *, user: User, name: str, actor: User | None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Create a token; return its row and the secret, which is shown once and never stored."""
    secret = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=user, name=name, prefix=secret[:10], digest=_digest(secret), expires_at=expires_at
        )
        record_audit(actor=actor, action="api_token.issued", subject=token)
    return token, secret


def find_user_of_token(*, secret: str, at: datetime) -> User | None:
    """The active user behind ``secret``, or ``None``; notes the use to the minute."""
    valid = Q(expires_at=None) | Q(expires_at__gt=at)
    tokens = ApiToken.objects.filter(valid, digest=_digest(secret), revoked_at=None, user__is_active=True)
    token = tokens.select_related("user").first()
    if token is None:
        return None
    if token.last_used_at is None or at - token.last_used_at > _USE_RESOLUTION:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token.user


def revoke_api_token(*, token: ApiToken, actor: User, at: datetime) -> None:
    """Make the token useless from now on; repeating it changes nothing."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            record_audit(actor=actor, action="api_token.revoked", subject=token)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
